"""Every key that a person can write has help and an example: editors show both on hover."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from validator.contract.schema import load_schema
from validator.core.document import Json


def mappings(node: Json, path: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield every mapping below a node, with its path, but not what examples hold."""
    inside = enumerate(node) if isinstance(node, list) else ()
    for name, child in (*inside, *(node.items() if isinstance(node, dict) else ())):
        if name not in ("examples", "enum"):
            yield from mappings(child, f"{path}/{name}")
    if isinstance(node, dict):
        yield path, node


def keys(name: str) -> dict[str, dict[str, Json]]:
    """Return what is said of each key of a schema, by its path; a reference is followed."""
    schema = dict(load_schema(name).data)
    definitions = schema.get("$defs")
    found = {}
    for path, owner in mappings(schema, name):
        properties = owner.get("properties")
        for key, said in properties.items() if isinstance(properties, dict) else ():
            if isinstance(said, dict) and "not" not in said:
                of = str(said.get("$ref", "")).rpartition("/")[2]
                borrowed = definitions.get(of) if isinstance(definitions, dict) else None
                found[f"{path}/{key}"] = (borrowed if isinstance(borrowed, dict) else {}) | said
    return found


@pytest.mark.parametrize("name", ["scenario", "config"])
@pytest.mark.parametrize("help_", ["description", "examples"])
def test_no_key_is_without_help(name: str, help_: str) -> None:
    assert [path for path, said in keys(name).items() if not said.get(help_)] == []


def test_keys_at_any_depth_are_looked_at() -> None:
    assert len(keys("scenario")) > 60
    assert any(path.endswith("/return/else/click") for path in keys("scenario"))
