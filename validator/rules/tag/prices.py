"""Rules on the amounts of a tag: one unit, consistent prices, rounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from validator.contract.fields import Field
from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.page.amounts import possible_amounts
from validator.rules.message_text import field_name
from validator.rules.references import CLIENT_SCRIPT_SOURCE, PRODUCT_DOCS, PURCHASE_TAG_DOCS
from validator.rules.rule import (
    ANY_TAG,
    NotEvaluable,
    Rule,
    RuleContext,
    Violation,
    iter_valid_texts,
    merge_per_tag,
    rule_for_each_tag,
)
from validator.rules.tag.tag_numbers import TagNumbers

_CENT = Decimal("0.01")
_MAX_EXACT_DIGITS = 15
"""A JavaScript number keeps a decimal of up to so many digits unchanged."""


def amount_in_cents(context: RuleContext) -> Iterator[Violation]:
    context.require_readings()
    expected = possible_amounts(context.expected.get("total_price", ""))
    for index, reading in enumerate(context.readings):
        numbers = TagNumbers(reading, context.invalid_pointers[index])
        lines = list(_find_line_in_cents(numbers))
        doubtful = {violation.pointer.rpartition("/")[2] for violation in lines}
        for violation in (*_find_total_in_cents(numbers, expected, doubtful), *lines):
            yield replace(violation, tag=index)
    if any("/total_price" in invalid for invalid in context.invalid_pointers):
        raise NotEvaluable("total_price has no valid value")


def _find_total_in_cents(
    numbers: TagNumbers, expected: frozenset[Decimal], doubtful: set[str]
) -> Iterator[Violation]:
    total = numbers.get("/total_price")
    if not total or total != total.to_integral_value() or total in expected:
        return
    if (meant := total / 100) in expected:
        yield _cents_violation("/total_price", total, f"the scenario expects {meant}")
        return
    # Both sums must agree: one price alone may be wrong.
    sums = list(_iter_product_sums(numbers, doubtful))
    if sums and all(_is_plausible_total(meant, each) for each in sums):
        text = numbers.texts["/total_price"]
        is_sure = all(_is_certainly_cents(text, meant, each) for each in sums)
        yield _cents_violation(
            "/total_price", total, f"the products add up to {sums[0]}", is_sure=is_sure
        )


def _iter_product_sums(numbers: TagNumbers, doubtful: set[str]) -> Iterator[Decimal]:
    """Yield the sum of the products by each of their two prices, without doubtful ones."""
    with suppress(NotEvaluable):
        if "price" not in doubtful and (lines := numbers.sum("price")):
            yield lines
    with suppress(NotEvaluable):
        if "unit_price" not in doubtful and (units := numbers.units_total()):
            yield units


def _is_plausible_total(one: Decimal, other: Decimal) -> bool:
    """Allow for shipping, taxes and vouchers: a factor of two."""
    return other / 2 <= one <= other * 2


def _is_certainly_cents(text: str, meant: Decimal, of_products: Decimal) -> bool:
    """Tell whether a total can only be in cents, allowing for costs that no product has."""
    is_same = meant == of_products and meant != meant.to_integral_value()
    return is_same or ("." not in text and abs(meant - of_products) <= of_products / 10)


def _find_line_in_cents(numbers: TagNumbers) -> Iterator[Violation]:
    """Yield the first product with one amount in cents and another amount not in cents."""
    for item in numbers.items:
        price, unit = numbers.get(f"{item}/price"), numbers.get(f"{item}/unit_price")
        units = numbers.get(f"{item}/quantity")
        if not price or not unit or not units:
            continue
        line = units * unit
        # Without decimals in the other amount it might be a hundred units.
        if price == 100 * line and unit != unit.to_integral_value():
            yield _cents_violation(f"{item}/price", price, f"{units} times {unit} is {line}")
        elif line == 100 * price and price != price.to_integral_value():
            yield _cents_violation(f"{item}/unit_price", unit, f"the price of {units} is {price}")
        else:
            continue
        return


def _cents_violation(at: str, number: Decimal, but: str, *, is_sure: bool = True) -> Violation:
    verb = "is" if is_sure else "may be"
    return Violation(
        f"{field_name(at)} is {number}, but {but}: this {verb} an amount in cents.",
        pointer=at,
        expected=f"{number / 100:.2f}",
        actual=str(number),
        severity=None if is_sure else Severity.WARNING,
        hint=""
        if is_sure
        else "Compare it with the total of the order. If they are the same, this is fine.",
    )


_PricePair = tuple[str, Decimal, Decimal]


def _iter_price_pairs(numbers: TagNumbers, name: str) -> Iterator[_PricePair]:
    """Yield the pointer of each product with a unit price and a price ``name``, and both."""
    for owner in ("", *numbers.items):
        unit, other = numbers.get(f"{owner}/unit_price"), numbers.get(f"{owner}/{name}")
        if unit is not None and other is not None:
            yield owner, unit, other


def _find_discount_mismatch(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    numbers = TagNumbers(reading, invalid)
    for owner, unit, original in _iter_price_pairs(numbers, "unit_price_original"):
        difference = original - unit
        amount = numbers.get(f"{owner}/discounted_amount")
        if amount is not None and abs(amount - difference) > _CENT:
            yield _discount_violation(
                f"{owner}/discounted_amount",
                amount,
                difference,
                f"{original} less {unit} is {difference}",
            )
        share = numbers.get(f"{owner}/discounted_percentage")
        if share is not None and original > 0:
            is_share = 100 * difference / original
            # Tolerates prices rounded to cents and a percentage rounded to a whole number.
            if abs(share - is_share) > 1 + 100 * _CENT / original:
                yield _discount_violation(
                    f"{owner}/discounted_percentage",
                    share,
                    is_share.quantize(_CENT) if abs(is_share) < 10**9 else is_share,
                    f"{unit} is {is_share:.0f} % less than {original}",
                )


def _discount_violation(at: str, is_said: Decimal, should_be: Decimal, but: str) -> Violation:
    return Violation(
        f"{field_name(at)} is {is_said}, but {but}.",
        pointer=at,
        expected=str(should_be),
        actual=str(is_said),
    )


def _find_higher_without_vat(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    for owner, unit, without in _iter_price_pairs(
        TagNumbers(reading, invalid), "unit_price_without_vat"
    ):
        if without > unit + _CENT:
            yield Violation(
                f"{field_name(f'{owner}/unit_price_without_vat')} is {without}, more than the unit "
                f"price of {unit}.",
                pointer=f"{owner}/unit_price_without_vat",
                expected=f"at most {unit}",
                actual=str(without),
            )


def _find_lower_original(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    for owner, unit, original in _iter_price_pairs(
        TagNumbers(reading, invalid), "unit_price_original"
    ):
        if original < unit - _CENT:
            yield Violation(
                f"{field_name(f'{owner}/unit_price_original')} is {original}, less than the unit "
                f"price of {unit}: is one of them without tax?",
                pointer=f"{owner}/unit_price_original",
                expected=f"at least {unit}",
                actual=str(original),
            )


def amount_not_rounded(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_unrounded(context))


def _find_unrounded(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        if (
            _is_number(field)
            and (digits := _count_significant_digits(each.text)) > _MAX_EXACT_DIGITS
        ):
            yield Violation(
                f"{field_name(each.pointer)} has {digits} digits, more than JavaScript keeps"
                + (": it was computed and not rounded." if "." in each.text else "."),
                tag=index,
                pointer=each.pointer,
                expected="a number of few digits, such as 180.75",
                actual=each.text,
                severity=Severity.WARNING,
            )


def _is_number(field: Field) -> bool:
    return field.format in ("cn-decimal", "cn-integer")


def _count_significant_digits(text: str) -> int:
    """Count the digits of a number without leading zeros and zeros at the end of a fraction."""
    digits = text.lstrip("-").lstrip("0.")
    if "." in text:
        digits = digits.rstrip("0")
    return len(digits.replace(".", ""))


RULES = (
    Rule(
        "amount-in-cents",
        "An amount is in cents, and others are not",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The amount is recorded a hundred times too large: turnover, segments by value and all "
        "reports are wrong.",
        "Divide by 100, and write two decimals.",
        PURCHASE_TAG_DOCS,
        amount_in_cents,
        before='<span class="total_price">18075</span>',
        after='<span class="total_price">180.75</span>',
    ),
    Rule(
        "amount-not-rounded",
        "A number has more digits than JavaScript keeps",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "Floating point computes 0.1 + 0.2 as 0.30000000000000004. JavaScript keeps about 15 "
        "digits, so the recorded number may be a different one.",
        "Round the amount before it is written.",
        CLIENT_SCRIPT_SOURCE,
        amount_not_rounded,
        before='<span class="total_price">180.75000000000003</span>',
        after='<span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "discount-mismatch",
        "A discount is not the difference of the prices",
        Severity.WARNING,
        Consequence.NOT_AS_DOCUMENTED,
        "discounted_amount should correspond to unit_price_original less unit_price, and "
        "discounted_percentage to its share of unit_price_original.",
        "Write the discount of one unit, with the same taxes as the two prices.",
        PRODUCT_DOCS,
        rule_for_each_tag(_find_discount_mismatch),
        before="unit_price_original 75.00, unit_price 60.25, discounted_amount 44.25",
        after="unit_price_original 75.00, unit_price 60.25, discounted_amount 14.75",
        tags=ANY_TAG,
    ),
    Rule(
        "price-without-vat-higher",
        "The price without VAT is higher than the price",
        Severity.WARNING,
        Consequence.ADVICE,
        "One of the two prices is recorded wrong: are the fields swapped?",
        "Write the price the customer pays into unit_price.",
        PRODUCT_DOCS,
        rule_for_each_tag(_find_higher_without_vat),
        before="unit_price 49.79, unit_price_without_vat 60.25",
        after="unit_price 60.25, unit_price_without_vat 49.79",
        tags=ANY_TAG,
    ),
    Rule(
        "price-original-lower",
        "The price before discounts is lower than the price",
        Severity.WARNING,
        Consequence.ADVICE,
        "unit_price_original is the price of one unit before discounts. A lower value is another "
        "price, such as one without tax, or of the whole line.",
        "Write both for one unit, with the same taxes.",
        PRODUCT_DOCS,
        rule_for_each_tag(_find_lower_original),
        before="unit_price 60.25, unit_price_original 49.79",
        after="unit_price 60.25, unit_price_original 75.00",
        tags=ANY_TAG,
    ),
)
