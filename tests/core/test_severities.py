"""What becomes of a finding, and of a verdict, when a shop grades a rule differently."""

from __future__ import annotations

import pytest

from validator.contract.contracts import Contracts
from validator.core.document import Location
from validator.core.finding import Consequence, Severity
from validator.core.result import NotEvaluated, Result, Verdict
from validator.core.severities import SEVERITY_CHOICES, RuleOverride, RuleOverrides
from validator.page.static_capture import capture_html
from validator.rules.evaluate import evaluate_capture

TAG = """<div class="cn_purchase">
<i class="purchase_id">{id}</i><i class="total_quantity">1</i><i class="total_price">{price}</i>
<div class="product_basket_item"><i class="product_id">7</i><i class="name">Mug</i>
<i class="url">https://shop.example/mug</i><i class="unit_price">19.99</i><i class="quantity">1</i>
<i class="price">{line}</i></div></div>"""
CONFIG = Location("cn-validator.yaml", 3, 5)


def settings(place: Location = CONFIG, **grades: str) -> RuleOverrides:
    """Make settings; an underscore stands for the dash of a rule's id."""
    return RuleOverrides(
        {rule.replace("_", "-"): RuleOverride.of(grade, place) for rule, grade in grades.items()}
    )


def judge(
    rules: RuleOverrides, order: str = "1042", price: str = "19.99", line: str = "19.99"
) -> Result:
    capture = capture_html(TAG.format(id=order, price=price, line=line), "page.html")
    return evaluate_capture(capture, subject="page", contracts=Contracts(rules=rules))


def severity_of(rule: str, result: Result) -> Severity:
    (found,) = (finding for finding in result.findings if finding.rule == rule)
    return found.severity


def rules_of(result: Result) -> set[str]:
    return {finding.rule for finding in result.findings}


@pytest.mark.parametrize("grade", ["error", "warning", "info"])
def test_a_rule_counts_as_much_as_the_shop_says(grade: str) -> None:
    result = judge(settings(cart_id_missing=grade))
    assert severity_of("cart-id-missing", result) == grade
    assert result.verdict is (Verdict.FAILED if grade == "error" else Verdict.PASSED)


def test_a_graver_grade_does_not_change_the_consequence() -> None:
    (finding,) = (
        finding
        for finding in judge(settings(cart_id_missing="error")).findings
        if finding.rule == "cart-id-missing"
    )
    assert finding.consequence is Consequence.ADVICE


def test_a_rule_that_is_off_finds_nothing_and_says_who_turned_it_off() -> None:
    assert "cart-id-missing" in rules_of(judge(RuleOverrides()))
    result = judge(settings(cart_id_missing="off"))
    assert "cart-id-missing" not in rules_of(result)
    assert (
        NotEvaluated("cart-id-missing", "turned off by cn-validator.yaml") in result.not_evaluated
    )


def test_a_rule_that_is_off_is_listed_once_though_it_has_nothing_to_find() -> None:
    result = judge(settings(tag_unexpected="off", decimal_format="off"))
    off = [each.rule for each in result.not_evaluated if "turned off" in each.because]
    assert sorted(off) == ["decimal-format", "tag-unexpected"]


def test_a_rule_of_the_schema_can_be_off_too() -> None:
    assert judge(RuleOverrides(), price="19,99").verdict is Verdict.FAILED
    result = judge(settings(decimal_format="off"), price="19,99")
    assert "decimal-format" not in rules_of(result)
    assert result.verdict is Verdict.PASSED


def test_a_rule_of_the_schema_that_is_off_does_not_hide_another_fault_of_the_value() -> None:
    assert rules_of(judge(RuleOverrides(), price="{{ total }}")) >= {"placeholder-unrendered"}
    result = judge(settings(placeholder_unrendered="off"), price="{{ total }}")
    assert "decimal-format" in rules_of(result)


def test_what_the_shop_says_wins_over_a_milder_and_a_graver_case_of_a_rule() -> None:
    # An empty price of a product is a milder case: Connectif records the rest of it.
    assert severity_of("mandatory-field-empty", judge(RuleOverrides(), line="")) is Severity.WARNING
    graver = judge(settings(mandatory_field_empty="error"), line="")
    assert severity_of("mandatory-field-empty", graver) is Severity.ERROR


def test_even_a_mandatory_field_may_be_left_out_where_the_shop_says_so() -> None:
    result = judge(settings(mandatory_field_empty="off", dropped_by_script="off"), order="")
    assert result.verdict is Verdict.PASSED
    assert "mandatory-field-empty" in {each.rule for each in result.not_evaluated}


def test_what_is_lost_is_told_though_the_rule_that_knows_the_cause_is_off() -> None:
    result = judge(settings(mandatory_field_empty="off"), order="")
    assert "dropped-by-script" in {each.rule for each in result.findings}
    assert result.verdict is Verdict.FAILED


def test_the_later_settings_win() -> None:
    line = Location("--rule")
    both = settings(cart_id_missing="off", tag_count="info").then(
        settings(line, cart_id_missing="error")
    )
    assert both.severity("cart-id-missing") is Severity.ERROR
    assert both.by_rule["cart-id-missing"].place == line
    assert both.severity("tag-count") is Severity.INFO
    assert both.severity("date-format") is None
    assert not both.off


def test_a_rule_that_is_turned_on_again_is_as_grave_as_it_is_turned_on() -> None:
    again = settings(cart_id_missing="off").then(settings(cart_id_missing="info"))
    assert severity_of("cart-id-missing", judge(again)) is Severity.INFO


def test_the_grades_are_the_severities_and_off() -> None:
    assert SEVERITY_CHOICES == ("off", "error", "warning", "info")
