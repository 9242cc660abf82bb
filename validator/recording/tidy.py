"""Leaves out what a recording has and a scenario does not need: focus, single keys, retyping."""

from __future__ import annotations

import re
from collections.abc import Iterable

from validator.recording.actions import Action

_TELLING_KEYS = frozenset({"Enter", "Escape", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"})
_CHANGES = ("fill", "select", "check", "uncheck")
_CONSENT = re.compile(
    r"cookie|consent|galletas"
    r"|(accept|allow|agree to) all|acept(ar|o) (todo|todas)|accepta(r|-les) tot|tout accepter"
    r"|alle akzeptieren|accetta tutti|aceitar tudo",
    re.IGNORECASE,
)


def tidy(actions: Iterable[Action]) -> list[Action]:
    """Return the actions that matter, in order."""
    kept: list[Action] = []
    for action in actions:
        if is_mere_typing(action):
            continue
        while kept and _is_repeated(kept[-1], action):
            kept.pop()
        kept.append(action)
    return _without_choosing_keys(kept)


def is_mere_typing(action: Action) -> bool:
    """Tell whether this is one key of what ``fill`` says at once."""
    return action.kind == "press" and action.value not in _TELLING_KEYS


def is_consent(action: Action) -> bool:
    """Tell whether this closes a cookie banner, which is not always there."""
    return action.kind == "click" and bool(_CONSENT.search(action.words))


def _is_repeated(earlier: Action, later: Action) -> bool:
    """Tell whether the earlier action says nothing that the later one does not."""
    if not earlier.is_about(later):
        return False
    if later.kind in _CHANGES:
        return earlier.kind == "click" or earlier.kind in _CHANGES
    return later.kind == "press" and earlier.kind == "click"


def _without_choosing_keys(actions: list[Action]) -> list[Action]:
    """Leave out arrows that chose an option, which ``select`` says better."""
    chosen = [action for action in actions if action.kind == "select"]
    return [
        action
        for action in actions
        if not (action.kind == "press" and any(action.is_about(other) for other in chosen))
    ]
