"""A visit with a real browser, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from validator.browser.capture.watcher import TagWait
from validator.browser.chromium.session import Session, open_session
from validator.browser.visit import visit
from validator.core.capture import Breakdown, Capture
from validator.core.document import Document, Location
from validator.core.evidence_options import EvidenceOptions
from validator.core.page_options import PageOptions
from validator.scenario.model.actions import Action, Goto, Step
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Template

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser

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
def look(
    scenario: Callable[..., Scenario],
    kept_browser: KeptBrowser,
    browser_path: Path,
    tmp_path: Path,
) -> Visit:
    """Play actions (a string is a page to go to) in Chromium; return what was seen."""

    def look(
        *actions: Action | str, page: PageOptions | None = None, **changes: object
    ) -> Capture | Breakdown:
        async def one(session: Session) -> Capture | Breakdown:
            async with visit(
                session,
                scenario(*actions, **changes),
                page or PageOptions(),
                awaited=TagWait(fields=["purchase_id"]),
                evidence=EvidenceOptions(folder=tmp_path),
            ) as seen:
                return seen.outcome

        async def in_fresh_browser() -> Capture | Breakdown:
            async with open_session(str(browser_path), headed=False) as session:
                return await one(session)

        async def in_kept_browser() -> Capture | Breakdown:
            async with kept_browser.open() as session:
                return await one(session)

        # What a browser pauses of all its contexts depends on these.
        fresh = page is not None or "connectif" in changes
        return kept_browser.run(in_fresh_browser() if fresh else in_kept_browser())

    return look
