"""What a good scenario becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Severity
from validator.scenario.files import bundled_scenarios
from validator.scenario.load import load_scenarios
from validator.scenario.model.actions import (
    Click,
    Expect,
    ExpectTag,
    Fill,
    Goto,
    Payment,
    Popup,
    Press,
    Save,
    Screenshot,
    WaitFor,
)
from validator.scenario.model.scenario import Confirmation, Scenario
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Locator, SavedReference, Secret, Template

VALID = Path(__file__).parents[1] / "cases" / "scenario" / "valid"
ENVIRON = {
    "CARD": "4000000000001000",
    "SHOP_URL": "http://127.0.0.1:8800",
    "PAYMENT_URL": "http://x",
}


@pytest.fixture
def every_step() -> Scenario:
    (scenario,) = load_scenarios([VALID / "every-step.yaml"], environ=ENVIRON, run_id="run1")
    return scenario


def text(*parts: str | Secret | SavedReference) -> Template:
    return Template(parts)


def css(selector: str) -> Locator:
    return Locator("css", text(selector))


def load(folder: Path, content: str, **environ: str) -> Scenario:
    file = folder / "scenario.yaml"
    file.write_text(f"name: Test\nbase_url: http://shop.test\n{content}", encoding="utf-8")
    (scenario,) = load_scenarios([file], environ=environ, run_id="run1")
    return scenario


def test_every_file_of_the_valid_cases_loads() -> None:
    assert len(load_scenarios([VALID], environ=ENVIRON, run_id="run1")) == 3 + 3


def test_the_bundled_scenarios_load() -> None:
    assert load_scenarios([bundled_scenarios()], environ=ENVIRON, run_id="run1")


def test_what_stands_at_the_top_is_read(every_step: Scenario) -> None:
    assert every_step.labels == ("smoke", "payment")
    assert every_step.base_url == "http://127.0.0.1:8800"
    assert every_step.page.device == "Pixel 7"
    assert every_step.page.locale == "es-ES"
    assert every_step.timeout == 20_000
    assert every_step.connectif == "observe"
    assert every_step.secrets == (Secret("CARD", "4000000000001000"),)
    assert every_step.location == Location(str(VALID / "every-step.yaml"), 1, 1)


def test_rules_are_graded_for_one_scenario(every_step: Scenario) -> None:
    assert every_step.rules.is_off("total-price-mismatch")
    assert every_step.rules.severity("cart-id-missing") is Severity.ERROR
    place = every_step.rules.by_rule["cart-id-missing"].place
    assert every_step.document.line(place.line) == "  cart-id-missing: error"


def test_a_contract_is_found_from_the_folder_of_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text('{"$ref": "urn:cn-validator:schema:cn_purchase"}')
    scenario = load(tmp_path, "steps: [{goto: /}]\nschemas: {cn_purchase: own.json}\n")
    assert scenario.schemas == {"cn_purchase": str(tmp_path / "own.json")}


def test_a_step_carries_its_place_and_options(every_step: Scenario) -> None:
    step = every_step.steps[3]
    assert step.action == Click(
        Locator("role", text("button"), text("Add to basket"), exact=True, nth=1)
    )
    assert (step.optional, step.timeout, step.title) == (True, 500, "Put it in the basket")
    assert (step.location.line, step.location.column) == (15, 5)


@pytest.mark.parametrize(
    ("step", "action"),
    [
        ("goto: /cart", Goto(text("/cart"))),
        ('click: "#a"', Click(Locator("selector", text("#a")))),
        ("click: {css: a, nth: -1}", Click(Locator("css", text("a"), nth=-1))),
        ("fill: {css: a, value: 2}", Fill(css("a"), text("2"))),
        ('fill: {css: a, value: ""}', Fill(css("a"), text())),
        ("press: Enter", Press(text("Enter"))),
        ("press: {key: Enter, css: a}", Press(text("Enter"), css("a"))),
        ('wait_for: {url: "**/a"}', WaitFor(url=text("**/a"))),
        ("wait_for: {css: a, state: hidden}", WaitFor(target=css("a"), state="hidden")),
        ("expect: {text: Hi}", Expect(Locator("text", text("Hi")))),
        ("expect: {css: a, text: Hi}", Expect(css("a"), text("Hi"))),
        ("save: {total: {css: a}}", Save((("total", css("a")),))),
        ("screenshot:", Screenshot()),
        ("screenshot: basket", Screenshot("basket")),
    ],
)
def test_each_form_of_a_step_becomes_one_value(tmp_path: Path, step: str, action: object) -> None:
    assert load(tmp_path, f"steps:\n  - {step}\n").steps[0].action == action


@pytest.mark.parametrize(
    ("step", "title"),
    [
        ("goto: /cart", "goto /cart"),
        ("click: {role: button, name: Pay}", "click role=button name='Pay'"),
        ("fill: {label: City, value: Salou}", "fill label=City"),
        ("press: {key: Enter, css: a}", "press Enter"),
        ("save: {total: a, number: b}", "save total, number"),
        ("expect_tag: {cn_cart: {total_quantity: 2}}", "expect_tag cn_cart"),
        ("expect_tag: {cn_cart: none}", "expect_tag no cn_cart"),
        ("screenshot:", "screenshot"),
        ("popup: {opens: {click: a}, steps: [click: b]}", "popup opened by click selector=a"),
    ],
)
def test_a_step_without_a_name_is_said_as_a_person_would(
    tmp_path: Path, step: str, title: str
) -> None:
    assert load(tmp_path, f"steps:\n  - {step}\n").steps[0].title == title


@pytest.mark.parametrize(
    ("written", "milliseconds"), [("500ms", 500), ("5s", 5_000), ("1.5s", 1_500), ("1m", 60_000)]
)
def test_a_duration_becomes_milliseconds(tmp_path: Path, written: str, milliseconds: float) -> None:
    assert load(tmp_path, f"timeout: {written}\nsteps: [click: a]").timeout == milliseconds


def test_a_payment_returns_by_itself_unless_a_click_is_given(every_step: Scenario) -> None:
    by_click, automatic = (
        step.action for step in every_step.steps if isinstance(step.action, Payment)
    )
    assert by_click.click == Locator("role", text("link"), text("Back"))
    assert by_click.within == 60_000
    assert automatic.click is None
    assert automatic.within == 10_000


def test_the_step_that_opens_a_window_is_a_step(every_step: Scenario) -> None:
    (popup,) = (step.action for step in every_step.steps if isinstance(step.action, Popup))
    assert popup.opens.action == Click(Locator("selector", text("#open")))


def tag_at(folder: Path, step: str) -> TagExpectation:
    action = load(folder, f"steps:\n  - expect_tag: {step}\n").steps[0].action
    assert isinstance(action, ExpectTag)
    return action.expectation


@pytest.mark.parametrize(
    ("step", "tag", "count", "within"),
    [
        ("cn_cart", "cn_cart", None, 5_000),
        ("cn_purchase", "cn_purchase", 1, 5_000),
        ("{cn_cart: none}", "cn_cart", 0, 5_000),
        ("{cn_cart: none, count: 0, within: 3s}", "cn_cart", 0, 3_000),
        ("{cn_product_searched: {}, count: 8}", "cn_product_searched", 8, 5_000),
    ],
)
def test_a_tag_is_expected_at_a_step(
    tmp_path: Path, step: str, tag: str, count: int | None, within: float
) -> None:
    found = tag_at(tmp_path, step)
    assert (found.tag, found.count, found.within) == (tag, count, within)


def test_what_a_tag_says_at_a_step_keeps_its_lines(tmp_path: Path) -> None:
    found = tag_at(tmp_path, "\n      cn_cart:\n        total_quantity: 2")
    assert found.values == {"total_quantity": text("2")}
    assert [found.locations[at].line for at in ("", "total_quantity")] == [5, 6]


def test_any_field_of_a_contact_may_be_expected(tmp_path: Path) -> None:
    found = tag_at(tmp_path, "{cn_client_info: {loyalty_level: 3}}")
    assert found.values == {"loyalty_level": text("3")}


def test_confirmation_is_a_url_by_shorthand(tmp_path: Path) -> None:
    confirmation = load(tmp_path, 'steps: [click: a]\nconfirmation: "**/done"').confirmation
    assert confirmation is not None
    assert confirmation.url == text("**/done")
    assert confirmation.target is None


def test_confirmation_is_a_url_and_an_element(every_step: Scenario) -> None:
    assert every_step.confirmation == Confirmation(
        Location(str(VALID / "every-step.yaml"), 57, 15),
        text("**/done"),
        Locator("role", text("heading"), text("Thank you")),
    )


def test_the_tag_is_expected_once_within_five_seconds_by_default(tmp_path: Path) -> None:
    expect = load(tmp_path, "steps: [click: a]").expect
    assert (expect.count, expect.within, dict(expect.values)) == (1, 5_000, {})


def test_none_expects_no_tag(tmp_path: Path) -> None:
    assert load(tmp_path, "steps: [click: a]\nexpect: {cn_purchase: none}").expect.count == 0


def test_count_zero_expects_no_tag(tmp_path: Path) -> None:
    assert load(tmp_path, "steps: [click: a]\nexpect: {count: 0}").expect.count == 0


def test_expected_fields_keep_their_lines(every_step: Scenario) -> None:
    assert every_step.expect.values == {
        "total_quantity": text("2"),
        "total_price": text(SavedReference("total")),
        "payment_method": text("${literally}"),
    }
    assert every_step.expect.locations["total_price"].line == 61
    assert every_step.expect.within == 2_000


def test_the_command_lines_base_url_wins_and_the_files_is_not_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text("name: T\nbase_url: ${env.NOT_SET}\nsteps: [goto: /]", encoding="utf-8")
    (scenario,) = load_scenarios([file], environ={}, run_id="run1", base_url="http://other.test")
    assert scenario.base_url == "http://other.test"


def test_a_fragments_default_gives_way_to_with(every_step: Scenario) -> None:
    filled = [step.action for step in every_step.steps if "fragments" in step.location.source]
    assert [str(getattr(action, "option", getattr(action, "value", ""))) for action in filled] == [
        "Spain",
        "Salou",
        "qa+run1@example.test",
    ]


def test_what_a_fragment_saves_is_known_after_it(tmp_path: Path) -> None:
    (tmp_path / "fragments").mkdir()
    fragment = tmp_path / "fragments" / "save.yaml"
    fragment.write_text("steps: [save: {total: .total}]", encoding="utf-8")
    steps = "steps:\n  - include: fragments/save.yaml\n  - expect: {text: '${total}'}\n"
    assert load(tmp_path, steps).steps[1].action == Expect(
        Locator("text", text(SavedReference("total")))
    )


def test_a_link_out_of_the_project_is_no_way_out(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "outside.yaml").write_text("steps: [click: a]", encoding="utf-8")
    (project / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    with pytest.raises(InputError, match="outside the project"):
        load(project, "steps:\n  - include: link.yaml\n")


def test_a_secret_never_shows_in_a_scenario(every_step: Scenario) -> None:
    assert "4000000000001000" not in repr(every_step)
    assert "4000000000001000" not in "".join(step.title for step in every_step.steps)
