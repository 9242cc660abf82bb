"""Plays the steps of a scenario: one function for each kind of action, and a table of them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urljoin

from playwright.async_api import Error, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from validator.browser.chromium.playwright_errors import (
    describe_error,
    describe_navigation_error,
    is_page_closed,
)
from validator.browser.journey import Journey, JourneyError
from validator.browser.page_values import page_text
from validator.browser.payment import play_payment
from validator.browser.steps import browser_actions
from validator.browser.steps.consent import dismiss_consent
from validator.browser.steps.locator_candidates import add_candidates
from validator.browser.steps.sensitive_fields import contains_secret, find_field
from validator.browser.steps.step_conditions import are_visible, step_applies
from validator.core.capture import Reason, StepTiming, TagCheckpoint
from validator.core.url_globs import widen_glob
from validator.core.urls import parse_origin, shorten_url
from validator.scenario.model import actions
from validator.scenario.model.actions import Step
from validator.scenario.model.template import Locator, Template, UnsavedVariable

MAX_SAVED_CHARS = 100_000
"""Characters of a page's text that a step saves."""
MAX_SHOWN_CHARS = 200
"""Characters of a page's text that a message quotes."""
Player: TypeAlias = Callable[[Journey, Step, Any], Awaitable[None]]


async def play_steps(journey: Journey, steps: Iterable[Step]) -> None:
    """Play steps in order. Raises JourneyError at the first that fails, or LeftAtPayment."""
    for step in steps:
        journey.on_step(step.title)
        if not journey.is_paying:
            journey.home.add(parse_origin(journey.page.url))
            if step.action.traits.may_navigate:
                journey.note_left_page()
                journey.hops.note_step_start()
        journey.now = step
        started = time.perf_counter()
        outcome = "failed"
        try:
            skips = journey.debugger and not await journey.debugger.before(journey, step)
            outcome = "skipped" if skips else await _play_step(journey, step)
        except JourneyError as broke:
            if journey.debugger:
                await journey.debugger.failed(journey, broke)
            raise
        finally:
            took = (time.perf_counter() - started) * 1000
            journey.timings.append(StepTiming(step.title, step.location, round(took, 1), outcome))


async def _play_step(journey: Journey, step: Step) -> str:
    targets = step.action.locators
    try:
        return await _run_action(journey, step, targets)
    except Error as error:
        if is_page_closed(error):
            message = f"{step.title}: the page or the browser closed or crashed"
            raise journey.broke(Reason.BROWSER, message, step.location) from error
        message, hint = describe_error(error, journey.timeout(step))
        broke = journey.build_step_error(step, message, hint)
        for target in targets:
            with_candidates = await add_candidates(journey, broke, target, step.action)
            if with_candidates is not broke:
                raise with_candidates from error
        raise broke from error
    except UnsavedVariable as error:
        raise journey.build_step_error(step, str(error)) from error
    except JourneyError as broke:
        if step.optional and not targets and broke.breakdown.reason in OPTIONAL_SKIP_REASONS:
            return "skipped"
        raise


async def _run_action(journey: Journey, step: Step, targets: tuple[Locator, ...]) -> str:
    if not await step_applies(journey, step):
        return "skipped"
    if step.optional and targets and not await are_visible(journey, targets, step.timeout):
        return "skipped"
    if step.commits or step.places_order:
        journey.commit(step)
    await PLAYERS[type(step.action)](journey, step, step.action)
    return "done"


OPTIONAL_SKIP_REASONS = frozenset(
    {Reason.STEP_FAILED, Reason.HTTP_ERROR, Reason.UNREACHABLE, Reason.TIMEOUT}
)
"""Reasons for which an optional step without an element, such as ``goto``, is skipped."""


async def _goto(journey: Journey, step: Step, action: actions.Goto) -> None:
    url = journey.asked = action.url.render(journey.saved)
    timeout = journey.timeout(step)
    try:
        await journey.page.goto(url, wait_until="domcontentloaded", timeout=timeout)
    except Error as error:
        if is_page_closed(error):
            raise
        reason, message, hint = describe_navigation_error(error, timeout, journey.answer.status)
        address = urljoin(journey.scenario.base_url or "", url)
        shown = str(action.url) if contains_secret(action.url) else shorten_url(address)
        raise journey.broke(reason, f"{shown}: {message}", step.location, hint) from error
    if bad := journey.find_http_error("", step.location):
        raise bad


async def _click(journey: Journey, step: Step, action: actions.Click) -> None:
    found, timeout = journey.find(action.target), journey.timeout(step)
    if step.places_order and journey.double_click and journey.case:
        journey.case.clicked_twice()
        await found.dblclick(timeout=timeout)
    else:
        await found.click(timeout=timeout)


