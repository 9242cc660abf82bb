"""A scenario is played once for each of its faults and endings."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from validator.contract.schema import load_schema
from validator.core.errors import InputError
from validator.scenario.expand.payment_cases import ENDINGS, FAULTS, PLAIN_CASE
from validator.scenario.load import load_scenarios
from validator.scenario.model.payment import UrlOrCommand
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.walk import find_payments
from validator.scenario.safety.order_steps import count_orders

STEPS = """steps:
  - goto: https://shop.example/
  - payment:
      at: https://bank.example/**
      steps: [{click: "#pay"}]
      cancel: "#cancel"
      notification: {send: "https://bank.example/notify"}
  - click: "#thanks"
confirmation: "**/thanks"
"""


def load(tmp_path: Path, top: str, steps: str = STEPS) -> list[Scenario]:
    path = tmp_path / "s.yaml"
    path.write_text(f"name: A purchase\n{top}{steps}", encoding="utf-8")
    return list(load_scenarios([path], environ={}, run_id="run1"))


def refusal(tmp_path: Path, top: str, steps: str = STEPS) -> list[str]:
    with pytest.raises(InputError) as refused:
        load(tmp_path, top, steps)
    return [f"{each.rule}: {each.message}" for each in refused.value.findings]


def test_the_schema_knows_the_faults_and_endings_of_the_tables() -> None:
    definitions = cast("dict[str, Any]", load_schema("scenario").data["$defs"])
    assert definitions["fault"]["then"]["enum"] == [PLAIN_CASE, *FAULTS]
    assert definitions["ending"]["then"]["enum"] == list(ENDINGS)
    assert list(definitions["ending"]["else"]["properties"]) == list(ENDINGS)


def test_without_faults_and_endings_there_is_one_instance(tmp_path: Path) -> None:
    (scenario,) = load(tmp_path, "")
    assert (scenario.name, scenario.case) == ("A purchase", None)


def test_each_fault_is_an_instance_and_so_is_each_ending(tmp_path: Path) -> None:
    scenarios = load(tmp_path, "faults: [plain, session_lost]\nendings: [reload]\n")
    assert [scenario.name for scenario in scenarios] == [
        "A purchase [plain]",
        "A purchase [session_lost]",
        "A purchase [reload]",
    ]
    assert [scenario.case and scenario.case.kind for scenario in scenarios] == [
        None,
        "fault",
        "ending",
    ]


def test_a_fault_may_say_how_long_it_lasts_and_an_ending_how_much_is_due(tmp_path: Path) -> None:
    top = "faults: [{slow_return: 8s}]\nendings: [{close_tab: 0}]\n"
    slow, closed = (scenario.case for scenario in load(tmp_path, top))
    assert slow is not None
    assert slow.duration == 8_000
    assert closed is not None
    assert closed.expected_purchases == 0


def test_who_cancels_does_not_pay(tmp_path: Path) -> None:
    (scenario,) = load(tmp_path, "endings: [cancel]\n")
    (payment,) = find_payments(scenario.steps)
    assert [step.title for step in payment.steps] == ["click selector=#cancel"]
    assert payment.outcome == "cancelled"
    assert scenario.expect.count == 0
    assert count_orders(scenario.steps) == 0
    assert len(scenario.steps) == 2


@pytest.mark.parametrize(
    "top",
    ["faults: [sesion_lost]\n", "endings: [{reload: -1}]\n", "faults: []\n"],
    ids=["typo", "negative", "empty"],
)
def test_what_is_no_fault_is_refused(tmp_path: Path, top: str) -> None:
    (told,) = refusal(tmp_path, top)
    assert told.startswith("scenario-")


def test_a_fault_needs_a_payment(tmp_path: Path) -> None:
    steps = "steps: [{goto: 'https://shop.example/'}]\n"
    assert refusal(tmp_path, "faults: [session_lost]\n", steps) == [
        'case-without-payment: "session_lost" needs a payment step to happen at'
    ]


def test_an_ending_says_what_it_needs(tmp_path: Path) -> None:
    steps = STEPS.replace('      cancel: "#cancel"\n', "")
    assert refusal(tmp_path, "endings: [cancel]\n", steps) == [
        'case-incomplete: the ending "cancel" needs the element that the customer clicks to cancel'
    ]


@pytest.mark.parametrize(
    ("top", "case"),
    [
        ("faults: [notification_late]\n", 'fault "notification_late"'),
        ("endings: [return_early]\n", 'ending "return_early"'),
    ],
)
def test_who_is_early_needs_a_notification_that_can_be_sent(
    tmp_path: Path, top: str, case: str
) -> None:
    steps = STEPS.replace('      notification: {send: "https://bank.example/notify"}\n', "")
    assert refusal(tmp_path, top, steps) == [
        f"case-incomplete: the {case} needs a way to send the notification"
    ]


@pytest.mark.parametrize("outcome", ["declined", "cancelled", "abandoned"])
@pytest.mark.parametrize("top", ["faults: [session_lost]\n", "endings: [reload]\n"])
def test_what_goes_wrong_on_the_way_back_needs_a_payment_that_is_paid(
    tmp_path: Path, top: str, outcome: str
) -> None:
    steps = STEPS.replace("      cancel:", f"      outcome: {outcome}\n      cancel:")
    (told,) = refusal(tmp_path, top, steps)
    assert told.endswith(f"needs a payment that is paid, and this one is {outcome}")


def test_the_same_twice_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "faults: [plain, session_lost, session_lost]\n") == [
        'case-duplicate: "session_lost" is listed twice: it would run the same case again'
    ]


def test_the_same_fault_with_another_length_is_another_case(tmp_path: Path) -> None:
    top = "faults: [{slow_return: 1s}, {slow_return: 8s}]\n"
    assert [each.case and each.case.duration for each in load(tmp_path, top)] == [1_000, 8_000]


def test_who_cancels_inside_of_another_step_is_refused(tmp_path: Path) -> None:
    inner = "\n".join(f"      {line}" for line in STEPS.splitlines()[2:7])
    steps = f"steps:\n  - frame:\n      css: iframe\n      steps:\n{inner}\n"
    (told,) = refusal(tmp_path, "endings: [cancel]\n", steps)
    assert "is inside another step" in told


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("settles_within: 3s", '"settles_within" is for a payment that is pending'),
        ("outcome: abandoned\n      return: {click: '#back'}", "does not return to the shop"),
    ],
)
def test_what_an_outcome_would_pass_over_is_refused(tmp_path: Path, wrong: str, told: str) -> None:
    steps = STEPS.replace("      cancel:", f"      {wrong}\n      cancel:")
    (message,) = refusal(tmp_path, "", steps)
    assert told in message


def test_a_payment_that_is_cancelled_commits_to_nothing(tmp_path: Path) -> None:
    steps = STEPS.replace("      cancel:", "      outcome: cancelled\n      cancel:")
    steps = steps.replace('[{click: "#pay"}]', '[{click: "#pay", commit: true}]')
    assert refusal(tmp_path, "", steps) == [
        "payment-contradiction: a step has commit: true, and a payment that is cancelled places "
        "no order"
    ]


def test_orders_are_listed_by_a_url_or_a_command(tmp_path: Path) -> None:
    (by_url,) = load(tmp_path, "orders: https://shop.example/orders.json\n")
    (by_command,) = load(
        tmp_path, "orders: {command: [python, list.py], id: number, where: {state: paid}}\n"
    )
    assert by_url.orders is not None
    assert str(by_url.orders.source.url) == "https://shop.example/orders.json"
    assert by_command.orders is not None
    assert [str(word) for word in by_command.orders.source.command] == ["python", "list.py"]
    assert (by_command.orders.id, by_command.orders.where) == ("number", (("state", "paid"),))
    assert isinstance(by_command.orders.source, UrlOrCommand)


@pytest.mark.parametrize(
    ("outcome", "count"),
    [("paid", 1), ("pending", 1), ("declined", 0), ("cancelled", 0), ("abandoned", 0)],
)
def test_the_outcome_says_whether_a_purchase_is_expected(
    tmp_path: Path, outcome: str, count: int
) -> None:
    steps = STEPS.replace("      cancel:", f"      outcome: {outcome}\n      cancel:")
    (scenario,) = load(tmp_path, "", steps)
    assert scenario.expect.count == count


def test_what_the_scenario_expects_itself_wins_over_the_outcome(tmp_path: Path) -> None:
    steps = STEPS.replace("      cancel:", "      outcome: declined\n      cancel:")
    (scenario,) = load(tmp_path, "expect: {cn_purchase: {total_quantity: 1}}\n", steps)
    assert scenario.expect.count == 1
