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
from validator.scenario.syntax.yaml_text import FlowValue

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
_CSS_OF_ROLE = MappingProxyType(
    {"listitem": "li", "row": "tr", "article": "article", "cell": "td", "group": "fieldset"}
)
_NTH = MappingProxyType({"first": 0, "last": -1})
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
    if kind == "click" and _is_radio(recorded.get("locator") or {}):
        kind = "check"
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
    target: dict[str, FlowValue] = {}
    for part in _locator_chain(locator):
        kind, body, options = part["kind"], part.get("body"), part.get("options") or {}
        if kind == "frame-locator":
            frames.append({"css": str(body)})
        elif kind == "frame":
            frames.append(target)
            target = {}
        elif kind in ("nth", "first", "last"):
            target["nth"] = _NTH[kind] if kind in _NTH else int(str(body))
        elif kind == "has-text" and isinstance(body, str):
            target = _narrow_by_text(target, body)
        elif found := _parse_locator_part(kind, body, options):
            # The last part of a chain is the element; the parts before it are around it.
            target = found | ({"within": target} if target else {})
    return tuple(frames), target


def _is_radio(locator: Mapping[str, Any]) -> bool:
    """Tell whether the element is a radio button: a click on it checks it, and never unchecks."""
    parts = [(part["kind"], part.get("body")) for part in _locator_chain(locator)]
    named = [part for part in parts if part[0] not in ("nth", "first", "last")]
    return named[-1:] == [("role", "radio")]


def _narrow_by_text(target: dict[str, FlowValue], text: str) -> dict[str, FlowValue]:
    """Return the locator of an element that has a text, as a row with a product's name."""
    css = str(target.get("css") or _CSS_OF_ROLE.get(str(target.get("role")), ""))
    is_plain = not {"name", "nth"} & target.keys()
    if not css or not is_plain:
        return target
    outer = {"within": target["within"]} if "within" in target else {}
    return {"css": f"{css}:has-text({json.dumps(text, ensure_ascii=False)})"} | outer


def _locator_chain(locator: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    part: Mapping[str, Any] | None = locator if "kind" in locator else None
    while part:
        yield part
        part = part.get("next")


def _parse_locator_part(
    kind: str, body: object, options: Mapping[str, Any]
) -> dict[str, FlowValue]:
    if kind == "role":
        if isinstance(options.get("description"), str):
            # Told only where the name alone finds several elements, as a picture and a title that
            # lead to one product; what describes one of them is its title attribute.
            return {"title": options["description"]}
        found: dict[str, FlowValue] = {"role": str(body)}
        if isinstance(options.get("name"), str):
            found["name"] = options["name"]
    elif kind in _LOCATOR_KEYS and isinstance(body, str):
        found = {_LOCATOR_KEYS[kind]: body}
    else:
        return {}
    if options.get("exact"):
        found["exact"] = True
    return found
