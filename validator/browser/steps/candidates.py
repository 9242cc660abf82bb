"""Looks at the page a step failed on for what its locator may have meant."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from playwright.async_api import Error
from playwright.async_api import Locator as PageLocator

from validator.browser.journey import Journey, JourneyBroke
from validator.browser.locators import FINDERS
from validator.core.capture import Reason
from validator.scenario.candidates import MOST, Seen, nearest, quoted
from validator.scenario.model.actions import Action
from validator.scenario.model.template import Locator, Template

PATIENCE_MS = 2_000
"""A step has failed: the page is asked once, and not waited for."""
_MOST_FRAMES = 20


async def with_candidates(
    journey: Journey, broke: JourneyBroke, target: Locator | None, action: Action | None = None
) -> JourneyBroke:
    """Add to a failed step what its locator may have meant; nothing where the page is silent."""
    is_lookup = broke.breakdown.reason in (Reason.STEP_FAILED, Reason.NOT_CONFIRMED)
    if target is None or not is_lookup:
        return broke
    try:
        async with asyncio.timeout(PATIENCE_MS / 1000):
            count = await journey.find(target).count()
            if count > 1:
                return _with(broke, await _told_apart(journey, target, count))
            if count == 0:
                near = await _near(journey, target, action)
                return _with(broke, near, await _elsewhere(journey, target))
    except (Error, TimeoutError):
        return broke  # a page that does not answer even this: the step's own message says more
    return broke


def _with(broke: JourneyBroke, candidates: list[str], hint: str = "") -> JourneyBroke:
    breakdown = replace(broke.breakdown, candidates=tuple(candidates))
    return JourneyBroke(replace(breakdown, hint=hint) if hint else breakdown)


async def _told_apart(journey: Journey, target: Locator, count: int) -> list[str]:
    """Return locators for each of several elements that one locator finds."""
    value, name = _written(target.value), _written(target.name)
    if target.by == "selector" or value is None or (target.name and name is None):
        return []
    shown = value if target.by == "role" else quoted(value)
    keys = f"{target.by}: {shown}" + (f", name: {quoted(name)}" if name else "")
    exact = replace(target, exact=True)
    if not target.exact and await journey.find(exact).count() == 1:
        return [f"{{{keys}, exact: true}}"]
    rest = ", exact: true" if target.exact else ""
    return [f"{{{keys}{rest}, nth: {nth}}}" for nth in range(min(count, MOST))]


async def _near(journey: Journey, target: Locator, action: Action | None) -> list[str]:
    snapshot = await journey.scope.locator("body").aria_snapshot(timeout=PATIENCE_MS)
    role = target.value.render(journey.saved) if target.by == "role" else ""
    words = target.name if target.by == "role" else target.value
    wanted = words.render(journey.saved) if words and target.by not in ("css", "selector") else ""
    seen = nearest(snapshot, action, role, wanted, by_text=target.by == "text")
    return [await _as_yaml(journey, each) for each in seen]


async def _as_yaml(journey: Journey, seen: Seen) -> str:
    """Prefer a field's label, which people read, where it finds the same and nothing else."""
    if seen.is_field:
        by_label = journey.scope.get_by_label(seen.name)
        if await by_label.count() == 1:
            return f"{{label: {quoted(seen.name)}}}"
    return seen.yaml


async def _elsewhere(journey: Journey, target: Locator) -> str:
    """Say where else the element is: in an iframe, which steps enter by ``frame`` alone."""
    value = target.value.render(journey.saved)
    name = target.name.render(journey.saved) if target.name else None
    for frame in journey.page.frames[1 : 1 + _MOST_FRAMES]:
        found: PageLocator = FINDERS[target.by](frame, value, name, target.exact)
        if await found.count():
            return "an iframe of the page has it: put the step inside a `frame` step"
    return ""


def _written(template: Template | None) -> str | None:
    """Return the text of a locator that is all the author's own; None where it is not."""
    parts = template.parts if template else ()
    return "".join(map(str, parts)) if parts and all(isinstance(p, str) for p in parts) else None
