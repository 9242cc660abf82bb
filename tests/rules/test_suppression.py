from __future__ import annotations

from dataclasses import replace

from validator.core.finding import Severity
from validator.rules.catalogue import RULES_BY_ID
from validator.rules.rule import Violation
from validator.rules.suppression import RuleViolation, suppress_consequences


def told(rule: str, at: str = "", tag: int = 0, severity: Severity | None = None) -> RuleViolation:
    return RULES_BY_ID[rule], Violation("it is so.", tag=tag, pointer=at, severity=severity)


CENTS = told("amount-in-cents", "/total_price")
UNMET = told("expectation-not-met", "/total_price")


def left(*entries: RuleViolation) -> list[str]:
    return [rule.id for rule, _ in suppress_consequences(entries)]


def test_what_follows_at_the_same_field_is_left_out() -> None:
    assert left(UNMET, CENTS) == ["amount-in-cents"]


def test_what_is_at_another_field_does_not_follow() -> None:
    assert left(told("expectation-not-met", "/purchase_id"), CENTS) == [
        "expectation-not-met",
        "amount-in-cents",
    ]


def test_an_amount_in_cents_explains_every_sum_of_its_tag_and_of_no_other() -> None:
    lines = told("line-price-mismatch", "/product_basket_item/0/price")
    rule, problem = lines
    assert left(CENTS, lines, (rule, replace(problem, tag=1))) == [
        "amount-in-cents",
        "line-price-mismatch",
    ]


def test_a_milder_cause_hides_nothing() -> None:
    mild = told("amount-in-cents", "/total_price", severity=Severity.INFO)
    assert left(mild, UNMET) == ["amount-in-cents", "expectation-not-met"]


def test_of_a_tag_that_should_not_be_there_nothing_else_is_said() -> None:
    assert left(told("tag-unexpected"), CENTS) == ["tag-unexpected"]
