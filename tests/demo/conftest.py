"""Running shops, customers with and without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from validator.demo import Demo, demo_servers

ADDRESS = {
    "email": "alba@example.test",
    "name": "Alba Serra",
    "street": "Calle del Faro 7",
    "postcode": "43840",
    "city": "Salou",
    "country": "Spain",
}


@pytest.fixture
def demo() -> Iterator[Demo]:
    """The shop as it should be."""
    with demo_servers() as running:
        yield running


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """A customer with cookies and without a browser."""
    with httpx.Client(follow_redirects=True) as client:
        yield client


@pytest.fixture
def order(http: httpx.Client) -> Callable[..., httpx.Response]:
    """Place an order at a shop; returns the page the customer then sees."""

    def place(demo: Demo, payment: str = "transfer", product: str = "longboard") -> httpx.Response:
        steps: tuple[tuple[str, dict[str, str]], ...] = (
            ("/basket/add", {"product": product, "quantity": "1"}),
            ("/checkout/address", ADDRESS),
            ("/checkout/shipping", {"shipping": "standard"}),
            ("/checkout/payment", {"payment": payment}),
            ("/checkout/review", {}),
        )
        for path, form in steps:
            response = http.post(demo.shop_url + path, data=form)
        return response

    return place


@pytest.fixture(scope="module")
def browser(browser_path: Path) -> Iterator[Browser]:
    # Not wider than a module: while it runs, no other test could start an event loop.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh customer at a browser. An error in a page's script fails the test."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(30_000)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []
