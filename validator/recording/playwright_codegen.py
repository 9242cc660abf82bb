"""Reads the lines of Playwright's recorder: one JSON object for each action.

The format is that of ``codegen --target jsonl``.

https://playwright.dev/docs/codegen
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from validator.recording.recorded_actions import ActionKind, RecordedAction, Target

_ACTION_KINDS: Mapping[str, ActionKind] = MappingProxyType(
    {
        "navigate": "goto",
        "click": "click",
        "fill": "fill",
        "select": "select",
        "check": "check",
        "uncheck": "uncheck",
        "press": "press",
        "hover": "hover",
        "setInputFiles": "upload",
    }
)
_LOCATOR_KEYS = MappingProxyType(
    {
        "label": "label",
        "text": "text",
        "placeholder": "placeholder",
        "title": "title",
        "alt": "alt",
        "test-id": "test_id",
        "default": "css",
    }
)
_MODIFIERS = ((1, "Alt"), (2, "Control"), (4, "Meta"), (8, "Shift"))
"""The bits of ``modifiers``, and the keys' names in Playwright."""


def parse_action(line: str, url: str) -> RecordedAction | None:
    """Return the action of a line, on the page ``url``; None if a scenario has no step for it."""
    recorded: dict[str, Any] = json.loads(line)
    kind = _ACTION_KINDS.get(recorded.get("name", ""))
    if kind is None:
        return None
    if kind == "click" and recorded.get("clickCount") == 2:
        kind = "double_click"
    window = str(recorded.get("pageGuid", ""))
    if kind == "goto":
        return RecordedAction(
            kind, value=str(recorded["url"]), url=str(recorded["url"]), window=window
        )
    frames, target = _parse_locator(recorded.get("locator") or {})
    if not target:
        target = {"css": str(recorded.get("selector", ""))}
    return RecordedAction(kind, target, _value(kind, recorded), url, window, frames)


def _value(kind: ActionKind, recorded: Mapping[str, Any]) -> str:
    match kind:
        case "fill":
            return str(recorded.get("text", ""))
        case "select":
            return str(next(iter(recorded.get("options", ())), ""))
        case "upload":
            return str(next(iter(recorded.get("files", ())), ""))
        case "press":
            bits = int(recorded.get("modifiers", 0))
            held = [name for bit, name in _MODIFIERS if bits & bit]
            return "+".join((*held, str(recorded.get("key", ""))))
        case _:
            return ""


def _parse_locator(locator: Mapping[str, Any]) -> tuple[tuple[Target, ...], Target]:
    """Return the iframes of a locator, and the locator inside the innermost one."""
    frames: list[Target] = []
    target: dict[str, str | int | bool] = {}
    for part in _locator_chain(locator):
        kind, body, options = part["kind"], part.get("body"), part.get("options") or {}
        if kind == "frame-locator":
            frames.append({"css": str(body)})
        elif kind == "frame":
            frames.append(target)
            target = {}
        elif kind in ("nth", "first", "last"):
            target["nth"] = {"first": 0, "last": -1}.get(kind) if kind != "nth" else int(str(body))  # type: ignore[assignment]  # both are numbers
        elif found := _parse_locator_part(kind, body, options):
            # The last part of a chain is the element; the other parts only narrow the search.
            target = found
    return tuple(frames), target


def _locator_chain(locator: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    part: Mapping[str, Any] | None = locator if "kind" in locator else None
    while part:
        yield part
        part = part.get("next")


def _parse_locator_part(
    kind: str, body: object, options: Mapping[str, Any]
) -> dict[str, str | int | bool]:
    if kind == "role":
        found: dict[str, str | int | bool] = {"role": str(body)}
        if isinstance(options.get("name"), str):
            found["name"] = options["name"]
    elif kind in _LOCATOR_KEYS and isinstance(body, str):
        found = {_LOCATOR_KEYS[kind]: body}
    else:
        return {}
    if options.get("exact"):
        found["exact"] = True
    return found
