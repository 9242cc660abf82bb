"""A visit with a real browser, for the tests of this folder."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

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

Visit: TypeAlias = Callable[..., Capture | Breakdown]
Seen: TypeAlias = Capture | Breakdown


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


class KeptBrowser:
    """One browser for many tests: each has a context of its own, as scenarios do."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self._session: Session | None = None

    def run(self, work: Callable[[Session], Awaitable[Seen]], *, fresh: bool) -> Seen:
        return self._runner.run(self._in_fresh(work) if fresh else self._in_kept(work))

    def close(self) -> None:
        self._runner.run(self._open.aclose())
        self._runner.close()

    async def _in_fresh(self, work: Callable[[Session], Awaitable[Seen]]) -> Seen:
        async with open_session(self._path, headed=False) as session:
            return await work(session)

    async def _in_kept(self, work: Callable[[Session], Awaitable[Seen]]) -> Seen:
        if self._session is None or not self._session.browser.is_connected():
            await self._open.aclose()
            opened = open_session(self._path, headed=False)
            self._session = await self._open.enter_async_context(opened)
        return await work(self._session)


@pytest.fixture(scope="session")
def kept_browser(browser_path: Path) -> Iterator[KeptBrowser]:
    browser = KeptBrowser(browser_path)
    yield browser
    browser.close()


@pytest.fixture
def look(scenario: Callable[..., Scenario], kept_browser: KeptBrowser, tmp_path: Path) -> Visit:
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

        # What a browser pauses of all its contexts depends on these.
        return kept_browser.run(one, fresh=page is not None or "connectif" in changes)

    return look
