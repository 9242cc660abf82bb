"""Removes actions that a scenario does not need: focus clicks, single keys, corrected texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from validator.recording.recorded_actions import RecordedAction, Target

_MEANINGFUL_KEYS = frozenset({"Enter", "Escape", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"})
_CHANGES = ("fill", "select", "check", "uncheck")
_NAMED_BY_TEXT = ("button", "link", "row", "listitem", "cell", "article")
_CURRENCY = r"(?:[$€£¥₹₽₺₩₪₫₴]|(?:[A-Z]{1,2}\$)|zł|kr\.?|Kč|lei|Ft|\b[A-Z]{3}\b)"
_AMOUNT = re.compile(
    rf"{_CURRENCY}\s*\d[\d\s.,'\u2019]*|\d[\d\s.,'\u2019]*\s*{_CURRENCY}|\d+[.,]\d{{2}}\b"
    r"|\(\s*\d+[^)]*\)|[\u2014\u2013-]\s*\d+\s+\w+|\b\d+\s+(?:items?|products?|art[ií]culos?|productos?"
    r"|Artikel|articles?|articoli|itens)\b"
)
"""Amounts of money and numbers of items, as buttons show them."""
_AROUND_AMOUNTS = " \t\n\u00a0:·•|,\u2014\u2013-"
_CONSENT = re.compile(
    r"cookie|consent|galletas"
    r"|(accept|allow|agree to) all|acept(ar|o) (todo|todas)|accepta(r|-les) tot|tout accepter"
    r"|alle akzeptieren|accetta tutti|aceitar tudo",
    re.IGNORECASE,
)


def drop_redundant_actions(actions: Iterable[RecordedAction]) -> list[RecordedAction]:
    """Return the actions that a scenario needs, in order."""
    kept: list[RecordedAction] = []
    for action in map(without_amounts, actions):
        if is_single_key(action):
            continue
        while kept and _is_superseded(kept[-1], action):
            kept.pop()
        kept.append(action)
    return _drop_option_keys(kept)


def without_amounts(action: RecordedAction) -> RecordedAction:
    """Return an action whose button has no amount or number of items in its name.

    ``Pay €39.80`` costs another amount tomorrow. A name matches as a part, so the rest finds it.
    """
    return replace(action, target=_without_amounts(action.target))


def _without_amounts(target: Target) -> Target:
    name, within = target.get("name"), target.get("within")
    kept = dict(target)
    if isinstance(within, Mapping):
        kept["within"] = _without_amounts(within)
    if target.get("role") not in _NAMED_BY_TEXT or not isinstance(name, str):
        return kept
    parts = [part.strip(_AROUND_AMOUNTS) for part in _AMOUNT.split(name)]
    words = max(parts, key=len)
    if len(parts) > 1 and any(character.isalpha() for character in words):
        kept["name"] = words
        kept.pop("exact", None)
    return kept


def is_single_key(action: RecordedAction) -> bool:
    """Tell whether a key press is part of a text that a ``fill`` action has as a whole."""
    return action.kind == "press" and action.value not in _MEANINGFUL_KEYS


def is_consent_click(action: RecordedAction) -> bool:
    """Tell whether a click closes a cookie banner, which is not always there."""
    return action.kind == "click" and bool(_CONSENT.search(action.element_name))


def _is_superseded(earlier: RecordedAction, later: RecordedAction) -> bool:
    """Tell whether the later action makes the earlier one unnecessary."""
    if not earlier.is_same_element(later):
        return False
    if later.kind in _CHANGES:
        return earlier.kind == "click" or earlier.kind in _CHANGES
    return later.kind in ("press", "double_click") and earlier.kind == "click"


def _drop_option_keys(actions: list[RecordedAction]) -> list[RecordedAction]:
    """Remove arrow keys that chose an option: the ``select`` action has the option."""
    chosen = [action for action in actions if action.kind == "select"]
    return [
        action
        for action in actions
        if not (action.kind == "press" and any(action.is_same_element(other) for other in chosen))
    ]
