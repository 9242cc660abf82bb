from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.contract.fields import parse_tag_schema
from validator.contract.schema import load_schema
from validator.core.errors import InputError


def test_the_tag_is_described_by_its_schema() -> None:
    tag = parse_tag_schema(load_schema("cn_purchase"))
    assert (tag.key, tag.at("/total_price").drop) == ("purchase", "purchase")
    assert tag.at("/product_basket_item").key == "products"
    assert tag.at("/product_basket_item/3/category/0").is_list
    assert [field.name for field in tag.fields.values() if field.is_required] == [
        "purchase_id",
        "total_quantity",
        "total_price",
    ]


def test_an_unknown_field_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        parse_tag_schema(load_schema("cn_purchase")).at("/nothing")


def test_a_shop_tightens_the_contract_with_a_schema_of_its_own(tmp_path: Path) -> None:
    own = {
        "allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}],
        "required": ["cart_id"],
        "properties": {
            "purchase_id": {"$ref": "#/$defs/order", "x-key": "order"},
            "store": {"type": "string"},
        },
        "$defs": {"order": {"pattern": "^ES-"}},
    }
    path = tmp_path / "own.json"
    path.write_text(json.dumps(own))
    tag = parse_tag_schema(load_schema(str(path)))
    assert tag.key == "purchase"
    assert (tag.at("/purchase_id").key, tag.at("/purchase_id").drop) == ("order", "purchase")
    assert tag.at("/cart_id").is_required
    assert tag.at("/store").read == "not-read"
    assert tag.at("/product_basket_item/0/price").is_required


def own_schema(folder: Path, schema: object) -> str:
    path = folder / "own.json"
    path.write_text(json.dumps(schema, indent=1))
    return str(path)


@pytest.mark.parametrize("schema", [{}, {"type": "array"}, {"properties": {"a": {}, "b": True}}])
def test_a_schema_of_no_tag_is_refused(tmp_path: Path, schema: object) -> None:
    with pytest.raises(InputError, match="does not describe the fields of a tag"):
        parse_tag_schema(load_schema(own_schema(tmp_path, schema)))


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        ({"$ref": "#"}, 2),
        ({"properties": {"a": {"$ref": "#"}}}, 4),
        ({"properties": {"a": {"items": {"allOf": [{"$ref": "#/properties/a"}]}}}}, 7),
        (
            {
                "$ref": "#/$defs/a",
                "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
            },
            8,
        ),
    ],
)
def test_a_schema_that_never_ends_is_refused(tmp_path: Path, schema: object, line: int) -> None:
    with pytest.raises(InputError, match=rf"own\.json:{line}:\d+: .*refers to itself"):
        parse_tag_schema(load_schema(own_schema(tmp_path, schema)))


def test_a_part_that_is_used_twice_does_not_refer_to_itself(tmp_path: Path) -> None:
    ours = {"$ref": "urn:cn-validator:schema:cn_purchase"}
    tag = parse_tag_schema(load_schema(own_schema(tmp_path, {"allOf": [ours, ours]})))
    assert tag.at("/total_price").drop == "purchase"


def test_a_bad_regular_expression_is_refused(tmp_path: Path) -> None:
    schema = {"properties": {"pattern": {"pattern": "ok"}, "cart_id": {"pattern": "a("}}}
    with pytest.raises(InputError, match=r"own\.json:7:\d+: not a regular expression"):
        load_schema(own_schema(tmp_path, schema))
