"""cn-validator.yaml: where it is found, what it says, and what is said of its mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.contract.schema import load_schema
from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.core.finding import Severity
from validator.run.config import Config, find_config, load_config
from validator.scenario.load import load_scenarios
from validator.scenario.syntax.node import Node

PURCHASE = {"allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}], "required": ["cart_id"]}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str) -> Config:
    Path("cn-validator.yaml").write_text(text, encoding="utf-8")
    return load_config(Path("cn-validator.yaml"))


def mistakes(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        load(text)
    for finding in refused.value.findings:
        assert finding.hint
        assert finding.snippet
        assert not finding.rule.startswith("scenario")
    return [f"{finding.location}: {finding.message}" for finding in refused.value.findings]


def test_rules_are_graded_with_their_place() -> None:
    rules = load("rules:\n  cart-id-missing: error\n  total-price-mismatch: info\n").rules
    assert rules.severity("cart-id-missing") is Severity.ERROR
    assert rules.by_rule["total-price-mismatch"].place == Location("cn-validator.yaml", 3, 3)


@pytest.mark.parametrize("off", ["off", '"off"', "'off'"])
def test_off_is_a_word_with_quotes_and_without(off: str) -> None:
    """YAML 1.1 reads it as false; here nothing else can be meant."""
    assert load(f"rules: {{cart-id-missing: {off}}}").rules.is_off("cart-id-missing")


def test_a_contract_is_found_from_the_folder_of_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "purchase.json").write_text(json.dumps(PURCHASE))
    (tmp_path / "inner").mkdir()
    config = load("schemas: {cn_purchase: contracts/purchase.json}")
    assert config.schemas == {"cn_purchase": "contracts/purchase.json"}
    monkeypatch.chdir("inner")
    config = load_config(Path("../cn-validator.yaml"))
    assert config.schemas == {"cn_purchase": "../contracts/purchase.json"}


def test_a_contract_beside_the_configuration_is_not_taken_for_one_of_ours() -> None:
    Path("cn_purchase").write_text(json.dumps(PURCHASE))
    config = load("schemas: {cn_purchase: cn_purchase}")
    assert load_schema(config.schemas["cn_purchase"]).data["required"] == ["cart_id"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "rule: {}",
            ['cn-validator.yaml:1:1: unknown key "rule": did you mean "rules"?'],
        ),
        (
            "rules:\n  cart-id-mising: off\n  tag-count: maybe\n",
            [
                'cn-validator.yaml:2:3: there is no rule "cart-id-mising": '
                'did you mean "cart-id-missing"?',
                'cn-validator.yaml:3:14: "tag-count" must be off, error, warning or info, '
                'not "maybe"',
            ],
        ),
        (
            "rules: {tag-count: no}",
            [
                'cn-validator.yaml:1:20: "tag-count" must be off, error, warning or info, '
                'not "no"',
            ],
        ),
        (
            "rules: {tag-count: false}",
            [
                'cn-validator.yaml:1:20: "tag-count" must be off, error, warning or info, '
                "not false",
            ],
        ),
        (
            "rules: [tag-count]",
            [
                'cn-validator.yaml:1:8: "rules" must be a mapping of rules to off, error, warning '
                "or info, not a list"
            ],
        ),
        ("rules:", ['cn-validator.yaml:1:1: "rules" has no value']),
        ("rules: {}\nrules: {}", ['cn-validator.yaml:2:1: duplicate key "rules": it is already on '
                                  "line 1"]),
        ("- a", ["cn-validator.yaml:1:1: the file must be a configuration, not a list"]),
        ("rules: {tag-count: !x off}", ["cn-validator.yaml:1:20: YAML tags are not allowed: !x"]),
        (
            "schemas: {cn_purchse: a.json}",
            ['cn-validator.yaml:1:11: there is no tag "cn_purchse": did you mean "cn_purchase"?'],
        ),
        (
            "schemas: {cn_purchase: purchse.json}",
            ['cn-validator.yaml:1:24: there is no file "purchse.json": '
             'did you mean "purchase.json"?'],
        ),
        ("schemas: {cn_purchase: 12}", ['cn-validator.yaml:1:24: "cn_purchase" must be the path of '
                                        "a JSON schema, not 12"]),
        (
            "schemas: {cn_purchase: bad.json}\nrules: {no: off}",
            [
                "bad.json:2:23: $ref leads nowhere: #/$defs/no",
                'cn-validator.yaml:2:9: there is no rule "no"',
            ],
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_was_meant(text: str, said: list[str]) -> None:
    Path("purchase.json").write_text(json.dumps(PURCHASE))
    Path("bad.json").write_text('{"properties":\n {"cart_id": {"$ref": "#/$defs/no"}}}')
    assert sorted(mistakes(text)) == said


def test_a_configuration_that_is_not_there_is_said() -> None:
    with pytest.raises(InputError, match=r"own\.yaml: the file cannot be read: No such file"):
        load_config(Path("own.yaml"))


def test_the_nearest_configuration_above_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "shop" / "tests"
    inner.mkdir(parents=True)
    (tmp_path / "cn-validator.yaml").touch()
    assert find_config(inner, {}) == Path("../../cn-validator.yaml")
    (tmp_path / "shop" / "cn-validator.yaml").touch()
    assert find_config(inner, {}) == Path("../cn-validator.yaml")
    (inner / "cn-validator.yaml").touch()
    assert find_config(inner, {}) == Path("cn-validator.yaml")


def test_the_search_ends_where_a_repository_begins(tmp_path: Path) -> None:
    inner = tmp_path / "shop" / "tests"
    inner.mkdir(parents=True)
    (tmp_path / "cn-validator.yaml").touch()
    (tmp_path / "shop" / ".git").mkdir()
    assert find_config(inner, {}) is None
    (tmp_path / "shop" / "cn-validator.yaml").touch()
    assert find_config(inner, {}) == Path("../cn-validator.yaml")


@pytest.mark.parametrize("name", ["HOME", "USERPROFILE"])
def test_the_search_ends_at_home(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    (home / "shop").mkdir(parents=True)
    (tmp_path / "cn-validator.yaml").touch()
    assert find_config(home / "shop", {}) == Path("../../cn-validator.yaml")
    assert find_config(home / "shop", {name: str(home)}) is None


def test_scenarios_and_the_configuration_describe_what_they_share_alike() -> None:
    ours, theirs = (load_schema(name).data["properties"] for name in ("config", "scenario"))
    assert isinstance(ours, dict)
    assert isinstance(theirs, dict)
    for key in ours.keys() & theirs.keys():
        assert _shape(ours[key]) == _shape(theirs[key])


def test_a_setting_is_described_alike_wherever_it_may_stand() -> None:
    ours, theirs = (load_schema(name).data for name in ("config", "scenario"))
    definitions, known = ours["$defs"], theirs["$defs"]
    assert isinstance(definitions, dict)
    assert isinstance(known, dict)
    settings = definitions["settings"]
    assert isinstance(settings, dict)
    properties, of_scenario = settings["properties"], theirs["properties"]
    assert isinstance(properties, dict)
    assert isinstance(of_scenario, dict)
    assert properties.keys() - of_scenario.keys() == {"hosts"}
    only_of_scenarios = {
        *(
            "name",
            "labels",
            "properties",
            "fixtures",
            "steps",
            "expect",
            "matrix",
            "rules",
            "schemas",
        ),
        *("connectif_script", "tag_margin"),
        *("allow_hosts", "max_orders", "orders", "faults", "endings", "verify", "fixtures"),
    }
    assert of_scenario.keys() - properties.keys() == only_of_scenarios
    for key in properties.keys() & of_scenario.keys():
        assert properties[key] == of_scenario[key], key
    for name in definitions.keys() - {"settings"}:
        assert definitions[name] == known[name], name


def test_what_an_environment_says_is_only_there_when_it_is_chosen() -> None:
    config = load("environments: {a: {device: A}, b: {}}\ndefaults: {device: D}\n")
    by_name = {name: config.given({}, Node.root(Document("--env", name)), 1) for name in ("a", "b")}
    assert by_name["a"].environment["device"].text == "A"
    assert by_name["b"].environment == {}
    assert config.given({}, None, 1).environment == {}


def test_label_sets_have_names() -> None:
    assert load("label_sets: {nightly: [smoke, slow]}").labels("nightly") == ("smoke", "slow")
    with pytest.raises(InputError, match='there is no label set "nighly": did you mean "nightly"'):
        load("label_sets: {nightly: [smoke]}").labels("nighly")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("environments: {a: {base_ur: x}}", 'unknown key "base_ur": did you mean "base_url"?'),
        ("defaults: {steps: []}", 'unknown key "steps"'),
        ("defaults: {consent: [{rol: a}]}", 'unknown key "rol": did you mean "role"?'),
        ("workers: 0", '"workers" must be a whole number from 1 to 64, not 0'),
        ("reports: [junit]", '"reports" item 1 must be FORMAT=FILE, not "junit"'),
        ("label_sets: {a: []}", '"a" is empty'),
        ("defaults: {hosts: {shop: 'a b'}}", '"shop" must be an address, such as 127.0.0.1:8443'),
        ("environment: a", 'there is no environment "a"'),
    ],
)
def test_a_mistake_in_settings_is_told(text: str, said: str) -> None:
    (told,) = mistakes_of(text)
    assert said in told


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        load(text)
    return [finding.message for finding in refused.value.findings]


def _shape(schema: object) -> object:
    return (
        {k: v for k, v in schema.items() if k != "description"} if isinstance(schema, dict) else 0
    )


def test_each_key_is_described_with_an_example_that_is_good(tmp_path: Path) -> None:
    properties = load_schema("config").data["properties"]
    assert isinstance(properties, dict)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "purchase.json").write_text(json.dumps(PURCHASE))
    for name, schema in properties.items():
        assert isinstance(schema, dict)
        assert schema.keys() >= {"title", "description", "examples"}
        for example in schema["examples"] if isinstance(schema["examples"], list) else ():
            load(json.dumps({"environments": {"staging": {}}, name: example}))


FORBIDDEN_STEPS = """
name: stranger
base_url: https://shop.example
orders: {command: [python, list.py]}
steps:
  - include: script.yaml
  - when: {device: Pixel 7}
    evaluate: {script: "1 + 1", save: two}
  - payment:
      at: https://bank.example/**
      steps: [{evaluate: "pay()"}]
      notification:
        send: {command: [python, notify.py]}
