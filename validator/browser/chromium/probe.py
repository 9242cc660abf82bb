"""Find out whether a browser really starts and renders a page."""

from __future__ import annotations

import os
import time

from validator.browser.chromium.discover import InstalledBrowser
from validator.browser.chromium.driver import require_driver
from validator.browser.chromium.launch import build_launch, extract_start_error
from validator.core.errors import BrowserError

OTHER_BROWSER_HINT = "use another: cn-validator browser install --playwright, or --browser PATH"
TEST_PAGE = "<title>before</title><script>document.title = 'rendered'</script>"


def render_test_page(browser: InstalledBrowser) -> float:
    """Start the browser and run a script in a page. Returns the milliseconds it took.

    Raises BrowserError with the browser's own words where it does not.
    """
    require_driver(os.environ)
    from playwright.sync_api import Error, sync_playwright

    started = time.perf_counter()
    try:
        with sync_playwright() as playwright:
            running = playwright.chromium.launch(**build_launch(browser).arguments)
            page = running.new_page()
            page.set_content(TEST_PAGE)
            title = page.title()
            running.close()
    except Error as error:
        raise BrowserError(
            f"{browser.path} does not start: {extract_start_error(error.message)}",
            OTHER_BROWSER_HINT,
        ) from None
    if title != "rendered":
        raise BrowserError(f"{browser.path} starts but runs no JavaScript", OTHER_BROWSER_HINT)
    return (time.perf_counter() - started) * 1000
