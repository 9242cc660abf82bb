"""The bundled shop, and pages of Playwright's both APIs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.launch import LaunchArguments, build_launch
from validator.demo import Demo, demo_servers


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The bundled shop, unbroken."""
    with demo_servers() as servers:
        yield servers


@pytest.fixture(scope="session")
def shop(demo: Demo) -> dict[str, str]:
    """The environment that leads the bundled scenarios to the running shop."""
    return {**os.environ, "SHOP_URL": demo.shop_url, "PAYMENT_URL": demo.payment_url}


@pytest.fixture(scope="session")
def launch(browser_path: Path) -> LaunchArguments:
    """What Playwright needs to start the browser of this machine."""
    return build_launch(find_browser(str(browser_path), os.environ)).arguments


@pytest.fixture(scope="module")
def sync_browser(launch: LaunchArguments) -> Iterator[Browser]:
    """A browser of Playwright's sync API; while it is there, an event loop runs in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch)
        yield browser
        browser.close()


@pytest.fixture
def sync_page(sync_browser: Browser) -> Iterator[Page]:
    """A page in a context of its own, as pytest-playwright has it."""
    context = sync_browser.new_context()
    yield context.new_page()
    context.close()
