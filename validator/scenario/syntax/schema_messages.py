"""Messages about the violations of the scenario schema, one function for each keyword."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from validator.contract.schema import SchemaViolation, load_schema
from validator.core.document import Document, Json, json_pointer
from validator.core.suggestion import find_similar


@dataclass(frozen=True, slots=True)
class SchemaMessage:
    """A message about a value or, with ``by_key``, about its key."""

    rule: str
    at: str
    message: str
    expected: str = ""
    hint: str = ""
    by_key: bool = False


def describe_violation(document: Document, violation: SchemaViolation) -> SchemaMessage:
    """Describe a violation in terms of the scenario instead of the schema."""
    return _DESCRIPTIONS.get(violation.keyword, _bad_value)(document, violation)


def describe_yaml_trap(document: Document, at: str) -> SchemaMessage | None:
    """Describe an unquoted text that YAML versions read differently; return None for a number."""
    source = document.source_map.plain[at]
    if not isinstance(_value_at(document.data, at), str):
        return None
    return _quote_message(at, f"{source} is not text to every YAML reader", source)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``: did you mean "…"?``, or an empty text if no known word is similar."""
    by_folded = {name.casefold(): name for name in known}
    # Words of two letters are similar to many words, such as "no" to "info".
    similar = find_similar(word.casefold(), by_folded) if len(word) > 2 else ""
    return f': did you mean "{by_folded[similar]}"?' if similar else ""


def parent_pointer(at: str) -> str:
    return at.rpartition("/")[0]


def last_key(at: str) -> str:
    return at.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _value_at(data: Json, at: str) -> Json:
    """Return the value at a pointer that exists."""
    if not at:
        return data
    owner, key = _value_at(data, parent_pointer(at)), last_key(at)
    if isinstance(owner, dict):
        return owner[key]
    return owner[int(key)] if isinstance(owner, list) else None


def _describe_pointer(at: str) -> str:
    """Return the name of a value for messages: ``"labels" item 2``."""
    if not at:
        return "the file"
    if not last_key(at).isdigit():
        return f'"{last_key(at)}"'
    number = int(last_key(at)) + 1
    owner = last_key(parent_pointer(at))
    return f"step {number}" if owner == "steps" else f'"{owner}" item {number}'


