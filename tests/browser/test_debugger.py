"""Stepping through a scenario: what is shown before each step, and what can be answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from validator.browser.chromium.session import open_session
from validator.browser.debugger import TerminalDebugger, parse_typed_locator
from validator.browser.visit import visit
from validator.core.capture import Breakdown, Capture
from validator.core.errors import InputError
from validator.core.page_options import PageOptions
from validator.scenario.model import actions
from validator.scenario.model.actions import Action
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Locator, Secret, Template

if TYPE_CHECKING:
    from tests.conftest import Site

pytestmark = pytest.mark.browser
Debug: TypeAlias = Callable[..., tuple[Capture | Breakdown, list[str]]]
PAGE = """<h1>Basket</h1><button onclick="h.textContent = 'paid'">Pay</button><p id=h>open</p>
<input aria-label=Note value="hunter2">"""


def text(value: str) -> Template:
    return Template((value,))


PAY = actions.Click(Locator("role", text("button"), text("Pay")))
STATE = actions.Save((("state", Locator("css", text("#h"))),))


@pytest.fixture
def debug(scenario: Callable[..., Scenario], browser_path: Path) -> Debug:
    """Play actions with these answers to the prompt; return what was seen and what was said."""

    def debug(
        answers: list[str], *actions: Action | str, **changes: object
    ) -> tuple[Capture | Breakdown, list[str]]:
        typed, said = iter(answers), list[str]()

        async def ask(_prompt: str) -> str | None:
            return next(typed, None)

        async def one() -> Capture | Breakdown:
            debugger = TerminalDebugger(ask, said.append)
            async with (
                open_session(str(browser_path), headed=False) as session,
                visit(
                    session,
                    scenario(*actions, within=10, **changes),
                    PageOptions(),
                    debugger=debugger,
                ) as seen,
            ):
                return seen.outcome

        return asyncio.run(one()), said

    return debug


def state(outcome: Capture | Breakdown) -> str:
    assert isinstance(outcome, Capture), outcome
    return outcome.saved["state"]


def test_a_step_is_shown_with_what_it_would_act_on(debug: Debug, site: Site) -> None:
    url = site.page("/", PAGE)
    outcome, said = debug(["n", "n", "n"], url, PAY, STATE)
    assert state(outcome) == "paid"
    assert said[said.index("s.yaml:2:5  step 2") :][:4] == [
        "s.yaml:2:5  step 2",
        f"  at {url}",
        "  role=button name='Pay': 1 match",
        "    <button onclick=\"h.textContent = 'paid'\">Pay</button>",
    ]


def test_a_step_can_be_skipped(debug: Debug, site: Site) -> None:
    outcome, _ = debug(["n", "s", "n"], site.page("/", PAGE), PAY, STATE)
    assert state(outcome) == "open"
    assert isinstance(outcome, Capture)
    assert [step.outcome for step in outcome.steps] == ["done", "skipped", "done"]


@pytest.mark.parametrize("answers", [["c"], []], ids=["c", "end of input"])
def test_after_continue_nothing_is_asked(debug: Debug, site: Site, answers: list[str]) -> None:
    outcome, said = debug(answers, site.page("/", PAGE), PAY, STATE)
    assert state(outcome) == "paid"
    assert sum(line.startswith("s.yaml:") for line in said) == 1


def test_locators_can_be_tried_and_their_mistakes_are_told(debug: Debug, site: Site) -> None:
    tries = ["{role: heading}", "{roel: heading}", "h1 >> nope=1", "{label: Nota}"]
    _, said = debug(["n", *tries, "c"], site.page("/", PAGE), PAY)
    for line in (
        "    <h1>Basket</h1>",
        '  unknown key "roel": did you mean "role"?',
        "  label=Nota: 0 matches",
        '    nearest: {label: "Note"}',
    ):
        assert line in said
    assert any(line.startswith("  selector=h1 >> nope=1: ") for line in said)


def test_where_a_step_fails_its_page_is_still_there_to_try(debug: Debug, site: Site) -> None:
    missing = actions.Click(Locator("role", text("button"), text("Buy")))
    outcome, said = debug(
        ["n", "n", "{text: Basket}", "n"], site.page("/", PAGE), missing, patience=200
    )
    assert isinstance(outcome, Breakdown)
    failed = said.index("  failed: step 2: no such element appeared within 0.2 s")
    assert '  nearest: {role: button, name: "Pay"}' in said[failed:]
    assert "    <h1>Basket</h1>" in said[failed:]


def test_what_a_page_shows_of_a_secret_is_hidden(debug: Debug, site: Site) -> None:
    secret = Secret("NOTE", "hunter2")
    _, said = debug(["n", "{label: Note}", "c"], site.page("/", PAGE), PAY, secrets=(secret,))
    assert "hunter2" not in "".join(said)
    assert any("[secret]" in line for line in said)


@pytest.mark.parametrize("typed", ["{", "{x: 1}", "{role: buton}", "{role: button, label: a}"])
def test_what_is_no_locator_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        parse_typed_locator(typed)
