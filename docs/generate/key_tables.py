"""Writes the tables of keys, steps and variables from the schemas, as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

from validator.contract.contracts import documented_tags
from validator.contract.schema import load_schema
from validator.core.document import Json
from validator.scenario.expand.fake_values import FAKE_KINDS
from validator.scenario.settings.builtin_variables import RUN_VARIABLES

_PLAIN = re.compile(r"[A-Za-z/.](?:[\w*/.=+ -]|:(?! ))*|\d+(?:ms|s|m)")
_RESERVED_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
_BRANCHES = ("then", "else")
_HEAD = "| key | what it says | such as |\n| --- | --- | --- |\n"
_Schema = Mapping[str, Json]


def key_table(schema: str, definition: str = "") -> str:
    """Return the keys of a schema, or of one of its definitions."""
    data = load_schema(schema).data
    owner = _definition(data, definition) if definition else data
    return _HEAD + "".join(_rows(data, _properties(owner), ""))


def step_table(*, actions: bool) -> str:
    """Return the kinds of steps with their keys, or the keys that any step may have."""
    data = load_schema("scenario").data
    step = _definition(data, "step")
    branches = cast("list[dict[str, list[str]]]", step["oneOf"])
    kinds = {branch["required"][0] for branch in branches}
    properties = _properties(step)
    chosen = {key: schema for key, schema in properties.items() if (key in kinds) is actions}
    return _HEAD + "".join(_rows(data, chosen, ""))


def locator_table() -> str:
    return key_table("scenario", "locator-keys")


def run_table() -> str:
    """Return the variables of the run."""
    return _variable_table("what it is", RUN_VARIABLES, "")


def fake_table() -> str:
    """Return the variables that generate values."""
    return _variable_table("what it is", FAKE_KINDS, "fake.")


def _variable_table(what: str, known: Mapping[str, str], before: str) -> str:
    head = f"| variable | {what} |\n| --- | --- |\n"
    return head + "".join(f"| `${{{before}{name}}}` | {said} |\n" for name, said in known.items())


def _rows(data: _Schema, properties: Mapping[str, _Schema], arrow: str) -> Iterator[str]:
    for key, written in properties.items():
        schema = _resolve_reference(data, written)
        examples = cast("list[Json]", schema.get("examples", []))
        shown = " · ".join(f"`{format_flow(each)}`" for each in examples[:2] if each is not None)
        cells = (f"{arrow}`{key}`", _cell(str(schema.get("description", ""))), _cell(shown))
        yield f"| {' | '.join(cells)} |\n"
        if not arrow:
            inner = _own_properties(schema)
            own = {name: each for name, each in inner.items() if name not in _TAG_NAMES}
            yield from _rows(data, own, "↳ ")


_TAG_NAMES = frozenset(documented_tags())
"""As keys of a step, all tags have the same description."""
_SEPARATE_DEFINITIONS = frozenset({"locator-keys", "step", "settings"})
"""Definitions with a table of their own."""


def _own_properties(schema: _Schema) -> dict[str, _Schema]:
    """Return the keys of a value in any of its forms."""
    found = dict(_properties(schema))
    for name in _BRANCHES:
        if isinstance(branch := schema.get(name), dict):
            found |= _properties(branch)
    return found


def _properties(schema: _Schema) -> dict[str, _Schema]:
    return dict(cast("dict[str, _Schema]", schema.get("properties", {})))


def _resolve_reference(data: _Schema, schema: _Schema) -> _Schema:
    """Return a schema merged with the definition that it refers to."""
    reference = schema.get("$ref")
    name = reference.rpartition("/")[2] if isinstance(reference, str) else ""
    if not name:
        return schema
    definition = _definition(data, name)
    if name in _SEPARATE_DEFINITIONS:
        definition = {key: value for key, value in definition.items() if key != "properties"}
    return {**definition, **schema}


def _definition(data: _Schema, name: str) -> _Schema:
    return cast("dict[str, dict[str, Json]]", data["$defs"])[name]


def format_flow(value: Json) -> str:
    """Return a value in YAML's flow style, quoted only where necessary."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {format_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(format_flow, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _RESERVED_WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
