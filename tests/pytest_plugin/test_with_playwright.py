"""Sessions that mix scenarios and tests which drive a page of pytest-playwright."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pytest_plugin.conftest import PLAYWRIGHT, TAG, Session
from validator.browser.network.connectif_hosts import DATA_POST_PATH

if TYPE_CHECKING:
    from tests.conftest import Site
    from validator.demo import Demo

pytestmark = pytest.mark.browser
Write = Callable[..., Path]


def test_scenarios_and_playwright_tests_run_side_by_side_in_two_processes(
    browser_session: Session,
    scenario: Write,
    demo: Demo,
    site: Site,
    pytester: pytest.Pytester,
) -> None:
    site.page("/good", TAG.format("5"))
    site.page("/wrong", TAG.format("5,00"))
    scenario("products", f"{demo.shop_url}/", expect={"cn_purchase": "none"})
    for name in ("good", "wrong"):
        scenario(f"run ${{run.id}} {name}", f"{site.url}/{name}")
    pytester.makepyfile(
        "from playwright.sync_api import Page\n"
        "def test_good(page: Page, cn_check):\n"
        "    cn_check.watch(page)\n"
        f"    page.goto('{site.url}/good')\n"
        "    result = cn_check(page, expect={'total_price': 5})\n"
        "    assert result.readings[0].event\n"
        "def test_wrong(page: Page, cn_check):\n"
        f"    page.goto('{site.url}/wrong')\n"
        "    cn_check(page)\n"
    )
    done = browser_session(*PLAYWRIGHT, "-p", "xdist", "-n", "2", "-v")
    done.assert_outcomes(passed=3, failed=2)
    said = done.stdout.str()
    assert "decimal-format" in said
    assert "Traceback" not in said


def test_in_one_process_both_have_their_browser(
    browser_session: Session, scenario: Write, site: Site, pytester: pytest.Pytester
) -> None:
    url = site.page("/good", TAG.format("5"))
    scenario("good", url)
    pytester.makepyfile(
        "def test_good(page, cn_check):\n"
        "    cn_check.watch(page)\n"
        f"    page.goto('{url}')\n"
        f"    page.evaluate('''fetch(\"{DATA_POST_PATH}x\", {{method: 'POST'}})''')\n"
        "    cn_check(page)\n"
    )
    browser_session(*PLAYWRIGHT).assert_outcomes(passed=2)
    assert not [path for path, _ in site.seen if DATA_POST_PATH in path]


def test_with_the_async_api_the_fixture_is_awaited(
    browser_session: Session, site: Site, pytester: pytest.Pytester, scenario: Write
) -> None:
    url = site.page("/wrong", TAG.format("5,00"))
    scenario("unused", url)
    pytester.makepyfile(
        "import asyncio\n"
        "from playwright.async_api import async_playwright\n"
        "def test_wrong(browser_type_launch_args, cn_check):\n"
        "    async def look():\n"
        "        async with async_playwright() as playwright:\n"
        "            browser = await playwright.chromium.launch(**browser_type_launch_args)\n"
        "            page = await browser.new_page()\n"
        "            await cn_check.watch(page)\n"
        f"            await page.goto('{url}')\n"
        "            await cn_check(page)\n"
        "    asyncio.run(look())\n"
    )
    done = browser_session("test_with_the_async_api_the_fixture_is_awaited.py")
    done.assert_outcomes(failed=1)
    assert "would be recorded if the page loaded the Connectif script: 5" in done.stdout.str()
