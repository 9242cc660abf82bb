"""``check_page`` and ``watch_page`` with Playwright's async API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

from validator import Capture, Result, Verdict, check_page, run_scenarios, watch_page
from validator.scenario.files import bundled_scenarios

if TYPE_CHECKING:
    from validator.browser.chromium.launch import LaunchArguments

pytestmark = pytest.mark.browser


def test_with_the_async_api_it_is_awaited(launch: LaunchArguments, shop: dict[str, str]) -> None:
    async def buy() -> tuple[Result, Result]:
        done = run_scenarios(bundled_scenarios() / "bank-transfer.yaml", environ=shop)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch)
            page = await browser.new_page()
            await watch_page(page)
            await watch_page(page)
            await page.goto(done.results[0].outcome.url)
            good = await check_page(page, expect={"payment_method": "Bank transfer"})
            other = await browser.new_page()
            await other.set_content("<p>Thank you")
            bad = await check_page(other, within_ms=50)
            await browser.close()
            return good, bad

    good, bad = asyncio.run(buy())
    assert good.verdict is Verdict.PASSED, good.findings
    assert isinstance(good.outcome, Capture)
    assert len(good.outcome.sent_events) == 2, "cart and purchase, each once"
    assert [finding.rule for finding in bad.findings][:1] == ["purchase-tag-missing"]
