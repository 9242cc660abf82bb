"""The reference of the language, in Markdown, made of its schemas: nothing is written twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from validator.document import Json
from validator.scenario.yaml_text import scalar
from validator.schema import load_schema

TITLES: Mapping[str, str] = MappingProxyType(
    {"scenario": "The scenario language", "config": "The configuration"}
)
"""Schema → the title of its reference."""
_INTRODUCTION = (
    "This page is made of the schema that editors and `cn-validator lint` use. "
    "A key marked * must be there."
)
_STEP_EXTRAS = ("optional", "timeout", "name", "with")
Object = Mapping[str, Json]


def as_markdown(name: str) -> str:
    """Return the reference of the schema ``scenario`` or ``config``; ends with a newline."""
    schema = dict(load_schema(name).data)
    return "\n".join(_Reference(schema).page(TITLES[name])) + "\n"


class _Reference:
    def __init__(self, schema: dict[str, Json]) -> None:
        self.schema = schema
        definitions = schema.get("$defs")
        self.definitions = definitions if isinstance(definitions, dict) else {}

    def page(self, title: str) -> Iterator[str]:
        yield from (f"# {title}", "", _text(self.schema, "description"), "", _INTRODUCTION, "")
        yield from self.table(self.schema)
        if "step" not in self.definitions:
            return
        step = self.resolved(self.definitions["step"])
        keys = _object(step, "properties")
        yield from ("## Steps", "", "A step is one of these, with a dash before it.", "")
        for key, said in keys.items():
            if key not in _carried(step, keys):
                yield from self.step(key, self.resolved(said))
        carried = {key: keys[key] for key in _carried(step, keys)}
        yield from ("## What any step may carry", "")
        yield from self.table({"properties": carried})
        yield from (
            "## Locators",
            "",
            _text(self.resolved(self.definitions["locator"]), "description"),
            "",
        )
        yield from self.table(self.resolved(self.definitions["locator-keys"]))
        yield from (
            "## Fragments",
            "",
            _text(self.resolved(self.definitions["fragment"]), "description"),
            "",
        )
        yield from self.table(self.resolved(self.definitions["fragment"]))

    def step(self, key: str, said: Object) -> Iterator[str]:
        yield from (f"### `{key}`", "", _text(said, "description"), "")
        examples = said.get("examples")
        if isinstance(examples, list) and examples:
            yield "```yaml"
            yield from (f"- {key}: {flow(example)}" for example in examples)
            yield from ("```", "")
        own = _own_properties(said)
        if own:
            yield from self.table({"properties": own, "required": said.get("required") or []})

    def table(self, owner: Object) -> Iterator[str]:
        required = owner.get("required")
        yield from ("| key | value | what it does | such as |", "|---|---|---|---|")
        for key, unread in _object(owner, "properties").items():
            said = self.resolved(unread)
            star = " *" if isinstance(required, list) and key in required else ""
            examples = said.get("examples")
            example = flow(examples[0]) if isinstance(examples, list) and examples else ""
            shown = f"`{example}`" if example else ""
            cells = (f"`{key}`{star}", _text(said, "title"), _text(said, "description"), shown)
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
        yield ""

    def resolved(self, said: Json) -> dict[str, Json]:
        """Return a subschema with what its reference says; its own words win."""
        if not isinstance(said, dict):
            return {}
        name = str(said.get("$ref", "")).rpartition("/")[2]
        return self.resolved(self.definitions.get(name)) | said if name else said


def _carried(step: Object, keys: Object) -> list[str]:
    """Return the keys of a step that are no action: those of which none is demanded."""
    branches = step.get("oneOf")
    actions = {
        str(required[0])
        for branch in (branches if isinstance(branches, list) else [])
        if isinstance(branch, dict) and isinstance(required := branch.get("required"), list)
    }
    return [key for key in keys if key not in actions]


def _own_properties(said: Object) -> dict[str, Json]:
    """Return the keys a step has besides those of a locator."""
    inner = said.get("else")
    inside = _object(inner, "properties") if isinstance(inner, dict) else {}
    own = _object(said, "properties") | inside
    locators = _object(load_schema("scenario").data["$defs"]["locator-keys"], "properties")  # type: ignore[index,call-overload]  # it has them
    return {
        key: value
        for key, value in own.items()
        if value is not locators.get(key) and not key.startswith("cn_")
    }


def _object(owner: Json | Object, key: str) -> dict[str, Json]:
    value = owner.get(key) if isinstance(owner, Mapping) else None
    return value if isinstance(value, dict) else {}


def _text(said: Object, key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def flow(value: Json) -> str:
    """Any value in YAML's flow style, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return scalar(value) if isinstance(value, str) else str(value)
