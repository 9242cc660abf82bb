"""What pages are held to: rules and contracts, from four places, the later of which wins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Done
    from tests.conftest import Site

PAGE = """<!doctype html>
<div class="cn_purchase" style="display:none">
  <span class="purchase_id">1042</span>
  <span class="payment_method">Cash</span>
  <span class="total_quantity">1</span>
  <span class="total_price">19.99</span>
  <div class="product_basket_item">
    <span class="product_id">7</span>
    <span class="name">Mug</span>
    <span class="url">https://shop.example/mug</span>
    <span class="unit_price">19.99</span>
    <span class="quantity">1</span>
    <span class="price">19.99</span>
  </div>
</div>
"""
OWN = {
    "allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}],
    "required": ["cart_id"],
    "properties": {"payment_method": {"enum": ["Credit card", "Bizum"]}},
}
NOT_OURS = {"mandatory-field-missing": "/cart_id", "value-not-allowed": "/payment_method"}
"""What the shop's own contract finds in the page, and ours does not."""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "own.json").write_text(json.dumps(OWN))
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "own.json").write_text(json.dumps(OWN))


@pytest.fixture
def scenario(tmp_path: Path, site: Site) -> Path:
    """A scenario, in a folder of its own, that opens the page."""
    site.page("/thanks", PAGE)
    (tmp_path / "scenarios").mkdir()
    file = tmp_path / "scenarios" / "thanks.yaml"
    file.write_text(f"name: Thanks\nbase_url: {site.url}\nsteps:\n  - goto: /thanks\n")
    return file


def config(folder: Path, text: str) -> None:
    (folder / "cn-validator.yaml").write_text(text)


def findings(done: Done) -> dict[str, dict[str, str]]:
    (result,) = json.loads(done.out)["results"]
    return {finding["rule"]: finding for finding in result["findings"]}


def notes(done: Done) -> list[str]:
    return [
        note for note in json.loads(done.out)["notes"] if " off: " in note and "sandbox" not in note
    ]


def is_held_to_our_own(done: Done) -> bool:
    found = findings(done)
    return {rule: found[rule]["pointer"] for rule in NOT_OURS if rule in found} == NOT_OURS


JSON = ("--report", "json")
RUN = ("run", "scenarios", *JSON)


def test_without_a_word_a_page_is_held_to_what_connectif_documents(cli: Cli) -> None:
    done = cli("check", "page.html", *JSON)
    assert done.code == 0
    assert findings(done).keys().isdisjoint(NOT_OURS)


def test_a_contract_of_ones_own_is_named_on_the_command_line(cli: Cli) -> None:
    done = cli("check", "page.html", "--schema", "own.json", *JSON)
    assert (done.code, is_held_to_our_own(done)) == (1, True)


def test_a_contract_of_ones_own_is_named_in_the_configuration(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, "schemas: {cn_purchase: contracts/own.json}")
    done = cli("check", "page.html", *JSON)
    assert (done.code, is_held_to_our_own(done)) == (1, True)


@pytest.mark.browser
@pytest.mark.parametrize("place", ["configuration", "scenario", "command line"])
def test_a_scenario_is_held_to_a_contract_from_any_of_three_places(
    cli: Cli, tmp_path: Path, scenario: Path, place: str
) -> None:
    line: tuple[str, ...] = ()
    match place:
        case "configuration":
            config(tmp_path, "schemas: {cn_purchase: own.json}")
        case "scenario":
            with scenario.open("a") as file:
                file.write("schemas: {cn_purchase: ../contracts/own.json}\n")
        case _:
            line = ("--schema", "own.json")
    done = cli(*RUN, *line)
    assert (done.code, is_held_to_our_own(done)) == (1, True)


@pytest.mark.browser
def test_the_contract_of_a_scenario_wins_over_that_of_the_configuration(
    cli: Cli, tmp_path: Path, scenario: Path
) -> None:
    config(tmp_path, "schemas: {cn_purchase: own.json}")
    (tmp_path / "ours.json").write_text('{"$ref": "urn:cn-validator:schema:cn_purchase"}')
    with scenario.open("a") as file:
        file.write("schemas: {cn_purchase: ../ours.json}\n")
    done = cli(*RUN)
    assert (done.code, findings(done).keys().isdisjoint(NOT_OURS)) == (0, True)
    assert is_held_to_our_own(cli(*RUN, "--schema", "own.json"))


BROKEN = {
    "leads-nowhere": (
        '{"allOf": [{"$ref": "urn:cn-validator:schema:cn_purchse"}]}',
        "1:21: $ref leads nowhere: urn:cn-validator:schema:cn_purchse",
    ),
    "wrong-type": (
        '{\n "required": "cart_id"}',
        "2:14: not a JSON schema: 'cart_id' is not of type 'array'",
    ),
    "bad-pattern": (
        '{"properties": {\n "cart_id": {"pattern": "[0-9"}}}',
        "2:25: not a regular expression: unterminated character set",
    ),
    "misspelt": (
        '{\n "requird": ["cart_id"]}',
        '2:2: unknown keyword "requird": did you mean "required"?',
    ),
    "not-json": ("{\n allOf: []}", "2:2: JSON syntax: Expecting property name"),
    "no-tag": ('{"type": "object"}', "1:1: this schema does not describe the fields of a tag"),
}


