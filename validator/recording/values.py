"""Collects typed texts as variables, and sensitive ones as secrets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from validator.core.cards import passes_luhn_check
from validator.recording.recorded_actions import RecordedAction
from validator.scenario.safety.sensitive_fields import (
    CARD_CODE_FIELD,
    CARD_NUMBER_FIELD,
    PASSWORD_FIELD,
)

_CARD = re.compile(r"[\d -]{12,25}")
_RESERVED_NAMES = frozenset({"env", "secret", "run"})


@dataclass(slots=True)
class TypedValues:
    """The variables and secrets of a scenario, collected while its steps are written."""

    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """Name → typed text, for the environment; the scenario does not contain it."""

    def reference(self, action: RecordedAction) -> str:
        """Return the text of the step: a reference such as ``${email}``, or an empty text."""
        if not action.value:
            return ""
        if name := secret_name(action):
            return f"${{secret.{_store(self.secrets, name, action.value)}}}"
        name = _variable_name(action.element_name)
        return f"${{{_store(self.variables, name, action.value)}}}"


def secret_name(action: RecordedAction) -> str:
    """Return the name of the secret that was typed; empty for a text that is not sensitive."""
    digits = re.sub(r"[ -]", "", action.value)
    is_card = (
        _CARD.fullmatch(action.value) and 12 <= len(digits) <= 19 and passes_luhn_check(digits)
    )
    if is_card or CARD_NUMBER_FIELD.search(action.element_name):
        return "CARD_NUMBER"
    if CARD_CODE_FIELD.search(action.element_name):
        return "CARD_CVC"
    return "PASSWORD" if PASSWORD_FIELD.search(action.element_name) else ""


def _store(names: dict[str, str], name: str, value: str) -> str:
    """Store a value under a name, or under a numbered one if the name has another value."""
    number, free = 1, name
    while names.get(free, value) != value:
        number += 1
        free = f"{name}_{number}"
    names[free] = value
    return free


def _variable_name(words: str) -> str:
    """Return the name of a field as the name of a variable: ``E-mail`` → ``email``."""
    ascii_only = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"\be-mail\b", "email", ascii_only)
    name = "_".join(re.findall(r"[a-z0-9]+", joined)[:4])[:40].strip("_")
    if not name or not name[0].isalpha() or name in _RESERVED_NAMES:
        return f"value_{name}".strip("_")
    return name
