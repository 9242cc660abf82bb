"""Documents against schemas: what is wrong, and exactly where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.contract.readers import read_yaml
from validator.contract.schema import (
    SCHEMA_FOLDER,
    Schema,
    SchemaViolation,
    builtin_schema_names,
    iter_schema_violations,
    load_schema,
)
from validator.core.document import Json
from validator.core.errors import InputError


def faults(schema: dict[str, Json], text: str) -> list[SchemaViolation]:
    return list(iter_schema_violations(read_yaml(text, "file"), Schema("test", schema)))


def places(schema: dict[str, Json], text: str) -> list[tuple[str, str]]:
    return [(fault.keyword, fault.pointer) for fault in faults(schema, text)]


@pytest.mark.parametrize("name", builtin_schema_names())
def test_each_of_our_schemas_is_good(name: str) -> None:
    """By its path it is checked for mistakes, which a run trusts this test to have found."""
    path = SCHEMA_FOLDER / f"{name}.schema.json"
    assert load_schema(str(path)).data == load_schema(name).data
    assert load_schema(name).name == name
    assert load_schema(name).data["$id"] == f"urn:cn-validator:schema:{name}"


def test_a_missing_property_is_faulted_at_its_own_place() -> None:
    (fault,) = faults({"required": ["a", "b"]}, "a: 1")
    assert (fault.keyword, fault.pointer, fault.value) == ("required", "/b", None)
    assert fault.message == '"b" is missing'


@pytest.mark.parametrize("keyword", ["additionalProperties", "unevaluatedProperties"])
def test_each_unknown_property_is_faulted_at_its_own_place(keyword: str) -> None:
    schema: dict[str, Json] = {"properties": {"a": True}, keyword: False}
    assert places(schema, "a: 1\nb: 2\nc: 3") == [(keyword, "/b"), (keyword, "/c")]


def test_a_property_known_through_a_reference_is_evaluated() -> None:
    schema: dict[str, Json] = {
        "$defs": {"base": {"properties": {"a": True}}},
        "$ref": "#/$defs/base",
        "unevaluatedProperties": False,
    }
    assert places(schema, "a: 1\nb: 2") == [("unevaluatedProperties", "/b")]


def test_a_schema_for_additional_properties_is_applied_to_them() -> None:
    schema: dict[str, Json] = {"additionalProperties": {"type": "integer"}}
    assert places(schema, "a: 1\nb: x") == [("type", "/b")]


def test_faults_come_in_document_order() -> None:
    schema: dict[str, Json] = {
        "properties": {"z": {"type": "integer"}, "a": {"type": "integer"}, "m": {"required": ["x"]}}
    }
    assert places(schema, "m: {}\nz: x\na: x") == [
        ("required", "/m/x"),
        ("type", "/z"),
        ("type", "/a"),
    ]


def test_what_two_schemas_demand_alike_is_faulted_once() -> None:
    schema: dict[str, Json] = {"required": ["a"], "allOf": [{"required": ["a", "b"]}]}
    assert places(schema, "b: 1") == [("required", "/a")]


@pytest.mark.parametrize(
    ("limits", "text", "keywords"),
    [
        ({"formatMinimum": "0"}, "'-0.01'", ["formatMinimum"]),
        ({"formatMinimum": "0"}, "'0.00'", []),
        ({"formatMaximum": "100"}, "'100.01'", ["formatMaximum"]),
        ({"formatMaximum": "100"}, "'9'", []),
        ({"formatMinimum": "0"}, "'not a number'", []),
        ({"formatMinimum": "0"}, "'NaN'", []),
    ],
)
def test_decimal_text_is_compared_as_the_number_it_says(
    limits: dict[str, Json], text: str, keywords: list[str]
) -> None:
    assert [fault.keyword for fault in faults(limits, text)] == keywords


def test_formats_are_checked() -> None:
    assert [fault.keyword for fault in faults({"format": "cn-integer"}, "'2.5 kg'")] == ["format"]


def test_a_fault_says_the_value_the_limit_and_its_schema() -> None:
    subschema: dict[str, Json] = {"maxLength": 2, "title": "a word"}
    (fault,) = faults({"properties": {"a": subschema}}, "a: long")
    assert (fault.value, fault.limit, dict(fault.subschema)) == ("long", 2, subschema)


def written(folder: Path, schema: object) -> str:
    path = folder / "shop.schema.json"
    path.write_text(json.dumps(schema), encoding="utf-8")
    return str(path)


def test_a_schema_of_a_shop_refers_to_ours_by_its_id(tmp_path: Path) -> None:
    base = "urn:cn-validator:schema:cn_purchase"
    schema = load_schema(written(tmp_path, {"allOf": [{"$ref": base}], "required": ["cart_id"]}))
    missing = [fault.pointer for fault in iter_schema_violations(read_yaml("{}", "file"), schema)]
    assert sorted(missing) == ["/cart_id", "/purchase_id", "/total_price", "/total_quantity"]


def test_a_schema_that_refers_to_itself_keeps_our_keywords() -> None:
    schema: dict[str, Json] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "required": ["b"],
        "properties": {"a": {"$ref": "#"}, "b": True},
        "additionalProperties": False,
    }
    assert places(schema, "a: {c: 1}\nb: 1") == [
        ("required", "/a/b"),
        ("additionalProperties", "/a/c"),
    ]


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "objct"}, ":1:10: not a JSON schema"),
        ([], ":1:1: not a JSON schema"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, ":1:13: only draft 2020-12"),
        (True, ":1:1: not a JSON schema: it must be an object"),
        ({"$ref": "#/$defs/nowhere"}, ":1:10: $ref leads nowhere: #/$defs/nowhere"),
        ({"$ref": "https://schema.test/a"}, ":1:10: $ref leads nowhere: https://schema.test/a"),
        ({"$ref": "urn:cn-validator:schema:no"}, ":1:10: $ref leads nowhere"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_at_its_place(
    tmp_path: Path, schema: object, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        load_schema(written(tmp_path, schema))
    assert message in str(refused.value)


def test_an_unknown_schema_is_refused_with_the_name_that_was_meant() -> None:
    with pytest.raises(InputError, match='cn_purchse: unknown schema: did you mean "cn_'):
        load_schema("cn_purchse")