@pytest.mark.parametrize("place", ["check", "configuration", "scenario", "run", "demo"])
@pytest.mark.parametrize("mistake", BROKEN)
def test_a_contract_that_is_wrong_is_told_with_its_place_before_a_browser_starts(
    cli: Cli, tmp_path: Path, scenario: Path, mistake: str, place: str
) -> None:
    text, said = BROKEN[mistake]
    (tmp_path / "bad.json").write_text(text)
    arguments = {
        "check": ("check", "page.html", "--schema", "bad.json"),
        "configuration": ("check", "page.html"),
        "scenario": ("run", "scenarios"),
        "run": ("run", "scenarios", "--schema", "bad.json"),
        "demo": ("demo", "--schema", "bad.json"),
    }
    if place == "configuration":
        config(tmp_path, "schemas: {cn_purchase: bad.json}")
    if place == "scenario":
        with scenario.open("a") as file:
            file.write("schemas: {cn_purchase: ../bad.json}\n")
    done = cli(*arguments[place], CN_VALIDATOR_BROWSER="/nowhere")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"bad.json:{said}")


@pytest.mark.browser
def test_of_four_places_that_grade_a_rule_the_last_wins(
    cli: Cli, tmp_path: Path, scenario: Path
) -> None:
    assert findings(cli(*RUN))["cart-id-missing"]["severity"] == "warning"
    config(tmp_path, "rules: {cart-id-missing: error}")
    done = cli(*RUN)
    assert (done.code, findings(done)["cart-id-missing"]["severity"]) == (1, "error")
    with scenario.open("a") as file:
        file.write("rules: {cart-id-missing: info}\n")
    done = cli(*RUN)
    assert (done.code, findings(done)["cart-id-missing"]["severity"]) == (0, "info")
    done = cli(*RUN, "--rule", "cart-id-missing=off")
    assert (done.code, "cart-id-missing" in findings(done)) == (0, False)
    assert notes(done) == ["1 rule is off: cart-id-missing (--rule)"]


def test_what_is_off_is_said_in_the_report(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, "rules:\n  cart-id-missing: off\n")
    done = cli("check", "page.html", "--rule", "tag-count=off", "--verbose")
    assert done.code == 0
    assert "1 rule not evaluated: cart-id-missing (turned off by cn-validator.yaml)" in done.out
    assert "1 rule not evaluated: tag-count (turned off by --rule)" in done.out
    note = "2 rules are off: cart-id-missing (cn-validator.yaml:2:3), tag-count (--rule)"
    assert f"note  {note}" in done.out


def test_a_later_option_wins_over_an_earlier_one(cli: Cli) -> None:
    rules = ("--rule", "cart-id-missing=off", "--rule", "cart-id-missing=error")
    done = cli("check", "page.html", *rules, *JSON)
    assert (done.code, findings(done)["cart-id-missing"]["severity"]) == (1, "error")
    assert notes(done) == []


@pytest.mark.browser
def test_rules_are_graded_for_pages_in_the_browser_too(cli: Cli) -> None:
    done = cli("check", "--render", "page.html", "--rule", "cart-id-missing=error", *JSON)
    assert (done.code, findings(done)["cart-id-missing"]["severity"]) == (1, "error")


@pytest.mark.browser
def test_the_demo_can_be_held_to_more(cli: Cli) -> None:
    broken = ("demo", "--break", "no-items", *JSON)
    assert cli(*broken).code == 0
    done = cli(*broken, "--rule", "items-missing=error")
    assert (done.code, findings(done)["items-missing"]["severity"]) == (1, "error")


@pytest.mark.parametrize("command", ["check page.html", "run scenarios", "demo"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("tag-cuont=off", 'there is no rule "tag-cuont": did you mean "tag-count"?'),
        ("tag-count", '"" is not a severity: write tag-count=off|error|warning|info'),
        ("tag-count=no", '"no" is not a severity: write tag-count=off|error|warning|info'),
    ],
)  # fmt: skip
def test_a_wrong_grade_is_refused(cli: Cli, command: str, given: str, said: str) -> None:
    done = cli(*command.split(), "--rule", given)
    assert (done.code, done.out) == (2, "")
    assert f"Invalid value for '--rule': {said}" in done.err


def test_a_configuration_is_named(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, "rules: {cart-id-missing: error}")
    (tmp_path / "other.yaml").write_text("rules: {cart-id-missing: off}")
    done = cli("check", "page.html", "--config", "other.yaml", *JSON)
    assert notes(done) == ["1 rule is off: cart-id-missing (other.yaml:1:9)"]


@pytest.mark.parametrize("command", ["check page.html", "run scenarios", "demo", "rules"])
def test_a_mistake_in_the_configuration_ends_every_command(
    cli: Cli, tmp_path: Path, command: str
) -> None:
    config(tmp_path, "rules:\n  cart-id-mising: off\n")
    done = cli(*command.split(), CN_VALIDATOR_BROWSER="/nowhere")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        'cn-validator.yaml:2:3: there is no rule "cart-id-mising": did you mean '
        '"cart-id-missing"?\n'
        "  2 | cart-id-mising: off\n"
        "    | ^\n"
        "  to fix: cn-validator rules lists them.\n"
    )
