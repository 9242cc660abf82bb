"""The schema of a scenario describes every key, and its examples are valid."""

from __future__ import annotations

import pytest

from validator.contract.contracts import documented_tags
from validator.contract.schema import Schema, iter_schema_violations, load_schema
from validator.core.document import Document


def definitions() -> dict[str, object]:
    found = load_schema("scenario").data["$defs"]
    assert isinstance(found, dict)
    return dict(found)


@pytest.mark.parametrize("name", ["scenario", "config"])
def test_every_key_of_the_schema_is_described(name: str) -> None:
    known = load_schema(name).data["$defs"]
    assert isinstance(known, dict)

    def undescribed(value: object, path: str) -> list[str]:
        if not isinstance(value, dict):
            return []
        found = []
        for key, schema in value.get("properties", {}).items():
            target = schema
            if "$ref" in schema:
                referred = known[schema["$ref"].rpartition("/")[2]]
                assert isinstance(referred, dict)
                target = {**referred, **schema}
            if not {"description", "examples"} <= target.keys() and "not" not in target:
                found.append(f"{path}.{key}")
        for key, child in value.items():
            # "properties" is a keyword, and among properties the name of one.
            children = child if key == "properties" else {"": child}
            for inner_key, inner in children.items():
                found += undescribed(inner, f"{path}.{key}.{inner_key}")
        return found

    assert undescribed(dict(load_schema(name).data), "") == []


def test_the_examples_of_the_schema_are_what_it_allows() -> None:
    for name, definition in definitions().items():
        assert isinstance(definition, dict)
        schema = Schema(name, {"$ref": f"urn:cn-validator:schema:scenario#/$defs/{name}"})
        for example in definition.get("examples", []):
            assert not list(iter_schema_violations(Document(name, example), schema)), (
                name,
                example,
            )


def test_every_documented_tag_may_be_expected_at_a_step() -> None:
    expect_tag = definitions()["expect-tag"]
    assert isinstance(expect_tag, dict)
    named = [key for key in expect_tag["else"]["properties"] if key not in ("within", "count")]
    assert named == expect_tag["then"]["enum"] == list(documented_tags())
    assert expect_tag["else"]["oneOf"] == [{"required": [name]} for name in named]
