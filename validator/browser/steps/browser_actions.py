"""Plays the steps that control the browser rather than an element of the page."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import Error, Response

from validator.browser.chromium.playwright_errors import (
    describe_error,
    describe_navigation_error,
    is_page_closed,
)
from validator.browser.journey import Journey
from validator.browser.page_values import page_text
from validator.core.files import write_atomically
from validator.core.urls import shorten_url
from validator.scenario.model import actions
from validator.scenario.model.actions import Step

MAX_VALUE_CHARS = 10_000
"""Limit for the text of a JavaScript value, so that a page cannot exhaust memory."""
SCROLL_TO_END_JS = """(root, end) => root.ownerDocument.defaultView.scrollTo({
  top: end === 'top' ? 0 : root.scrollHeight, behavior: 'instant'})"""


async def go_back(journey: Journey, step: Step, _action: actions.GoBack) -> None:
    timeout, before = journey.timeout(step), journey.page.url
    try:
        answer = await journey.page.go_back(wait_until="domcontentloaded", timeout=timeout)
    except Error as error:
        raise _navigation_error(journey, step, error) from error
    # History entries of a page, as of a single-page shop, have no response either.
    if answer is None and journey.page.url == before:
        raise journey.build_step_error(step, "there is no page to go back to")
    _raise_http_error(journey, step, answer)


async def reload(journey: Journey, step: Step, _action: actions.Reload) -> None:
    timeout = journey.timeout(step)
    try:
        answer = await journey.page.reload(wait_until="domcontentloaded", timeout=timeout)
    except Error as error:
        raise _navigation_error(journey, step, error) from error
    _raise_http_error(journey, step, answer)


def _navigation_error(journey: Journey, step: Step, error: Error) -> Exception:
    if is_page_closed(error):
        return error
    reason, message, hint = describe_navigation_error(error, journey.timeout(step))
    where = f"{step.title}: {shorten_url(journey.page.url)}: {message}"
    return journey.broke(reason, where, step.location, hint)


def _raise_http_error(journey: Journey, step: Step, answer: Response | None) -> None:
    if answer and (bad := journey.find_http_error("", step.location)):
        raise bad


async def upload(journey: Journey, step: Step, action: actions.Upload) -> None:
    field = journey.find(action.target)
    await field.set_input_files([*action.files], timeout=journey.timeout(step))


async def scroll(journey: Journey, step: Step, action: actions.Scroll) -> None:
    if action.target is not None:
        field = journey.find(action.target)
        await field.scroll_into_view_if_needed(timeout=journey.timeout(step))
    else:
        root = journey.scope.locator(":root")
        await journey.answered(root.evaluate(SCROLL_TO_END_JS, action.to))


async def set_cookie(journey: Journey, step: Step, action: actions.SetCookie) -> None:
    url = action.url.render(journey.saved) if action.url else journey.url
    url = url or journey.scenario.base_url or ""
    if not url:
        raise journey.build_step_error(
            step, "no page is open, and there is no base_url: give it a url"
        )
    cookie = {"name": action.name, "value": action.value.render(journey.saved), "url": url}
    await journey.page.context.add_cookies([cookie])  # type: ignore[list-item]  # of these keys


async def save_storage_state(
    journey: Journey, step: Step, action: actions.SaveStorageState
) -> None:
    state = await journey.page.context.storage_state()
    try:
        # Whoever can read the file is signed in as the customer.
        write_atomically(action.path, json.dumps(state, indent=1), private=True)
    except OSError as error:
        why = f"{action.path} cannot be written: {error.strerror}"
        raise journey.build_step_error(step, why) from error


async def evaluate(journey: Journey, step: Step, action: actions.Evaluate) -> None:
    # Saved texts come from pages: quotes keep them from running as scripts.
    quoted = {name: json.dumps(text) for name, text in journey.saved.items()}
    script = action.script.render(quoted)
    try:
        value = await journey.answered(journey.scope.locator(":root").evaluate(script))
    except Error as error:
        if is_page_closed(error):
            raise
        raise journey.build_step_error(
            step, describe_error(error, journey.timeout(step))[0]
        ) from error
    if action.save:
        journey.saved[action.save] = page_text(_as_text(value), MAX_VALUE_CHARS)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
