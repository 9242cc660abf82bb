"""A page that is open in a person's own Chromium is judged where it is."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.cli.test_certificates import TAG
from validator.run.page_check import OPEN_BEFORE

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def endpoint(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chromium that somebody else started, with one empty page."""
    profile = tmp_path_factory.mktemp("profile")
    command = [str(browser_path), "--headless", "--no-sandbox", "--remote-debugging-port=0"]
    with subprocess.Popen(
        [*command, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as chromium:  # fmt: skip
        assert chromium.stderr is not None
        said = next(line for line in chromium.stderr if "DevTools listening on ws://" in line)
        address = f"http://{said.split('ws://')[1].split('/')[0]}"
        yield address
        # Not by a signal: the program that was started may be a script around the browser.
        with sync_playwright() as playwright:
            browser = playwright.chromium.connect_over_cdp(address)
            browser.new_browser_cdp_session().send("Browser.close")
        chromium.communicate()


def test_an_open_page_is_judged_without_being_reloaded_or_closed(
    process: Cli, site: Site, endpoint: str
) -> None:
    """In a process of its own: the sync API of this test has the event loop of this one."""
    thanks = site.page("/thanks/1042", TAG)
    basket = site.page("/basket", "<p>Two mugs")
    assert process("check", "--attach", endpoint).code == 2  # nothing but an empty page
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(endpoint)
        (page,) = browser.contexts[0].pages
        page.goto(thanks)
        other = browser.contexts[0].new_page()
        other.goto(basket)
        # What is judged is the page as it is now, not as the server sends it.
        page.evaluate(
            "window.mark = 'still here';"
            "document.querySelector('.total_price').textContent = '1.234,56'"
        )
        asked = len(site.seen)

        unclear = process("check", "--attach", endpoint)
        assert unclear.code == 2
        assert f"{site.url}/basket" in unclear.err
        absent = process("check", "--attach", endpoint, "--page", "checkout")
        assert absent.code == 2
        assert 'no open page has "checkout" in its address' in absent.err

        done = process("check", "--attach", endpoint, "--page", "/thanks/", "--report", "json")
        assert done.code == 1, done.out
        report = json.loads(done.out)
        assert OPEN_BEFORE in report["notes"]
        (result,) = report["results"]
        assert result["subject"] == thanks
        assert "decimal-format" in {finding["rule"] for finding in result["findings"]}
        assert "purchase-tag-late" in {each["rule"] for each in result["not_evaluated"]}

        assert page.evaluate("window.mark") == "still here"
        assert [each.url for each in browser.contexts[0].pages] == [thanks, basket]
        assert len(site.seen) == asked
        basket_check = process("check", "--attach", endpoint, "--page", "basket")
        assert basket_check.code == 1
        assert "purchase-tag-missing" in basket_check.out


def test_where_no_browser_answers_it_says_how_to_start_one(cli: Cli) -> None:
    done = cli("check", "--attach", "http://127.0.0.1:9")
    assert done.code == 3
    assert "http://127.0.0.1:9: nothing answers there" in done.err
    assert "--remote-debugging-port=9222" in done.err


def test_a_target_and_an_open_page_are_not_checked_at_once(cli: Cli) -> None:
    assert cli("check", "page.html", "--attach", "http://127.0.0.1:9").code == 2
    assert cli("check", "page.html", "--page", "thanks").code == 2
