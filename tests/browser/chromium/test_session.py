"""The browser itself: what happens when it goes away."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Error

from validator.browser.chromium.processes import BrowserProcesses, find_processes
from validator.browser.chromium.session import Session, open_session
from validator.browser.visit import visit
from validator.core.capture import Breakdown, Capture, Reason
from validator.core.errors import BrowserError
from validator.core.page_options import PageOptions
from validator.scenario.model.scenario import Scenario

if TYPE_CHECKING:
    from tests.conftest import Site

pytestmark = pytest.mark.browser


async def crash(session: Session) -> None:
    """Crash the whole browser, as a machine without memory would."""
    commands = await session.browser.new_browser_cdp_session()
    with pytest.raises(Error):
        await commands.send("Browser.crash")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows a process's environment")
def test_neither_the_driver_nor_the_browser_gets_a_secret_of_the_environment(
    browser_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_environments(found: BrowserProcesses) -> list[str]:
        return [
            Path(f"/proc/{process}/environ").read_text()
            for process in (found.driver, found.browser)
        ]

    async def environments() -> list[str]:
        async with open_session(str(browser_path), headed=False) as session:
            return read_environments(await find_processes(session.browser, frozenset()))

    monkeypatch.setenv("CARD_NUMBER", "correct horse")
    monkeypatch.setenv("LC_TIME", "C.UTF-8")
    for given in asyncio.run(environments()):
        assert "LC_TIME=C.UTF-8" in given
        assert "correct horse" not in given


def test_a_browser_that_is_gone_is_said_to_be(
    scenario: Callable[..., Scenario], browser_path: Path
) -> None:
    async def after_a_crash() -> None:
        async with open_session(str(browser_path), headed=False) as session:
            await crash(session)
            async with visit(session, scenario("http://127.0.0.1:9"), PageOptions()):
                pass

    with pytest.raises(BrowserError, match="the browser stopped"):
        asyncio.run(after_a_crash())


def test_a_browser_that_crashes_during_a_visit_leaves_a_breakdown(
    scenario: Callable[..., Scenario], browser_path: Path, site: Site
) -> None:
    async def crashing() -> Capture | Breakdown:
        async with open_session(str(browser_path), headed=False) as session:
            tasks: list[asyncio.Task[None]] = []

            def on_step(title: str) -> None:
                if title == "step 2":
                    tasks.append(asyncio.create_task(crash(session)))

            pages = (site.page("/", "fine"), site.hanging_page("/slow"))
            async with visit(session, scenario(*pages), PageOptions(), on_step=on_step) as seen:
                await asyncio.gather(*tasks)
                return await seen.with_evidence()

    outcome = asyncio.run(crashing())
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.BROWSER
    assert outcome.message == "step 2: the page or the browser closed or crashed"