confirmation: /thanks
"""


def test_scripts_and_commands_can_be_forbidden_wherever_a_scenario_may_have_them() -> None:
    Path("stranger.yaml").write_text(FORBIDDEN_STEPS)
    Path("script.yaml").write_text("steps:\n  - evaluate: document.title\n")

    def load_with(allow: str) -> None:
        given = load(allow).given({}, None, seed=0)
        load_scenarios(["stranger.yaml"], environ={}, run_id="r", given=given)

    load_with("rules: {}")
    load_with("allow: {evaluate: true, command: true}")
    with pytest.raises(InputError) as caught:
        load_with("allow:\n  evaluate: false\n  command: false\n")
    by = "is forbidden by the configuration (cn-validator.yaml"
    assert sorted(str(caught.value).splitlines()) == [
        f'script.yaml:2:5: "evaluate" {by}:2:13)',
        f'stranger.yaml:11:16: "evaluate" {by}:2:13)',
        f'stranger.yaml:13:16: "command" {by}:3:12)',
        f'stranger.yaml:4:10: "command" {by}:3:12)',
        f'stranger.yaml:8:5: "evaluate" {by}:2:13)',
    ]
    with pytest.raises(InputError) as caught:
        load_with("allow: {command: false}")
    assert {finding.rule for finding in caught.value.findings} == {"command-forbidden"}
