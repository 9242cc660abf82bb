"""Values that are saved on the way are expected only where a confirmation is due."""

from __future__ import annotations

from dataclasses import replace

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.run.options import RunOptions
from validator.run.order_ledger import OrderLedger
from validator.run.progress import SilentProgress
from validator.run.scenario_run import RunState, evaluate
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario

SAVED_AT_THE_BANK = """
name: Checkout
base_url: https://shop.example
steps:
  - goto: /
  - payment:
      at: https://bank.example/**
      steps:
        - save: {order: {css: .order}}
        - click: {role: button, name: Pay}
confirmation: {url: "**/thanks/*"}
expect:
  cn_purchase: {purchase_id: "${order}"}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    path = tmp_path_factory.mktemp("scenarios") / "checkout.yaml"
    path.write_text(SAVED_AT_THE_BANK, encoding="utf-8")
    (loaded,) = load_scenarios([path], environ={}, run_id="r")
    return loaded


def judge(scenario: Scenario, *, reached: bool) -> Capture | Breakdown:
    run = RunState(RunOptions("r"), SilentProgress(), OrderLedger("r"))
    capture = Capture("https://shop.example/thanks/5", rendered=True, tags=(), reached=reached)
    return evaluate(scenario, capture, run).outcome


def test_a_confirmation_needs_the_values_that_were_to_be_saved(scenario: Scenario) -> None:
    outcome = judge(scenario, reached=True)
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.STEP_FAILED
    assert "order" in outcome.message


def test_a_customer_who_stays_at_the_bank_is_not_asked_for_them(scenario: Scenario) -> None:
    assert isinstance(judge(scenario, reached=False), Capture)


def test_a_page_that_must_have_no_tag_is_not_asked_for_them(scenario: Scenario) -> None:
    without = replace(scenario, expect=replace(scenario.expect, count=0))
    assert isinstance(judge(without, reached=True), Capture)
