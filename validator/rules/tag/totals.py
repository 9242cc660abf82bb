"""Rules on the sums of a tag: quantities, total and line prices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.rules.message_text import field_name
from validator.rules.references import BASKET_ITEM_DOCS, CLIENT_SCRIPT_SOURCE, PURCHASE_TAG_DOCS
from validator.rules.rule import NotEvaluable, Rule, Violation, rule_for_each_tag
from validator.rules.tag.tag_numbers import TagNumbers


def _find_quantity_mismatch(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    numbers = TagNumbers(reading, invalid)
    if _is_empty_cart(reading, numbers):
        return
    total, units = numbers["/total_quantity"], numbers.sum("quantity")
    if total != units:
        yield Violation(
            f"total_quantity is {total}, but the products of the tag add up to {units}.",
            pointer="/total_quantity",
            expected=str(units),
            actual=str(total),
        )


def _is_empty_cart(reading: TagReading, numbers: TagNumbers) -> bool:
    """Tell an empty cart, which is valid, from a purchase that lacks its products."""
    is_cart = reading.tag == "cn_cart"
    return is_cart and not numbers.items and numbers.get("/total_quantity") == 0


def _find_price_mismatch(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    numbers = TagNumbers(reading, invalid)
    if _is_empty_cart(reading, numbers):
        return
    total, lines = numbers["/total_price"], numbers.sum("price")
    # Allows for shipping, taxes and vouchers.
    if not lines / 2 <= total <= lines * 2:
        yield Violation(
            f"total_price is {total}, but the prices of its products add up to {lines}: "
            "more than shipping and discounts explain.",
            pointer="/total_price",
            expected=f"{lines}, plus shipping and the like, less discounts",
            actual=str(total),
        )


def _find_line_mismatches(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    numbers = TagNumbers(reading, invalid)
    if _is_empty_cart(reading, numbers):
        return
    unknown: NotEvaluable | None = None
    for number, item in enumerate(numbers.items, start=1):
        try:
            units, unit_price = numbers[f"{item}/quantity"], numbers[f"{item}/unit_price"]
            price = numbers[f"{item}/price"]
        except NotEvaluable as error:
            unknown = error
            continue
        # Rounding the unit price may cost half a cent per unit.
        if abs(units * unit_price - price) > Decimal("0.005") * max(units, Decimal(1)):
            yield Violation(
                f"price of product {number} is {price}, but {units} times {unit_price} is "
                f"{units * unit_price}.",
                pointer=f"{item}/price",
                expected=str(units * unit_price),
                actual=str(price),
            )
    if not numbers.items:
        raise NotEvaluable("the tag has no products")
    if unknown:
        raise unknown


def _find_zero_quantities(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    numbers = TagNumbers(reading, invalid)
    for at in ("/total_quantity", *(f"{item}/quantity" for item in numbers.items)):
        if numbers.get(at) == 0:
            yield Violation(
                f"{field_name(at)} is 0: nothing was bought.",
                pointer=at,
                expected="1 or more",
                actual=numbers.texts[at],
            )


def _find_zero_total(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    numbers = TagNumbers(reading, invalid)
    if numbers["/total_price"] != 0:
        return
    lines = None
    with suppress(NotEvaluable):
        lines = numbers.sum("price")
    yield Violation(
        f"total_price is 0, but the prices of its products add up to {lines}."
        if lines
        else "total_price is 0: is this order free?",
        pointer="/total_price",
        expected="the total amount of the purchase",
        actual=numbers.texts["/total_price"],
        severity=Severity.WARNING if lines else Severity.INFO,
    )


total_quantity_mismatch = rule_for_each_tag(_find_quantity_mismatch)
total_price_mismatch = rule_for_each_tag(_find_price_mismatch)
line_price_mismatch = rule_for_each_tag(_find_line_mismatches)
quantity_zero = rule_for_each_tag(_find_zero_quantities)
total_price_zero = rule_for_each_tag(_find_zero_total)


RULES = (
    Rule(
        "quantity-zero",
        "A quantity is zero",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The Connectif script accepts zero: it records a purchase, or a product, of no units.",
        "Count the units of the order; leave out a product that was not bought.",
        CLIENT_SCRIPT_SOURCE,
        quantity_zero,
        before='<span class="total_quantity">0</span>',
        after='<span class="total_quantity">3</span>',
    ),
    Rule(
        "total-price-zero",
        "The total price is zero",
        Severity.INFO,
        Consequence.ADVICE,
        "The Connectif script accepts zero: the purchase is recorded, and adds nothing to the "
        "turnover. That is right for a free order, and wrong for an empty total that becomes 0.",
        "Compare with the order: total_price is the total amount of the purchase.",
        CLIENT_SCRIPT_SOURCE,
        total_price_zero,
        before='<span class="total_price">0</span>',
        after='<span class="total_price">180.75</span>',
    ),
    Rule(
        "total-quantity-mismatch",
        "The total quantity is not the sum of the products' quantities",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "total_quantity counts units, also several of the same product. Shop modules get it wrong "
        "where one basket becomes several orders.",
        "Count units, not lines, and only those of this order or cart.",
        PURCHASE_TAG_DOCS,
        total_quantity_mismatch,
        before="total_quantity 2 for 3 of one product and 7 of another",
        after="total_quantity 10",
        tags=("cn_purchase", "cn_cart"),
    ),
    Rule(
        "total-price-mismatch",
        "The total price is far from the sum of the products' prices",
        Severity.WARNING,
        Consequence.ADVICE,
        "An amount in cents, of one unit or of another order is recorded without a message.",
        "Compare with the order or cart: total_price is its total amount.",
        PURCHASE_TAG_DOCS,
        total_price_mismatch,
        before="total_price 18.75 for products of 180.75",
        after="total_price 180.75",
        tags=("cn_purchase", "cn_cart"),
    ),
    Rule(
        "line-price-mismatch",
        "A product's price is not its quantity times its unit price",
        Severity.INFO,
        Consequence.ADVICE,
        "price is the price of the whole line, usually quantity times unit price.",
        "Check that price is not the price of one unit. Discounts explain a difference.",
        BASKET_ITEM_DOCS,
        line_price_mismatch,
        before="quantity 3, unit_price 60.25, price 60.25",
        after="quantity 3, unit_price 60.25, price 180.75",
        tags=("cn_purchase", "cn_cart"),
    ),
)
