"""What was typed → variables, and secrets for what nobody else may read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

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
    """The variables and the secrets of a scenario, as its steps are written."""

    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """Name → what was typed: to be set in the environment, and written nowhere."""

    def reference(self, action: RecordedAction) -> str:
        """Return what stands in a step for what was typed: ``${email}``, or nothing."""
        if not action.value:
            return ""
        if name := secret_name(action):
            return f"${{secret.{_store(self.secrets, name, action.value)}}}"
        name = _variable_name(action.element_name)
        return f"${{{_store(self.variables, name, action.value)}}}"

    @property
    def hidden(self) -> Mapping[str, str]:
        return MappingProxyType(self.secrets)


def secret_name(action: RecordedAction) -> str:
    """Return the name of the secret that was typed; empty for what all may read."""
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
    """Keep a value under a name, or under a numbered one where the name has another value."""
    number, free = 1, name
    while names.get(free, value) != value:
        number += 1
        free = f"{name}_{number}"
    names[free] = value
    return free


def _variable_name(words: str) -> str:
    """Return what people call a field as the name of a variable: ``E-mail`` → ``email``."""
    ascii_only = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"\be-mail\b", "email", ascii_only)
    name = "_".join(re.findall(r"[a-z0-9]+", joined)[:4])[:40].strip("_")
    if not name or not name[0].isalpha() or name in _RESERVED_NAMES:
        return f"value_{name}".strip("_")
    return name
