"""A contract that demands what no tag could ever break is refused where it says so."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from validator.contract.contracts import Contracts
from validator.core.errors import InputError

OURS: dict[str, Any] = {"allOf": [{"$ref": "urn:cn-validator:schema:cn_purchase"}]}


def contract(folder: Path, schema: Any, tag: str = "cn_purchase") -> Contracts:
    path = folder / "own.json"
    path.write_text(json.dumps(schema, indent=1))
    return Contracts(own=MappingProxyType({tag: str(path)}))


def refused(folder: Path, schema: Any, tag: str = "cn_purchase") -> list[str]:
    with pytest.raises(InputError) as error:
        contract(folder, schema, tag).fields(tag)
    assert all(each.location and each.location.line for each in error.value.findings)
    return [each.message for each in error.value.findings]


def fields(**properties: Any) -> dict[str, Any]:
    return {**OURS, "properties": properties}


def of_items(**says: Any) -> dict[str, Any]:
    return fields(product_basket_item={"items": says})


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (fields(total_price={"minimum": 5}), '"minimum" is for numbers, and total_price is text'),
        (
            fields(total_price={"not": {"multipleOf": 7}}),
            '"multipleOf" is for numbers, and total_price is text',
        ),
        (
            fields(total_price={"anyOf": [{"maximum": 7}]}),
            '"maximum" is for numbers, and total_price is text',
        ),
        (fields(my_own={"minimum": 5}), '"minimum" is for numbers, and my_own is text'),
        (
            fields(total_price={"type": "number"}),
            "total_price is text, and never of type number",
        ),
        (
            fields(cart_id={"type": ["integer", "null"]}),
            "cart_id is text, and never of type integer or null",
        ),
        (
            fields(product_basket_item={"minLength": 5}),
            '"minLength" is for text, and product_basket_item is a list',
        ),
        (fields(purchase_id={"maxItems": 0}), '"maxItems" is for lists, and purchase_id is text'),
        (
            fields(payment_metod={"enum": ["Card"]}),
            'cn_purchase has no field "payment_metod": did you mean "payment_method"?',
        ),
        (
            {**OURS, "required": ["cart_di"]},
            'cn_purchase has no field "cart_di": did you mean "cart_id"?',
        ),
        (
            of_items(properties={"brnd": {"minLength": 9}}),
            'product_basket_item has no field "brnd": did you mean "brand"?',
        ),
        (
            of_items(properties={"category": {"items": {"minimum": 1}}}),
            '"minimum" is for numbers, and category is text',
        ),
        (
            {
                **fields(total_price={"$ref": "#/$defs/amount"}),
                "$defs": {"amount": {"exclusiveMinimum": 0}},
            },
            '"exclusiveMinimum" is for numbers, and total_price is text',
        ),
    ],
)
def test_what_demands_nothing_is_refused(tmp_path: Path, schema: Any, message: str) -> None:
    assert refused(tmp_path, schema) == [message]


def test_the_contract_of_another_tag_is_refused(tmp_path: Path) -> None:
    message = "this is the contract of cn_purchase, and it is used for cn_cart"
    assert refused(tmp_path, OURS, "cn_cart") == [message]


@pytest.mark.parametrize(
    "schema",
    [
        OURS,
        fields(total_price={"type": "string", "formatMinimum": "5", "pattern": "^[0-9.]+$"}),
        fields(payment_method={"type": ["string", "null"], "enum": ["Card"]}),
        fields(
            product_basket_item={"type": "array", "minItems": 1, "items": {"required": ["tag"]}}
        ),
        fields(my_own={"minLength": 1}, my_list={"type": "array", "minItems": 2}),
        of_items(properties={"custom_field_4": {"minLength": 1}}),
        {**OURS, "minProperties": 4, "dependentRequired": {"cart_id": ["payment_method"]}},
    ],
)
def test_what_a_tag_could_break_is_accepted(tmp_path: Path, schema: Any) -> None:
    assert contract(tmp_path, schema).fields("cn_purchase").name == "cn_purchase"


def test_a_tag_that_nobody_documents_may_have_the_fields_of_another(tmp_path: Path) -> None:
    assert contract(tmp_path, OURS, "my_purchase").fields("my_purchase").name == "my_purchase"
