"""Reads an export of Chrome DevTools' Recorder: JSON with a title and steps.

Each step has several selectors for its element; the first readable one is used.
https://developer.chrome.com/docs/devtools/recorder/reference
https://github.com/puppeteer/replay/blob/main/docs/api/README.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from validator.core.document import Document, Json
from validator.core.errors import InputError
from validator.recording.recorded_actions import ActionKind, RecordedAction, Recording, Target

_ACTION_KINDS: Mapping[str, ActionKind] = MappingProxyType(
    {
        "navigate": "goto",
        "click": "click",
        "doubleClick": "double_click",
        "change": "fill",
        "keyDown": "press",
        "hover": "hover",
    }
)
_IGNORED_TYPES = frozenset({"setViewport", "keyUp", "scroll", "close", "waitForElement"})
"""Types that a scenario does not need: its steps wait and scroll by themselves."""
_NO_STEP: dict[str, Json] = {}
_ARIA = re.compile(r'aria/(.*?)(?:\[role="([a-z]+)"\])?', re.DOTALL)
_ROLE_OF_TAG = MappingProxyType({"button": "button", "a": "link"})
_FIELDS = frozenset({"input", "select", "textarea"})
_LAST_TAG = re.compile(r"(?:^|[\s>/+~])([a-z][a-z0-9]*)(?:[\[.:#][^\s>/]*)*$")


def parse_devtools(document: Document) -> Recording:
    """Read an export. Raises InputError for a document that is not one."""
    data = document.data
    steps = data.get("steps") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(steps, list):
        raise InputError.single(
            "recording-unknown",
            "this is not an export of Chrome DevTools' Recorder: it has no list of steps",
            document.locate(""),
            "Export the recording as JSON: choose Export in the Recorder, then JSON file.",
        )
    converter = _StepConverter()
    recorded = [step for step in steps if isinstance(step, dict)]
    actions = [
        action
        for step, after in zip_longest(recorded, recorded[1:], fillvalue=_NO_STEP)
        if not _is_focus(step, after)
        for action in converter.step(step)
    ]
    title = data.get("title")
    return Recording(tuple(actions), converter.url, title if isinstance(title, str) else "")


def find_unsupported_steps(document: Document) -> tuple[str, ...]:
    """Return the number and type of each step for which a scenario has no step."""
    steps = _as_list(document.data.get("steps")) if isinstance(document.data, dict) else []
    kinds = ((i, step.get("type")) for i, step in enumerate(steps, 1) if isinstance(step, dict))
    return tuple(
        f"step {number} ({kind})"
        for number, kind in kinds
        if kind not in _ACTION_KINDS and kind not in _IGNORED_TYPES
    )


def _is_focus(step: dict[str, Json], after: dict[str, Json]) -> bool:
    """Tell whether a click only focuses the field in which the next step types."""
    is_same = step.get("selectors") == after.get("selectors")
    return is_same and step.get("type") == "click" and after.get("type") == "change"


class _StepConverter:
    """Converts steps to actions, and keeps track of the page's URL."""

    def __init__(self) -> None:
        self.url = ""

    def step(self, step: dict[str, Json]) -> Iterator[RecordedAction]:
        kind = _ACTION_KINDS.get(str(step.get("type")))
        window = str(step.get("target") or "main")
        if kind == "goto":
            self.url = str(step.get("url", ""))
            yield RecordedAction(kind, value=self.url, url=self.url, window=window)
        elif kind == "press":
            yield RecordedAction(kind, value=str(step.get("key", "")), url=self.url, window=window)
        elif kind is not None:
            target, tag = _parse_target(step)
            if kind == "fill" and tag == "select":
                kind = "select"
            value = str(step.get("value", ""))
            yield RecordedAction(kind, target, value, self.url, window, _frames(step))
        for event in _as_list(step.get("assertedEvents")):
            if isinstance(event, dict) and event.get("url"):
                self.url = str(event["url"])


def _as_list(value: Json | None) -> list[Json]:
    return value if isinstance(value, list) else []


def _frames(step: Mapping[str, Json]) -> tuple[Target, ...]:
    numbers = [number for number in _as_list(step.get("frame")) if isinstance(number, int)]
    return tuple({"css": "iframe", "nth": number} for number in numbers)


def _parse_target(step: Mapping[str, Json]) -> tuple[Target, str]:
    """Return the element's locator, and its tag's name if a selector has it."""
    selectors = [_readable_selector(each) for each in _as_list(step.get("selectors"))]
    tag = next(filter(None, map(_tag_name, selectors)), "")
    for selector in selectors:
        if (found := _ARIA.fullmatch(selector)) and found[1].strip():
            return _locator_by_name(found[1].strip(), found[2] or "", tag, step), tag
    for selector in selectors:
        if selector.startswith("text/"):
            return {"text": selector.removeprefix("text/")}, tag
    css = next((each for each in selectors if not re.match(r"(aria|xpath|pierce|text)/", each)), "")
    return {"css": css or next(iter(selectors), "body")}, tag


def _readable_selector(selector: Json) -> str:
    """Return a selector as text; for a path through shadow roots, its most readable part."""
    parts: list[Any] = selector if isinstance(selector, list) else [selector]
    named = [p for p in parts if isinstance(p, str) and not p.startswith("aria/[")]
    return next((p for p in named if p.startswith("aria/")), named[-1] if named else "")


def _tag_name(selector: str) -> str:
    """Return the tag at the end of a CSS selector or an XPath; empty if it has none."""
    if selector.startswith(("aria/", "text/")):
        return ""
    plain = re.sub(r"\[[^\]]*\]|\([^)]*\)", "", re.sub(r"^(xpath|pierce)/+", "", selector))
    found = _LAST_TAG.search(plain)
    return found[1] if found else ""


def _locator_by_name(name: str, role: str, tag: str, step: Mapping[str, Json]) -> Target:
    if role or tag in _ROLE_OF_TAG:
        return {"role": role or _ROLE_OF_TAG[tag], "name": name}
    if step.get("type") == "change" or tag in _FIELDS:
        return {"label": name}
    return {"text": name}
