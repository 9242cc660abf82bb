"""A visit with a real browser, for the tests of this folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from validator.browser.capture import Awaited
from validator.browser.session import open_session
from validator.browser.visit import visit
from validator.capture import Breakdown, Capture
from validator.document import Document, Location
from validator.options import EvidenceOptions, PageOptions
from validator.scenario.model import Action, Goto, Scenario, Step, TagExpectation, Template

Visit: TypeAlias = Callable[..., Capture | Breakdown]


@pytest.fixture
def scenario() -> Callable[..., Scenario]:
    """A scenario of actions, each on a line of its own; ``changes`` replace its fields.

    ``patience`` is how long, in milliseconds, the last action may take: the one that fails.
    """

    def make(
        *actions: Action | str,
        within: float = 1_000,
        patience: float | None = None,
        **changes: object,
    ) -> Scenario:
        steps = tuple(
            Step(
                Goto(Template((action,))) if isinstance(action, str) else action,
                Location("s.yaml", line, 5),
                title=f"step {line}",
                timeout=patience if line == len(actions) else None,
            )
            for line, action in enumerate(actions, start=1)
        )
        made = Scenario(
            name="a scenario",
            document=Document("s.yaml", None),
            location=Location("s.yaml", 1, 1),
            steps=steps,
            expect=TagExpectation(within=within),
            timeout=30_000,
        )
        return replace(made, **changes)  # type: ignore[arg-type]  # real fields

    return make


@pytest.fixture
def look(scenario: Callable[..., Scenario], browser_path: Path, tmp_path: Path) -> Visit:
    """Play actions (a string is a page to go to) in Chromium; return what was seen."""

    def look(
        *actions: Action | str, page: PageOptions | None = None, **changes: object
    ) -> Capture | Breakdown:
        async def one() -> Capture | Breakdown:
            async with (
                open_session(str(browser_path), headed=False) as session,
                visit(
                    session,
                    scenario(*actions, **changes),
                    page or PageOptions(),
                    awaited=Awaited(fields=["purchase_id"]),
                    evidence=EvidenceOptions(folder=tmp_path),
                ) as seen,
            ):
                return seen.outcome

        return asyncio.run(one())

    return look
