"""What a recording knows of the tag of its last page, which is closed when it ends.

The browser has no window here: tests/cli/test_ten_minutes.py records in one, where there is a
display.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_certificates import TAG
from validator.browser import recorder
from validator.browser.chromium.session import Session, open_session
from validator.contract.contracts import Contracts
from validator.core.redaction import Redactor
from validator.core.result import Result
from validator.recording.seen_tag import describe_tag, expected_lines
from validator.rules.evaluate import ExpectedTag
from validator.run.page_check import PageCheck
from validator.run.scenario_run import wait_condition

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

    from tests.conftest import Site
    from validator.core.capture import Capture

pytestmark = pytest.mark.browser
CHECK = PageCheck(Contracts(), ExpectedTag(), Redactor(()))


@pytest.fixture
def record(browser_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Record a walk through some addresses; return the result of the last page, or None."""

    def headless(browser: str | None, **_: object) -> AbstractAsyncContextManager[Session]:
        return open_session(browser, headed=False)

    monkeypatch.setattr(recorder, "open_session", headless)
    monkeypatch.setattr(recorder, "_require_display", lambda _browser: None)
    new_context = vars(recorder)["_new_context"]

    def walk(*addresses: str) -> Result | None:
        looked_at: dict[str, asyncio.Event] = {each: asyncio.Event() for each in addresses}
        walks = []

        async def through(context: BrowserContext) -> None:
            page = await context.wait_for_event("page")
            for address in addresses:
                await page.goto(address)
                await looked_at[address].wait()
            await page.close()

        async def watched(*given: Any, **options: Any) -> BrowserContext:
            context: BrowserContext = await new_context(*given, **options)
            walks.append(asyncio.ensure_future(through(context)))
            return context

        def on_tag(capture: Capture) -> None:
            if capture.url in looked_at:
                looked_at[capture.url].set()

        monkeypatch.setattr(recorder, "_new_context", watched)
        recorded = recorder.record(
            addresses[0],
            str(browser_path),
            keep_orders_here=True,
            insecure=False,
            awaited=wait_condition(CHECK.contracts, "cn_purchase"),
            on_line=lambda _line: None,
            on_tag=on_tag,
        )
        seen = recorded.capture
        return CHECK.evaluate(seen, seen.url, 0.0) if seen else None

    return walk


def test_the_tag_of_the_last_page_is_told_and_expected(record: Any, site: Site) -> None:
    basket, thanks = site.page("/basket", "<p>One mug"), site.page("/thanks/1", TAG)
    result = record(basket, thanks)
    assert list(describe_tag(result)) == [
        f"{thanks} has the cn_purchase tag. Connectif would record:",
        "  purchase A1, total 9.95, quantity 1, products 1",
    ]
    assert expected_lines(result) == [
        "expect:",
        "  cn_purchase:  # what the tag had at the recording: is it what the customer was shown?",
        '    total_quantity: "1"',
        '    total_price: "9.95"',
    ]


def test_a_last_page_without_a_tag_or_with_a_wrong_one_is_told_so(record: Any, site: Site) -> None:
    thanks, basket = site.page("/thanks/1", TAG), site.page("/basket", "<p>One mug")
    without = record(thanks, basket)
    assert f"{basket} has no cn_purchase tag" in next(describe_tag(without))
    assert "had no cn_purchase tag" in expected_lines(without)[0]
    wrong = record(site.page("/thanks/2", TAG.replace("9.95", "9,95")))
    assert any("error  decimal-format" in line for line in describe_tag(wrong))
    assert "The tag was wrong" in expected_lines(wrong)[0]
    assert "closed before" in next(describe_tag(None))
    assert expected_lines(None) == []
