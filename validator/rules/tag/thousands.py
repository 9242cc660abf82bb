"""Does the dot in an amount part thousands? Then a thousandth of it is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.rules.rule import Problem, Rule, Unknown, each_tag
from validator.rules.sources import SCRIPT
from validator.rules.tag.numbers import Numbers
from validator.rules.wording import field_name

_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_NAMES = ("price", "unit_price")


def _dots(reading: TagReading, invalid: frozenset[str]) -> Iterator[Problem]:
    numbers = Numbers(reading, invalid)
    found = [*_total(numbers), *_lines(numbers)]
    yield from found
    if not found:
        yield from _everywhere(numbers)
    if "/total_price" in invalid:
        raise Unknown("total_price has no valid value")


def _total(numbers: Numbers) -> Iterator[Problem]:
    at = "/total_price"
    meant = _as_thousands(numbers, at)
    sums = list(_sums(numbers)) if meant else []
    if meant and sums and all(abs(meant - each) <= each / 10 for each in sums):
        yield _thousands(numbers, at, f"the products add up to {sums[0]}")


def _sums(numbers: Numbers) -> Iterator[Decimal]:
    with suppress(Unknown):
        yield numbers.sum("price")
    with suppress(Unknown):
        yield numbers.sum_of_units()


def _lines(numbers: Numbers) -> Iterator[Problem]:
    """Yield the first product of which one amount is a thousandth of what the other says."""
    for item in numbers.items:
        price, unit = f"{item}/price", f"{item}/unit_price"
        units = numbers.get(f"{item}/quantity")
        line, one = numbers.get(price), numbers.get(unit)
        if not units or line is None or one is None:
            continue
        if _as_thousands(numbers, price) == units * one:
            yield _thousands(numbers, price, f"{units} times {one} is {units * one}")
        elif (meant := _as_thousands(numbers, unit)) and units * meant == line:
            yield _thousands(numbers, unit, f"the price of {units} is {line}")
        else:
            continue
        return


def _everywhere(numbers: Numbers) -> Iterator[Problem]:
    """Yield the total where every amount of the tag has three decimals: few currencies have."""
    places = ["/total_price", *(f"{item}/{name}" for item in numbers.items for name in _NAMES)]
    amounts = [at for at in places if numbers.get(at)]
    if len(amounts) > 1 and all(_as_thousands(numbers, at) for at in amounts):
        at = amounts[0]
        problem = _thousands(numbers, at, "every amount of the tag has three decimals")
        yield replace(
            problem,
            message=problem.message.replace(" parts ", " may part "),
            severity=Severity.INFO,
            consequence=Consequence.ADVICE,
            hint="If the currency has three decimals, this is fine.",
        )


def _as_thousands(numbers: Numbers, at: str) -> Decimal | None:
    number = numbers.get(at)
    return number * 1000 if number is not None and _GROUPED.fullmatch(numbers.texts[at]) else None


def _thousands(numbers: Numbers, at: str, but: str) -> Problem:
    text = numbers.texts[at]
    return Problem(
        f'{field_name(at)} is "{text}", but {but}: its dot parts thousands.',
        pointer=at,
        expected=f"{text.replace('.', '')}.00",
        actual=text,
        recorded=str(Decimal(text)),
    )


RULES = (
    Rule(
        "thousands-dot",
        "The dot in an amount parts thousands",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "A dot is always read as the decimal point: a thousandth of the amount is recorded.",
        "Leave out the thousands separator, and write a dot before the decimals alone.",
        SCRIPT,
        each_tag(_dots),
        before='<span class="total_price">1.234</span> for products of 1234.00',
        after='<span class="total_price">1234.00</span>',
        tags=("cn_purchase", "cn_cart"),
    ),
)
