"""What is said of each way in which a scenario can break its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeAlias

from validator.contract.schema import Violation, load_schema
from validator.core.document import Document, Json, pointer


@dataclass(frozen=True, slots=True)
class Saying:
    """A message, and the value (or the key) it is about."""

    rule: str
    at: str
    message: str
    expected: str = ""
    hint: str = ""
    by_key: bool = False


def say(document: Document, violation: Violation) -> Saying:
    """Say what is wrong, in the author's words rather than the schema's."""
    return _SAYINGS.get(violation.keyword, _bad_value)(document, violation)


def say_trap(document: Document, at: str) -> Saying | None:
    """Say of an unquoted text that YAML's versions read differently; None for a number."""
    source = document.source_map.plain[at]
    if not isinstance(_value(document.data, at), str):
        return None
    return _quote(at, f"{source} is not text to every YAML reader", source)


def near(word: str, known: Iterable[str]) -> str:
    """Return ``: did you mean "…"?``, or nothing where nothing known is like the word."""
    by_folded = {name.casefold(): name for name in known}
    # Of two letters, one is in many words: "no" is not meant to be "info".
    found = get_close_matches(word.casefold(), by_folded, n=1) if len(word) > 2 else []
    return f': did you mean "{by_folded[found[0]]}"?' if found else ""


def parent_of(at: str) -> str:
    return at.rpartition("/")[0]


def key_of(at: str) -> str:
    return at.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _value(data: Json, at: str) -> Json:
    """Return the value at a pointer that exists."""
    if not at:
        return data
    owner, key = _value(data, parent_of(at)), key_of(at)
    if isinstance(owner, dict):
        return owner[key]
    return owner[int(key)] if isinstance(owner, list) else None


def _spoken(at: str) -> str:
    """Name a value as a person would: ``"labels" item 2``."""
    if not at:
        return "the file"
    if not key_of(at).isdigit():
        return f'"{key_of(at)}"'
    number = int(key_of(at)) + 1
    owner = key_of(parent_of(at))
    return f"step {number}" if owner == "steps" else f'"{owner}" item {number}'


