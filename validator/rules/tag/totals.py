"""Do the numbers of a tag agree with each other?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.rules.rule import Problem, Rule, Unknown, each_tag
from validator.rules.sources import BASKET_ITEM, PURCHASE, SCRIPT
from validator.rules.tag.numbers import Numbers
from validator.rules.wording import field_name


def _total_quantity(reading: TagReading, invalid: frozenset[str]) -> Iterator[Problem]:
    numbers = Numbers(reading, invalid)
    if _is_of_nothing(reading, numbers):
        return
    total, units = numbers["/total_quantity"], numbers.sum("quantity")
    if total != units:
        yield Problem(
            f"total_quantity is {total}, the products of the tag add up to {units}.",
            pointer="/total_quantity",
            expected=str(units),
            actual=str(total),
        )


def _is_of_nothing(reading: TagReading, numbers: Numbers) -> bool:
    """Tell an empty cart, which is as it should be, from a purchase that lacks its products."""
    is_cart = reading.tag == "cn_cart"
    return is_cart and not numbers.items and numbers.get("/total_quantity") == 0


def _total_price(reading: TagReading, invalid: frozenset[str]) -> Iterator[Problem]:
    numbers = Numbers(reading, invalid)
    if _is_of_nothing(reading, numbers):
        return
    total, lines = numbers["/total_price"], numbers.sum("price")
    # Shipping, taxes and vouchers make some difference in any shop, but hardly this much.
    if not lines / 2 <= total <= lines * 2:
        yield Problem(
            f"total_price is {total}, the prices of its products add up to {lines}: "
            "more than shipping and discounts explain.",
            pointer="/total_price",
            expected=f"{lines}, plus shipping and the like, less discounts",
            actual=str(total),
        )


def _line_price(reading: TagReading, invalid: frozenset[str]) -> Iterator[Problem]:
    numbers = Numbers(reading, invalid)
    if _is_of_nothing(reading, numbers):
        return
    unknown: Unknown | None = None
    for number, item in enumerate(numbers.items, start=1):
        try:
            units, unit_price = numbers[f"{item}/quantity"], numbers[f"{item}/unit_price"]
            price = numbers[f"{item}/price"]
        except Unknown as error:
            unknown = error
            continue
        # Half a cent a unit is what rounding the unit price can make of it.
        if abs(units * unit_price - price) > Decimal("0.005") * max(units, Decimal(1)):
            yield Problem(
                f"price of product {number} is {price}, but {units} times {unit_price} is "
                f"{units * unit_price}.",
                pointer=f"{item}/price",
                expected=str(units * unit_price),
                actual=str(price),
            )
    if not numbers.items:
        raise Unknown("the tag has no products")
    if unknown:
        raise unknown


def _no_quantity(reading: TagReading, invalid: frozenset[str]) -> Iterator[Problem]:
    numbers = Numbers(reading, invalid)
    for at in ("/total_quantity", *(f"{item}/quantity" for item in numbers.items)):
        if numbers.get(at) == 0:
            yield Problem(
                f"{field_name(at)} is 0: nothing was bought.",
                pointer=at,
                expected="1 or more",
                actual=numbers.texts[at],
            )


def _no_price(reading: TagReading, invalid: frozenset[str]) -> Iterator[Problem]:
    numbers = Numbers(reading, invalid)
    if numbers["/total_price"] != 0:
        return
    lines = None
    with suppress(Unknown):
        lines = numbers.sum("price")
    yield Problem(
        f"total_price is 0, and the prices of its products add up to {lines}."
        if lines
        else "total_price is 0: is this order free?",
        pointer="/total_price",
        expected="the total amount of the purchase",
        actual=numbers.texts["/total_price"],
        severity=Severity.WARNING if lines else Severity.INFO,
    )


total_quantity = each_tag(_total_quantity)
total_price = each_tag(_total_price)
line_price = each_tag(_line_price)
no_quantity = each_tag(_no_quantity)
no_price = each_tag(_no_price)


RULES = (
    Rule(
        "quantity-zero",
        "A quantity is zero",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The Connectif script lets zero pass: it records a purchase, or a product, of no units.",
        "Count the units of the order; leave out a product that was not bought.",
        SCRIPT,
        no_quantity,
        before='<span class="total_quantity">0</span>',
        after='<span class="total_quantity">3</span>',
    ),
    Rule(
        "total-price-zero",
        "The total price is zero",
        Severity.INFO,
        Consequence.ADVICE,
        "The Connectif script lets zero pass: the purchase is recorded, and adds nothing to the "
        "turnover. Free orders are right so; an empty total that becomes 0 is not.",
        "Compare with the order: total_price is the total amount of the purchase.",
        SCRIPT,
        no_price,
        before='<span class="total_price">0</span>',
        after='<span class="total_price">180.75</span>',
    ),
    Rule(
        "total-quantity-mismatch",
        "The total quantity is not the sum of the products' quantities",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "total_quantity counts units, those of the same product included. Shop modules get it "
        "wrong where one basket becomes several orders.",
        "Count units, not lines, and of this order or cart alone.",
        PURCHASE,
        total_quantity,
        before="total_quantity 2 for 3 of one product and 7 of another",
        after="total_quantity 10",
        tags=("cn_purchase", "cn_cart"),
    ),
    Rule(
        "total-price-mismatch",
        "The total price is far from the sum of the products' prices",
        Severity.WARNING,
        Consequence.ADVICE,
        "An amount in cents, of one unit or of another order is recorded without complaint.",
        "Compare with the order or cart: total_price is its total amount.",
        PURCHASE,
        total_price,
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
        "Check that price is not the price of one unit; discounts explain a difference.",
        BASKET_ITEM,
        line_price,
        before="quantity 3, unit_price 60.25, price 60.25",
        after="quantity 3, unit_price 60.25, price 180.75",
        tags=("cn_purchase", "cn_cart"),
    ),
)
