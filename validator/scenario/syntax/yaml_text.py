"""Writes YAML as a person would: short mappings in one line, quotes only where needed.

The texts come from pages: any text is read back as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

_WIDTH = 96
# Texts that all versions of YAML read as themselves, in flow and in block style.
_PLAIN = re.compile(r"[A-Za-z_/][\w/.@+-]*(?: [\w/.@+-]+)*", re.ASCII)
_PLAIN_URL = re.compile(r"https?://[\w.:/@%+*-]*[\w/*]", re.ASCII)
_RESERVED_WORD = re.compile(r"(?i:y|n|yes|no|on|off|true|false|null)", re.ASCII)
_INTEGER = re.compile(r"0|[1-9]\d{0,14}")


def format_scalar(text: str) -> str:
    """Return a text as a YAML scalar."""
    if _PLAIN_URL.fullmatch(text) or (
        _PLAIN.fullmatch(text) and not _RESERVED_WORD.fullmatch(text)
    ):
        return text
    return "".join(map(_escaped, json.dumps(text, ensure_ascii=False)))


def _escaped(character: str) -> str:
    """Escape an invisible character. Unlike JSON, YAML has no surrogate pairs."""
    if character.isprintable() and character != "\ufeff":
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def escape_variables(text: str) -> str:
    """Return a text in which ``${`` is not read as the start of a variable."""
    return text.replace("${", "$${")


FlowValue: TypeAlias = "str | int | bool | Mapping[str, FlowValue]"


def format_flow(values: Mapping[str, FlowValue]) -> str:
    """Return a mapping such as ``{role: button, name: Add to basket}``."""
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in values.items()) + "}"


def format_step(key: str, values: Mapping[str, FlowValue], indent: str) -> list[str]:
    """Return ``- click: {…}`` at an indent, or one line for each key if that is too long."""
    line = f"{indent}- {key}: {format_flow(values)}"
    if len(line) <= _WIDTH:
        return [line]
    inner = [f"{indent}    {name}: {_value(value)}" for name, value in values.items()]
    return [f"{indent}- {key}:", *inner]


def _value(value: FlowValue) -> str:
    if isinstance(value, Mapping):
        return format_flow(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or _INTEGER.fullmatch(value):
        return str(value)
    return format_scalar(value)