def _shown(value: Json) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str) and len(value) > 60:
        value = value[:59] + "…"
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _listed(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _word(subschema: Mapping[str, Json], keyword: str) -> str:
    value = subschema.get(keyword)
    return value if isinstance(value, str) else ""


def _such_as(subschema: Mapping[str, Json], key: str) -> str:
    """Return a hint with the schema's first example, in YAML's flow style."""
    examples = subschema.get("examples")
    if not isinstance(examples, list):
        return ""
    label = f"{key}: " if key and not key.isdigit() else ""
    return f"Such as: {label}{json.dumps(examples[0], ensure_ascii=False)}"


def _properties(subschema: Mapping[str, Json]) -> dict[str, Json]:
    """Return what may be written in a mapping, with the keys its ``$ref`` brings."""
    own = subschema.get("properties")
    known = dict(own) if isinstance(own, dict) else {}
    definition = _word(subschema, "$ref").removeprefix("#/$defs/")
    definitions = load_schema("scenario").data["$defs"]
    borrowed = definitions.get(definition) if isinstance(definitions, dict) else None
    return known | (_properties(borrowed) if isinstance(borrowed, dict) else {})


def _alternatives(subschema: Mapping[str, Json]) -> list[str]:
    """Return the keys of which a mapping has exactly one."""
    branches = subschema.get("oneOf")
    return [
        str(branch["required"][0])
        for branch in (branches if isinstance(branches, list) else [])
        if isinstance(branch, dict) and isinstance(branch["required"], list)
    ]


def _quote(at: str, message: str, source: str) -> Saying:
    quoted = json.dumps(source, ensure_ascii=False)
    return Saying("yaml-trap", at, f"{message}: quote it: {quoted}", hint=f"Write {quoted}.")


def _unknown_key(document: Document, violation: Violation) -> Saying:
    at, owner = violation.pointer, parent_of(violation.pointer)
    known = list(_properties(violation.subschema))
    if "patternProperties" in violation.subschema:
        hint = "Use letters, digits and underscores, and no digit at the start."
        message = f'"{key_of(at)}" cannot name a variable'
        return Saying("scenario-unknown-key", at, message, hint=hint, by_key=True)
    what = "key"
    kinds = _alternatives(violation.subschema)
    siblings = _value(document.data, owner)
    is_step = _word(violation.subschema, "title") == "a step"
    if is_step and isinstance(siblings, dict) and not siblings.keys() & set(kinds):
        what, known = "step", kinds
    meant = near(key_of(at), known)
    message, expected = f'unknown {what} "{key_of(at)}"{meant}', _listed(known)
    hint = "Correct the spelling." if meant else f"Remove it, or write {expected}."
    return Saying(f"scenario-unknown-{what}", at, message, expected, hint, by_key=True)


def _missing_key(_: Document, violation: Violation) -> Saying:
    key, owner = key_of(violation.pointer), parent_of(violation.pointer)
    where = f" in {_spoken(owner)}" if owner else ""
    known = _properties(violation.subschema).get(key)
    wanted = known if isinstance(known, dict) else {}
    message = f'"{key}" is missing{where}'
    expected, hint = _word(wanted, "description"), _such_as(wanted, key)
    return Saying("scenario-missing-key", violation.pointer, message, expected, hint)


def _wrong_type(document: Document, violation: Violation) -> Saying:
    at, limit = violation.pointer, violation.limit
    source = document.source_map.plain.get(at)
    if source == "":
        example = _such_as(violation.subschema, key_of(at))
        return Saying(
            "scenario-wrong-type",
            at,
            f"{_spoken(at)} has no value",
            _word(violation.subschema, "title"),
            f"Write it here, or indent it below. {example}".strip(),
            by_key=True,
        )
    is_text = isinstance(limit, list) and {"string", "integer"} <= {str(kind) for kind in limit}
    if source is None or not is_text:
        return _bad_value(document, violation)
    meant = "a number" if isinstance(violation.value, float) else "a boolean"
    if violation.value is None:
        meant = "nothing"
    return _quote(at, f"YAML reads {source} as {meant}, not as text", source)


def _bad_value(_: Document, violation: Violation) -> Saying:
    at, subschema, value = violation.pointer, violation.subschema, violation.value
    choices = subschema.get("enum")
    words = [str(choice) for choice in choices] if isinstance(choices, list) else []
    wanted = _word(subschema, "title") or _listed(words or ["something else"])
    meant = near(value, words) if isinstance(value, str) else ""
    rule = "scenario-wrong-type" if violation.keyword == "type" else "scenario-bad-value"
    message = f"{_spoken(at)} must be {wanted}, not {_shown(value)}{meant}"
    hint = _such_as(subschema, key_of(at)) or f"Write {wanted}."
    return Saying(rule, at, message, wanted, hint)


def _empty(_: Document, violation: Violation) -> Saying:
    at, subschema = violation.pointer, violation.subschema
    message = f"{_spoken(at)} is empty"
    wanted = _word(subschema, "title") or "text"
    hint = _such_as(subschema, key_of(at)) or f"Write {wanted}, or remove the key."
    return Saying("scenario-empty", at, message, wanted, hint)


def _not_one(_: Document, violation: Violation) -> Saying:
    """None, or several, of the keys of which there must be one."""
    at, keys = violation.pointer, _alternatives(violation.subschema)
    is_step = _word(violation.subschema, "title") == "a step"
    value = violation.value if isinstance(violation.value, dict) else {}
    given = [key for key in value if key in keys]
    if len(given) < 2:
        needs = "has no action" if is_step else f"needs one of {_listed(keys)}"
        message = f"{_spoken(at)} {needs}"
        return Saying("scenario-missing-key", at, message, hint=f"Write {_listed(keys)}.")
    first, second = given[:2]
    message = f'"{first}" and "{second}" exclude each other'
    hint = f"Keep one of {_listed(given)}."
    if is_step:
        message = f'two actions in one step: "{first}" and "{second}"'
        hint = "Write each as a step of its own, with a dash before it."
    return Saying("scenario-two-keys", at + pointer(second), message, hint=hint, by_key=True)


def _lonely(_: Document, violation: Violation) -> Saying:
    """A key that means something only beside another."""
    limit, value = violation.limit, violation.value
    given = value if isinstance(value, dict) else {}
    needs = limit if isinstance(limit, dict) else {}
    key = next(key for key in needs if key in given)
    other = str(needs[key][0])  # type: ignore[index]  # it is a list
    at = violation.pointer + pointer(key)
    message = f'"{key}" needs "{other}" beside it'
    return Saying("scenario-missing-key", at, message, hint=f'Add "{other}".', by_key=True)


def _not_here(document: Document, violation: Violation) -> Saying:
    at = violation.pointer
    if violation.limit != {}:
        return _bad_value(document, violation)
    message = f"{_spoken(at)} is not allowed here"
    hint = _word(violation.subschema, "description")
    return Saying("scenario-unknown-key", at, message, hint=hint, by_key=True)


_Say: TypeAlias = Callable[[Document, Violation], Saying]
_SAYINGS: Mapping[str, _Say] = MappingProxyType(
    {
        "additionalProperties": _unknown_key,
        "unevaluatedProperties": _unknown_key,
        "required": _missing_key,
        "type": _wrong_type,
        "minItems": _empty,
        "minLength": _empty,
        "minProperties": _empty,
        "oneOf": _not_one,
        "dependentRequired": _lonely,
        "not": _not_here,
    }
)
"""Keyword → what is said of it; the others say what the value must be."""
