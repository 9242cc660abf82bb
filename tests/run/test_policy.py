"""The policy of a caller: severities of rules and contracts, without a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.contract.contracts import Contracts
from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.core.finding import Severity
from validator.run.config import Config
from validator.run.policy import (
    CheckPolicy,
    build_rule_overrides,
    disabled_rule_notes,
    parse_rule_setting,
)
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation

PLACE = Location("here")


def test_a_severity_is_parsed_with_its_place() -> None:
    setting = parse_rule_setting("tag-count", "warning", PLACE)
    assert (setting.severity, setting.place) == (Severity.WARNING, PLACE)
    assert parse_rule_setting("tag-count", "off", PLACE).severity is None


@pytest.mark.parametrize(
    ("rule", "severity", "message"),
    [
        ("tag-cuont", "off", 'there is no rule "tag-cuont": did you mean "tag-count"?'),
        ("tag-count", "no", '"no" is not a severity: write tag-count=off|error|warning|info'),
        ("tag-count", "", '"" is not a severity: write tag-count=off|error|warning|info'),
    ],
)
def test_a_wrong_setting_is_refused(rule: str, severity: str, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message.replace("?", r"\?").replace("|", r"\|")):
        parse_rule_setting(rule, severity, PLACE)
    with pytest.raises(InputError) as error:
        build_rule_overrides({rule: severity})
    assert error.value.findings[0].message == message


def test_the_rules_of_the_caller_are_in_the_contracts() -> None:
    policy = CheckPolicy(Config(), build_rule_overrides({"tag-count": "off"}))
    assert policy.contracts("cn_purchase").rules.is_off("tag-count")


def test_a_tag_without_a_contract_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"did you mean cn_cart\?"):
        CheckPolicy(Config()).contracts("cn_crt")


def test_the_note_on_rules_that_are_off_names_each_place_once() -> None:
    off = build_rule_overrides({"tag-count": "off"})
    assert list(disabled_rule_notes([off, off])) == ["1 rule is off: tag-count (rules=)"]
    assert list(disabled_rule_notes([build_rule_overrides({"tag-count": "info"})])) == []


def own_contract(file: Path, required: str) -> str:
    own = {"allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}], "required": [required]}
    file.write_text(json.dumps(own), encoding="utf-8")
    return str(file)


def test_a_contract_that_changes_between_two_runs_is_read_again(tmp_path: Path) -> None:
    for required in ("cart_id", "payment_method"):
        schema = own_contract(tmp_path / "own.json", required)
        contracts = CheckPolicy(Config(), schema=schema).contracts("cn_purchase")
        assert contracts.schema("cn_purchase").data["required"] == [required]


def test_the_contract_of_a_scenario_is_read_again_for_each_run(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    scenario = Scenario(
        name="s",
        document=Document("s.yaml", None),
        location=Location("s.yaml"),
        steps=(),
        expect=TagExpectation("cn_purchase", 1, 5_000),
        schemas={"cn_purchase": own_contract(file, "cart_id")},
    )
    policy = CheckPolicy(Config())
    for required in ("cart_id", "payment_method"):
        own_contract(file, required)
        (applied,) = policy.apply([scenario])
        contracts = Contracts(applied.schemas)
        assert contracts.schema("cn_purchase").data["required"] == [required]