async def _double_click(journey: Journey, step: Step, action: actions.DoubleClick) -> None:
    if step.places_order and journey.double_click and journey.case:
        journey.case.clicked_twice()
    await journey.find(action.target).dblclick(timeout=journey.timeout(step))


async def _fill(journey: Journey, step: Step, action: actions.Fill) -> None:
    field = await find_field(journey, step, action.target, action.value)
    await field.fill(action.value.render(journey.saved), timeout=journey.timeout(step))


async def _type(journey: Journey, step: Step, action: actions.Type) -> None:
    field = await find_field(journey, step, action.target, action.value)
    text = action.value.render(journey.saved)
    await field.press_sequentially(text, timeout=journey.timeout(step))


async def _clear(journey: Journey, step: Step, action: actions.Clear) -> None:
    await journey.find(action.target).clear(timeout=journey.timeout(step))


async def _select(journey: Journey, step: Step, action: actions.Select) -> None:
    await journey.find(action.target).select_option(
        action.option.render(journey.saved), timeout=journey.timeout(step)
    )


async def _check(journey: Journey, step: Step, action: actions.Check) -> None:
    await journey.find(action.target).check(timeout=journey.timeout(step))


async def _uncheck(journey: Journey, step: Step, action: actions.Uncheck) -> None:
    await journey.find(action.target).uncheck(timeout=journey.timeout(step))


async def _press(journey: Journey, step: Step, action: actions.Press) -> None:
    key = action.key.render(journey.saved)
    if action.target is None:
        await journey.answered(journey.page.keyboard.press(key))
    else:
        await journey.find(action.target).press(key, timeout=journey.timeout(step))


async def _hover(journey: Journey, step: Step, action: actions.Hover) -> None:
    await journey.find(action.target).hover(timeout=journey.timeout(step))


async def _drag(journey: Journey, step: Step, action: actions.Drag) -> None:
    source, target = journey.find(action.source), journey.find(action.target)
    await source.drag_to(target, timeout=journey.timeout(step))


async def _wait_for(journey: Journey, step: Step, action: actions.WaitFor) -> None:
    if action.url is not None:
        await _wait_for_url(journey, step, action.url)
    if action.target is not None:
        await _wait_for_state(journey, step, action.target, action.state)
    if action.target is not None and action.field_value is not None:
        await _wait_for_value(journey, step, action.target, action.field_value)


_UNMET_STATES: Mapping[str, str] = MappingProxyType(
    {
        "hidden": "it is still visible",
        "detached": "it is still in the page",
        "enabled": "it is still disabled",
        "disabled": "it is still enabled",
    }
)


async def _wait_for_state(
    journey: Journey, step: Step, target: Locator, state: actions.ElementState
) -> None:
    found, timeout = journey.find(target), journey.timeout(step)
    try:
        match state:
            case "enabled" | "disabled":
                await found.wait_for(state="attached", timeout=timeout)
                await expect(found).to_be_enabled(enabled=state == "enabled", timeout=timeout)
            case _:
                await found.wait_for(state=state, timeout=timeout)
    except (PlaywrightTimeout, AssertionError) as error:
        if state not in _UNMET_STATES:
            raise
        if state in ("enabled", "disabled") and isinstance(error, PlaywrightTimeout):
            raise  # it is not there
        raise journey.build_step_error(
            step,
            f"{_UNMET_STATES[state]} after {timeout / 1000:g} s",
            "see in the picture what keeps it so, or give it more time with `timeout`",
        ) from error


async def _wait_for_value(journey: Journey, step: Step, target: Locator, wanted: Template) -> None:
    value, timeout = wanted.render(journey.saved), journey.timeout(step)
    found = journey.find(target)
    try:
        await expect(found).to_have_value(value, timeout=timeout)
    except AssertionError as error:
        has = page_text(await found.input_value(timeout=timeout), MAX_SHOWN_CHARS)
        raise journey.build_step_error(
            step,
            f'its value is "{has}", not "{value}", after {timeout / 1000:g} s',
            "correct the value, or give it more time with `timeout`",
        ) from error


async def _wait_for_url(journey: Journey, step: Step, url: Template) -> None:
    wanted, timeout = url.render(journey.saved), journey.timeout(step)
    try:
        await journey.page.wait_for_url(
            lambda at: journey.matches(wanted, at), timeout=timeout, wait_until="commit"
        )
    except PlaywrightTimeout as error:
        raise journey.build_step_error(
            step,
            f"still at {shorten_url(journey.page.url)} after {timeout / 1000:g} s. Pattern and "
            f"address: {journey.describe_parting(wanted)}",
            _describe_wider(journey, wanted),
        ) from error


