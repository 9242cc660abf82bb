"""Clicks buttons such as those of cookie banners whenever one blocks a step."""

from __future__ import annotations

from playwright.async_api import Locator

from validator.browser.journey import Journey

CLICK_TIMEOUT_MS = 5_000


async def dismiss_consent(journey: Journey) -> None:
    """Have Playwright click the ``consent`` buttons of a scenario on the current page.

    Playwright looks for them whenever an action or an expectation checks its element, and
    continues when they are gone: https://playwright.dev/python/docs/api/class-page#page-add-locator-handler
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
