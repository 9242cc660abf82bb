"""Steps through a scenario for a person: what a step would act on, and what to do about it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Error
from playwright.async_api import Locator as PageLocator

from validator.browser.journey import Journey, JourneyError
from validator.browser.page_values import first_line, page_text
from validator.browser.steps.locator_candidates import add_candidates
from validator.contract.readers import read_yaml
from validator.core.capture import Reason
from validator.core.errors import InputError
from validator.core.redaction import Redactor
from validator.scenario.expand.scope import ResolutionContext, Scope
from validator.scenario.model.actions import Step
from validator.scenario.model.template import Locator, Template
from validator.scenario.parse.locators import parse_locator
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_check import locator_findings

HELP = "n next · s skip · c continue · q quit · or try a locator: {role: button, name: Pay}"
_MAX_MATCHES = 5
"""Matches that are shown; the rest are counted."""
_ELEMENT_TIMEOUT_MS = 1_000.0
"""Milliseconds in which a page tells of an element."""
_MAX_HTML_CHARS = 120


@dataclass(slots=True)
class TerminalDebugger:
    """Asks before each step. ``ask`` returns what was typed, None at the end of input.

    ``say`` must make page text safe to show.
    """

    ask: Callable[[str], Awaitable[str | None]]
    say: Callable[[str], None]
    continues: bool = False
    told: JourneyError | None = None

    async def before(self, journey: Journey, step: Step) -> bool:
        """Show a step and what it would act on. Returns whether to play it."""
        if self.continues:
            return True
        self.say("")
        self.say(f"{step.location}  {step.title}{'  (optional)' * step.optional}")
        self.say(f"  at {journey.url or 'no page yet'}")
        for target in step.action.locators:
            await self._show(journey, target)
        return await self._prompt(journey) != "s"

    async def failed(self, journey: Journey, broke: JourneyError) -> None:
        """Show why a step failed, once, while its page is still there to try locators on."""
        if self.told is broke or self.continues:
            return
        self.told = broke
        self.say(f"  failed: {broke.breakdown.message}")
        for candidate in broke.breakdown.candidates:
            self.say(f"  nearest: {candidate}")
        self.say("  Try locators on the page; n ends the scenario here.")
        await self._prompt(journey)

    async def _prompt(self, journey: Journey) -> str:
        """Ask until there is an answer that moves on: n, s or c."""
        while True:
            typed = await self.ask("> ")
            answer = "c" if typed is None else typed.strip() or "n"
            if answer == "c":
                self.continues = True
            if answer in ("n", "s", "c"):
                return answer
            if answer == "q":
                # As Ctrl-C does: what is there is reported, and the run is not complete.
                signal.raise_signal(signal.SIGINT)
                await asyncio.Event().wait()
            elif answer in ("?", "h", "help"):
                self.say(HELP)
            else:
                await self._try(journey, answer)

    async def _try(self, journey: Journey, text: str) -> None:
        try:
            target = parse_typed_locator(text)
        except InputError as error:
            self.say(f"  {error.findings[0].message}")
            self.say(f"  {HELP}")
            return
        await self._show(journey, target)

    async def _show(self, journey: Journey, target: Locator) -> None:
        """Say how many elements a locator finds now, and which."""
        try:
            found = journey.find(target)
            count = await journey.answered(found.count())
            self.say(f"  {target}: {count} {'match' if count == 1 else 'matches'}")
            for number in range(min(count, _MAX_MATCHES)):
                self.say(f"    {await self._html(journey, found.nth(number))}")
            if not count:
                await self._nearest(journey, target)
        except Error as error:
            self.say(f"  {target}: {first_line(error.message)}")

    async def _html(self, journey: Journey, element: PageLocator) -> str:
        html = await element.evaluate(
            "e => e.outerHTML.slice(0, 2000)", timeout=_ELEMENT_TIMEOUT_MS
        )
        redactor = Redactor(secret.value for secret in journey.scenario.secrets)
        text = " ".join(redactor.text(page_text(html, 2_000)).split())
        return text if len(text) <= _MAX_HTML_CHARS else f"{text[:_MAX_HTML_CHARS]}…"

    async def _nearest(self, journey: Journey, target: Locator) -> None:
        asked = journey.broke(Reason.STEP_FAILED, "", None)
        near = await add_candidates(journey, asked, target)
        for candidate in near.breakdown.candidates:
            self.say(f"    nearest: {candidate}")
        if near.breakdown.hint:
            self.say(f"    {near.breakdown.hint}")


def parse_typed_locator(text: str) -> Locator:
    """Read a locator as a scenario has it: a mapping in braces, or a Playwright selector.

    Raises InputError for what is none.
    """
    if not text.startswith("{"):
        return Locator("selector", Template((text,)))
    document = read_yaml(text, "the prompt")
    problems = FindingCollector()
    problems.extend(locator_findings(document))
    if not problems:
        found = parse_locator(Node.root(document), Scope(ResolutionContext({}, {}, problems)))
    if problems:
        raise InputError(problems.findings)
    return found
