"""Cookie banners and the like: clicked away whenever one stands before a step."""

from __future__ import annotations

from playwright.async_api import Locator

from validator.browser.journey import Journey

CLICK_TIMEOUT_MS = 5_000


async def dismiss_consent(journey: Journey) -> None:
    """Let Playwright click a scenario's ``consent`` in the current page, before any action.

    It looks for them whenever an action or an expectation checks its element, and goes on once
    they are gone: https://playwright.dev/python/docs/api/class-page#page-add-locator-handler
    """

    async def click(found: Locator) -> None:
        await found.click(timeout=CLICK_TIMEOUT_MS)

    for consent in journey.scenario.consent:
        outer = journey.scope
        if consent.frame is not None:
            journey.scope = journey.find(consent.frame).content_frame
        button = journey.find(consent.target).first
        journey.scope = outer
        await journey.page.add_locator_handler(button, click)