def _describe_value(value: Json) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str) and len(value) > 60:
        value = value[:59] + "…"
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _join_with_or(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _string_keyword(subschema: Mapping[str, Json], keyword: str) -> str:
    value = subschema.get(keyword)
    return value if isinstance(value, str) else ""


def _example_hint(subschema: Mapping[str, Json], key: str) -> str:
    """Return a hint with the schema's first example, in YAML's flow style."""
    examples = subschema.get("examples")
    if not isinstance(examples, list):
        return ""
    label = f"{key}: " if key and not key.isdigit() else ""
    return f"Such as: {label}{json.dumps(examples[0], ensure_ascii=False)}"


def _properties(subschema: Mapping[str, Json]) -> dict[str, Json]:
    """Return the properties of a mapping, with those of its ``$ref``."""
    own = subschema.get("properties")
    known = dict(own) if isinstance(own, dict) else {}
    definition = _string_keyword(subschema, "$ref").removeprefix("#/$defs/")
    definitions = load_schema("scenario").data["$defs"]
    borrowed = definitions.get(definition) if isinstance(definitions, dict) else None
    return known | (_properties(borrowed) if isinstance(borrowed, dict) else {})


def _alternatives(subschema: Mapping[str, Json]) -> list[str]:
    """Return the keys of which a mapping must have exactly one."""
    branches = subschema.get("oneOf")
    return [
        str(branch["required"][0])
        for branch in (branches if isinstance(branches, list) else [])
        if isinstance(branch, dict) and isinstance(branch["required"], list)
    ]


def _quote_message(at: str, message: str, source: str) -> SchemaMessage:
    quoted = json.dumps(source, ensure_ascii=False)
    return SchemaMessage("yaml-trap", at, f"{message}: quote it: {quoted}", hint=f"Write {quoted}.")


def _unknown_key(document: Document, violation: SchemaViolation) -> SchemaMessage:
    at, owner = violation.pointer, parent_pointer(violation.pointer)
    known = list(_properties(violation.subschema))
    if "patternProperties" in violation.subschema:
        hint = "Use letters, digits and underscores, and no digit at the start."
        message = f'"{last_key(at)}" cannot name a variable'
        return SchemaMessage("scenario-unknown-key", at, message, hint=hint, by_key=True)
    what = "key"
    kinds = _alternatives(violation.subschema)
    siblings = _value_at(document.data, owner)
    is_step = _string_keyword(violation.subschema, "title") == "a step"
    if is_step and isinstance(siblings, dict) and not siblings.keys() & set(kinds):
        what, known = "step", kinds
    meant = did_you_mean(last_key(at), known)
    message, expected = f'unknown {what} "{last_key(at)}"{meant}', _join_with_or(known)
    hint = "Correct the spelling." if meant else f"Remove it, or write {expected}."
    return SchemaMessage(f"scenario-unknown-{what}", at, message, expected, hint, by_key=True)


def _missing_key(_: Document, violation: SchemaViolation) -> SchemaMessage:
    key, owner = last_key(violation.pointer), parent_pointer(violation.pointer)
    where = f" in {_describe_pointer(owner)}" if owner else ""
    known = _properties(violation.subschema).get(key)
    wanted = known if isinstance(known, dict) else {}
    message = f'"{key}" is missing{where}'
    expected, hint = _string_keyword(wanted, "description"), _example_hint(wanted, key)
    return SchemaMessage("scenario-missing-key", violation.pointer, message, expected, hint)


def _wrong_type(document: Document, violation: SchemaViolation) -> SchemaMessage:
    at, limit = violation.pointer, violation.limit
    source = document.source_map.plain.get(at)
    if source == "":
        example = _example_hint(violation.subschema, last_key(at))
        return SchemaMessage(
            "scenario-wrong-type",
            at,
            f"{_describe_pointer(at)} has no value",
            _string_keyword(violation.subschema, "title"),
            f"Write it here, or indent it below. {example}".strip(),
            by_key=True,
        )
    is_text = isinstance(limit, list) and {"string", "integer"} <= {str(kind) for kind in limit}
    if source is None or not is_text:
        return _bad_value(document, violation)
    meant = "a number" if isinstance(violation.value, float) else "a boolean"
    if violation.value is None:
        meant = "nothing"
    return _quote_message(at, f"YAML reads {source} as {meant}, not as text", source)


def _bad_value(_: Document, violation: SchemaViolation) -> SchemaMessage:
    at, subschema, value = violation.pointer, violation.subschema, violation.value
    choices = subschema.get("enum")
    words = [str(choice) for choice in choices] if isinstance(choices, list) else []
    wanted = _string_keyword(subschema, "title") or _join_with_or(words or ["something else"])
    meant = did_you_mean(value, words) if isinstance(value, str) else ""
    rule = "scenario-wrong-type" if violation.keyword == "type" else "scenario-bad-value"
    message = f"{_describe_pointer(at)} must be {wanted}, not {_describe_value(value)}{meant}"
    hint = _example_hint(subschema, last_key(at)) or f"Write {wanted}."
    return SchemaMessage(rule, at, message, wanted, hint)


def _empty(_: Document, violation: SchemaViolation) -> SchemaMessage:
    at, subschema = violation.pointer, violation.subschema
    message = f"{_describe_pointer(at)} is empty"
    wanted = _string_keyword(subschema, "title") or "text"
    hint = _example_hint(subschema, last_key(at)) or f"Write {wanted}, or remove the key."
    return SchemaMessage("scenario-empty", at, message, wanted, hint)


def _not_exactly_one(_: Document, violation: SchemaViolation) -> SchemaMessage:
    """Describe a mapping with none, or several, of the keys of which it must have one."""
    at, keys = violation.pointer, _alternatives(violation.subschema)
    is_step = _string_keyword(violation.subschema, "title") == "a step"
    value = violation.value if isinstance(violation.value, dict) else {}
    given = [key for key in value if key in keys]
    if len(given) < 2:
        needs = "has no action" if is_step else f"needs one of {_join_with_or(keys)}"
        message = f"{_describe_pointer(at)} {needs}"
        return SchemaMessage(
            "scenario-missing-key", at, message, hint=f"Write {_join_with_or(keys)}."
        )
    first, second = given[:2]
    message = f'"{first}" and "{second}" exclude each other'
    hint = f"Keep one of {_join_with_or(given)}."
    if is_step:
        message = f'two actions in one step: "{first}" and "{second}"'
        hint = "Write each as a step of its own, with a dash before it."
    return SchemaMessage(
        "scenario-two-keys", at + json_pointer(second), message, hint=hint, by_key=True
    )


def _missing_companion_key(_: Document, violation: SchemaViolation) -> SchemaMessage:
    """Describe a key that needs another one beside it."""
    limit, value = violation.limit, violation.value
    given = value if isinstance(value, dict) else {}
    needs = limit if isinstance(limit, dict) else {}
    key = next(key for key in needs if key in given)
    other = str(needs[key][0])  # type: ignore[index]  # it is a list
    at = violation.pointer + json_pointer(key)
    message = f'"{key}" needs "{other}" beside it'
    return SchemaMessage("scenario-missing-key", at, message, hint=f'Add "{other}".', by_key=True)


def _not_allowed(document: Document, violation: SchemaViolation) -> SchemaMessage:
    at = violation.pointer
    if violation.limit != {}:
        return _bad_value(document, violation)
    message = f"{_describe_pointer(at)} is not allowed here"
    hint = _string_keyword(violation.subschema, "description")
    return SchemaMessage("scenario-unknown-key", at, message, hint=hint, by_key=True)


_Describe: TypeAlias = Callable[[Document, SchemaViolation], SchemaMessage]
_DESCRIPTIONS: Mapping[str, _Describe] = MappingProxyType(
    {
        "additionalProperties": _unknown_key,
        "unevaluatedProperties": _unknown_key,
        "required": _missing_key,
        "type": _wrong_type,
        "minItems": _empty,
        "minLength": _empty,
        "minProperties": _empty,
        "oneOf": _not_exactly_one,
        "dependentRequired": _missing_companion_key,
        "not": _not_allowed,
    }
)
"""Keyword of the schema → function; ``_bad_value`` describes all others."""
