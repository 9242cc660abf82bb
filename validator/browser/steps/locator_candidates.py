"""Finds the elements that the locator of a failed step may have meant."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from playwright.async_api import Error
from playwright.async_api import Locator as PageLocator

from validator.browser.journey import Journey, JourneyError
from validator.browser.locators import LOCATOR_FACTORIES
from validator.browser.page_values import page_text
from validator.core.capture import Reason
from validator.core.crashes import internal_errors
from validator.core.errors import InternalError
from validator.scenario.candidates import (
    MAX_CANDIDATES,
    MAX_NAME_LENGTH,
    AriaElement,
    find_candidates,
    quote_for_yaml,
)
from validator.scenario.model.actions import Action
from validator.scenario.model.template import Locator, Template

SEARCH_TIMEOUT_MS = 2_000
"""Limit for one query; the step has already waited for the page."""
MAX_SNAPSHOT_CHARS = 500_000
_MAX_FRAMES = 20
_BESIDE_JS = """element => {
  const wanted = 'h1, h2, h3, h4, h5, h6, [role=heading], legend, label, th, td, dt';
  for (let part = element.parentElement; part; part = part.parentElement) {
    for (const beside of part.querySelectorAll(wanted)) {
      const words = (beside.innerText || '').trim();
      if (!words || beside.contains(element) || element.contains(beside)) continue;
      return (/^h[1-6]$/i.test(beside.tagName) || beside.getAttribute('role') === 'heading'
        ? 'heading:' : 'text:') + words;
    }
  }
  return '';
}"""
"""Names the smallest part of the page around an element: a heading, a label or a cell in it."""


async def add_candidates(
    journey: Journey, broke: JourneyError, target: Locator | None, action: Action | None = None
) -> JourneyError:
    """Add the elements that a locator may have meant to the error, if the page responds."""
    is_lookup = broke.breakdown.reason in (Reason.STEP_FAILED, Reason.NOT_CONFIRMED)
    if target is None or not is_lookup:
        return broke
    try:
        with internal_errors("locators", Error, TimeoutError):
            async with asyncio.timeout(SEARCH_TIMEOUT_MS / 1000):
                return await _with_candidates(journey, broke, target, action)
    except (Error, TimeoutError):
        return broke  # the page does not respond: the error of the step says more
    except InternalError as error:
        journey.note_failure("what the locator may have meant", error)
        return broke


async def _with_candidates(
    journey: Journey, broke: JourneyError, target: Locator, action: Action | None
) -> JourneyError:
    count = await journey.find(target).count()
    if count > 1:
        return _replace_candidates(broke, await _distinguishing_locators(journey, target, count))
    if count == 0:
        near = await _nearest_locators(journey, target, action)
        return _replace_candidates(broke, near, await _iframe_hint(journey, target))
    return broke


def _replace_candidates(broke: JourneyError, candidates: list[str], hint: str = "") -> JourneyError:
    breakdown = replace(broke.breakdown, candidates=tuple(candidates))
    return JourneyError(replace(breakdown, hint=hint) if hint else breakdown)


async def _distinguishing_locators(journey: Journey, target: Locator, count: int) -> list[str]:
    """Return a locator for each of the elements that one locator finds."""
    value, name = _literal_text(target.value), _literal_text(target.name)
    if target.by == "selector" or value is None or (target.name and name is None):
        return []
    shown = value if target.by == "role" else quote_for_yaml(value)
    keys = f"{target.by}: {shown}" + (f", name: {quote_for_yaml(name)}" if name else "")
    exact = replace(target, exact=True)
    if not target.exact and await journey.find(exact).count() == 1:
        return [f"{{{keys}, exact: true}}"]
    rest = ", exact: true" if target.exact else ""
    told = [
        await _name_part(journey, target, nth) or f"nth: {nth}"
        for nth in range(min(count, MAX_CANDIDATES))
    ]
    return [f"{{{keys}{rest}, {each}}}" for each in told]


async def _name_part(journey: Journey, target: Locator, nth: int) -> str:
    """Return the key ``within`` that finds only this element, by what stands beside it."""
    if target.within is not None:
        return ""
    element = journey.find(replace(target, nth=nth))
    kind, _, given = page_text(await element.evaluate(_BESIDE_JS), MAX_NAME_LENGTH).partition(":")
    words = given.strip()
    if not words or "\n" in words:
        return ""
    text = Template((words,))
    is_heading = kind == "heading"
    part = Locator("role", Template(("heading",)), text) if is_heading else Locator("text", text)
    for exact in (False, True):
        narrowed = replace(target, nth=None, within=replace(part, exact=exact))
        found = journey.find(narrowed)
        is_it = await found.count() == 1 and await found.evaluate(
            "(one, other) => one === other", await element.element_handle()
        )
        if is_it is True:
            shown = "role: heading, name" if is_heading else "text"
            rest = ", exact: true" if exact else ""
            return f"within: {{{shown}: {quote_for_yaml(words)}{rest}}}"
    return ""


async def _nearest_locators(journey: Journey, target: Locator, action: Action | None) -> list[str]:
    body = journey.scope.locator("body")
    snapshot = page_text(await body.aria_snapshot(timeout=SEARCH_TIMEOUT_MS), MAX_SNAPSHOT_CHARS)
    role = target.value.render(journey.saved) if target.by == "role" else ""
    words = target.name if target.by == "role" else target.value
    wanted = words.render(journey.saved) if words and target.by not in ("css", "selector") else ""
    seen = find_candidates(snapshot, action, role, wanted, by_text=target.by == "text")
    return [await _as_yaml(journey, each) for each in seen]


async def _as_yaml(journey: Journey, seen: AriaElement) -> str:
    """Return the locator of an element: by its label, if that finds only this element."""
    if seen.is_field:
        by_label = journey.scope.get_by_label(seen.name)
        if await by_label.count() == 1:
            return f"{{label: {quote_for_yaml(seen.name)}}}"
    return seen.yaml


async def _iframe_hint(journey: Journey, target: Locator) -> str:
    """Return a hint if an iframe has the element: only a ``frame`` step finds it there."""
    value = target.value.render(journey.saved)
    name = target.name.render(journey.saved) if target.name else None
    for frame in journey.page.frames[1 : 1 + _MAX_FRAMES]:
        found: PageLocator = LOCATOR_FACTORIES[target.by](frame, value, name, target.exact)
        if await found.count():
            return "an iframe of the page has it: put the step inside a `frame` step"
    return ""


def _literal_text(template: Template | None) -> str | None:
    """Return the text of a template without variables; None for one with variables."""
    parts = template.parts if template else ()
    return "".join(map(str, parts)) if parts and all(isinstance(p, str) for p in parts) else None
