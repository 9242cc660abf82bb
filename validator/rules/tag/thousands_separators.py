"""The rule on a dot that separates thousands, so that a thousandth of an amount is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.rules.message_text import field_name
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import NotEvaluable, Rule, Violation, rule_for_each_tag
from validator.rules.tag.tag_numbers import TagNumbers

_GROUPED_NUMBER = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_PRICE_FIELDS = ("price", "unit_price")


def _find_thousands_dots(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    numbers = TagNumbers(reading, invalid)
    found = [*_find_in_total(numbers), *_find_in_lines(numbers)]
    yield from found
    if not found:
        yield from _find_in_all_amounts(numbers)
    if "/total_price" in invalid:
        raise NotEvaluable("total_price has no valid value")


def _find_in_total(numbers: TagNumbers) -> Iterator[Violation]:
    at = "/total_price"
    meant = _value_as_thousands(numbers, at)
    sums = list(_iter_product_sums(numbers)) if meant else []
    if meant and sums and all(abs(meant - each) <= each / 10 for each in sums):
        yield _thousands_violation(numbers, at, f"the products add up to {sums[0]}")


def _iter_product_sums(numbers: TagNumbers) -> Iterator[Decimal]:
    with suppress(NotEvaluable):
        yield numbers.sum("price")
    with suppress(NotEvaluable):
        yield numbers.units_total()


def _find_in_lines(numbers: TagNumbers) -> Iterator[Violation]:
    """Yield the first product with one amount that is a thousandth of what the others give."""
    for item in numbers.items:
        price, unit = f"{item}/price", f"{item}/unit_price"
        units = numbers.get(f"{item}/quantity")
        line, one = numbers.get(price), numbers.get(unit)
        if not units or line is None or one is None:
            continue
        if _value_as_thousands(numbers, price) == units * one:
            yield _thousands_violation(numbers, price, f"{units} times {one} is {units * one}")
        elif (meant := _value_as_thousands(numbers, unit)) and units * meant == line:
            yield _thousands_violation(numbers, unit, f"the price of {units} is {line}")
        else:
            continue
        return


def _find_in_all_amounts(numbers: TagNumbers) -> Iterator[Violation]:
    """Yield the total where every amount of the tag has three decimals, which few currencies
    have."""
    places = [
        "/total_price",
        *(f"{item}/{name}" for item in numbers.items for name in _PRICE_FIELDS),
    ]
    amounts = [at for at in places if numbers.get(at)]
    if len(amounts) > 1 and all(_value_as_thousands(numbers, at) for at in amounts):
        at = amounts[0]
        violation = _thousands_violation(numbers, at, "every amount of the tag has three decimals")
        yield replace(
            violation,
            message=violation.message.replace(" is a thousands", " may be a thousands"),
            severity=Severity.INFO,
            consequence=Consequence.ADVICE,
            hint="If the currency has three decimals, this is fine.",
        )


def _value_as_thousands(numbers: TagNumbers, at: str) -> Decimal | None:
    number = numbers.get(at)
    return (
        number * 1000
        if number is not None and _GROUPED_NUMBER.fullmatch(numbers.texts[at])
        else None
    )


def _thousands_violation(numbers: TagNumbers, at: str, but: str) -> Violation:
    text = numbers.texts[at]
    return Violation(
        f'{field_name(at)} is "{text}", but {but}: its dot is a thousands separator.',
        pointer=at,
        expected=f"{text.replace('.', '')}.00",
        actual=text,
        recorded=str(Decimal(text)),
    )


RULES = (
    Rule(
        "thousands-dot",
        "The dot in an amount is a thousands separator",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "A dot is always read as the decimal point: only a thousandth of the amount is recorded.",
        "Leave out the thousands separator, and write a dot only before the decimals.",
        CLIENT_SCRIPT_SOURCE,
        rule_for_each_tag(_find_thousands_dots),
        before='<span class="total_price">1.234</span> for products of 1234.00',
        after='<span class="total_price">1234.00</span>',
        tags=("cn_purchase", "cn_cart"),
    ),
)
