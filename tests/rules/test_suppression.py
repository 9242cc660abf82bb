from __future__ import annotations

from dataclasses import replace

from validator.core.finding import Severity
from validator.rules.catalogue import RULES_BY_ID
from validator.rules.rule import RuleViolation, Violation
from validator.rules.suppression import suppress_consequences


def violation(
    rule: str, at: str = "", tag: int = 0, severity: Severity | None = None
) -> RuleViolation:
    return RuleViolation(
        RULES_BY_ID[rule], Violation("it is so.", tag=tag, pointer=at, severity=severity)
    )


CENTS = violation("amount-in-cents", "/total_price")
UNMET = violation("expectation-not-met", "/total_price")


def left(*entries: RuleViolation) -> list[str]:
    return [each.rule.id for each in suppress_consequences(entries)]


def test_what_follows_at_the_same_field_is_left_out() -> None:
    assert left(UNMET, CENTS) == ["amount-in-cents"]


def test_what_is_at_another_field_does_not_follow() -> None:
    assert left(violation("expectation-not-met", "/purchase_id"), CENTS) == [
        "expectation-not-met",
        "amount-in-cents",
    ]


def test_an_amount_in_cents_explains_every_sum_of_its_tag_and_of_no_other() -> None:
    lines = violation("line-price-mismatch", "/product_basket_item/0/price")
    other = replace(lines, violation=replace(lines.violation, tag=1))
    assert left(CENTS, lines, other) == [
        "amount-in-cents",
        "line-price-mismatch",
    ]


def test_a_milder_cause_hides_nothing() -> None:
    mild = violation("amount-in-cents", "/total_price", severity=Severity.INFO)
    assert left(mild, UNMET) == ["amount-in-cents", "expectation-not-met"]


def test_of_a_tag_that_should_not_be_there_nothing_else_is_said() -> None:
    assert left(violation("tag-unexpected"), CENTS) == ["tag-unexpected"]