def _describe_wider(journey: Journey, wanted: str) -> str:
    """Say how to allow a final slash or a query, where these are all that a pattern lacks."""
    wider = widen_glob(wanted, journey.page.url, journey.scenario.base_url)
    return f'if this is the page, write "{wider}"' if wider else ""


async def _expect(journey: Journey, step: Step, action: actions.Expect) -> None:
    if action.url is not None:
        await _wait_for_url(journey, step, action.url)
    if action.target is None:
        return
    found, timeout = journey.find(action.target), journey.timeout(step)
    await found.wait_for(state="visible", timeout=timeout)
    if action.text is None:
        return
    wanted = action.text.render(journey.saved)
    try:
        await expect(found).to_contain_text(wanted, timeout=timeout)
    except AssertionError as error:
        shown = page_text((await found.inner_text()).strip(), MAX_SHOWN_CHARS)
        raise journey.build_step_error(step, f'the page says "{shown}"') from error


async def _expect_tag(journey: Journey, step: Step, action: actions.ExpectTag) -> None:
    expected = action.expectation
    stop = TagCheckpoint(
        tag=expected.tag,
        count=expected.count,
        within_ms=expected.within if step.timeout is None else step.timeout,
        values={name: text.render(journey.saved) for name, text in expected.values.items()},
        places=expected.locations,
    )
    seen = await journey.await_tag(journey.page, stop)
    if seen.tags or not step.optional:
        journey.stops.append(seen)


async def _save(journey: Journey, step: Step, action: actions.Save) -> None:
    for name, locator in action.variables:
        try:
            text = await journey.find(locator).inner_text(timeout=journey.timeout(step))
        except Error as error:
            message, hint = describe_error(error, journey.timeout(step))
            broke = journey.build_step_error(step, f"{locator}: {message}", hint)
            raise await add_candidates(journey, broke, locator, action) from error
        journey.saved[name] = page_text(text.strip(), MAX_SAVED_CHARS)


async def _screenshot(journey: Journey, step: Step, action: actions.Screenshot) -> None:
    name = f"step-{len(journey.timings) + 1:02d}-{action.title or 'screenshot'}"
    path = journey.evidence_path(f"{name}.png")
    if path is None:
        return
    await journey.page.screenshot(
        path=path, mask=journey.secret_fields, timeout=journey.timeout(step)
    )
    journey.screenshots.append(path.as_posix())


async def _frame(journey: Journey, _step: Step, action: actions.Frame) -> None:
    outer = journey.scope
    journey.scope = journey.find(action.target).content_frame
    try:
        await play_steps(journey, action.steps)
    finally:
        journey.scope = outer


async def _popup(journey: Journey, step: Step, action: actions.Popup) -> None:
    outer_page, outer_scope = journey.page, journey.scope
    try:
        async with outer_page.expect_popup(timeout=journey.timeout(step)) as opened:
            await play_steps(journey, (action.opens,))
        popup: Page = await opened.value
    except PlaywrightTimeout as error:
        raise journey.build_step_error(action.opens, "it opened no window") from error
    journey.watch(popup)
    journey.page = journey.scope = popup
    await dismiss_consent(journey)
    try:
        await play_steps(journey, action.steps)
    finally:
        journey.page, journey.scope = outer_page, outer_scope


async def _payment(journey: Journey, step: Step, action: actions.Payment) -> None:
    await play_payment(journey, step, action, play_steps)


PLAYERS: Mapping[type[actions.Action], Player] = MappingProxyType(
    {
        actions.Goto: _goto,
        actions.GoBack: browser_actions.go_back,
        actions.Reload: browser_actions.reload,
        actions.Click: _click,
        actions.DoubleClick: _double_click,
        actions.Fill: _fill,
        actions.Type: _type,
        actions.Clear: _clear,
        actions.Select: _select,
        actions.Check: _check,
        actions.Uncheck: _uncheck,
        actions.Press: _press,
        actions.Hover: _hover,
        actions.Drag: _drag,
        actions.Upload: browser_actions.upload,
        actions.Scroll: browser_actions.scroll,
        actions.WaitFor: _wait_for,
        actions.Expect: _expect,
        actions.ExpectTag: _expect_tag,
        actions.Save: _save,
        actions.SetCookie: browser_actions.set_cookie,
        actions.SaveStorageState: browser_actions.save_storage_state,
        actions.Evaluate: browser_actions.evaluate,
        actions.Screenshot: _screenshot,
        actions.Frame: _frame,
        actions.Popup: _popup,
        actions.Payment: _payment,
    }
)
"""How each kind of action is played."""
