"""A contract that would demand nothing, or never end, is refused where it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from validator.contract.contracts import Contracts
from validator.contract.schema import iter_schema_violations, load_schema
from validator.contract.schema_lint import KEYWORDS, MAX_REFERENCE_CHAIN, iter_subschemas
from validator.core.document import Document
from validator.core.errors import InputError

OURS: dict[str, Any] = {"$ref": "urn:cn-validator:schema:cn_purchase"}


def refused(folder: Path, schema: Any) -> list[str]:
    """Return line and message of all that is wrong with a schema; each key has its line."""
    path = folder / "own.json"
    path.write_text(json.dumps(schema, indent=1))
    with pytest.raises(InputError) as error:
        load_schema(str(path))
    for finding in error.value.findings:
        assert finding.location is not None
        assert finding.location.column
        assert finding.snippet.strip()
    return [f"{f.location.line}: {f.message}" for f in error.value.findings if f.location]


def cart_id(**says: Any) -> dict[str, Any]:
    return {**OURS, "properties": {"cart_id": says}}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({**OURS, "requird": []}, '3: unknown keyword "requird": did you mean "required"?'),
        (cart_id(minLenght=3), '5: unknown keyword "minLenght": did you mean "minLength"?'),
        (cart_id(definitions={}), '5: unknown keyword "definitions"'),
        (cart_id(**{"$id": "urn:x"}), "5: $id is for the whole schema only"),
        (cart_id(format="cn-uri"), '5: there is no format "cn-uri": did you mean "cn-url"?'),
        (cart_id(format="email"), '5: there is no format "email": did you mean "cn-email"?'),
        (cart_id(format="hostname"), '5: there is no format "hostname"'),
        (cart_id(formatMinimum="one"), "5: formatMinimum must be a number"),
        (cart_id(pattern="["), "5: not a regular expression: unterminated character set"),
        (
            {**OURS, "patternProperties": {"(": {}}},
            "4: not a regular expression: missing ), unterminated subpattern",
        ),
        ({**cart_id(**{"$ref": "#/title"}), "title": "a"}, "5: $ref leads nowhere: #/title"),
        (cart_id(**{"$ref": "other.json"}), "5: $ref leads nowhere: other.json"),
        (
            cart_id(**{"$ref": "urn:cn-validator:schema:cn_purchase#/titel"}),
            "5: $ref leads nowhere: urn:cn-validator:schema:cn_purchase#/titel",
        ),
        (
            {**cart_id(**{"$ref": "#/$defs/odrer"}), "$defs": {"order": {}}},
            '5: $ref leads nowhere: #/$defs/odrer: did you mean "#/$defs/order"?',
        ),
    ],
)  # fmt: skip
def test_what_json_schema_lets_pass_is_refused_with_its_place(
    tmp_path: Path, schema: Any, said: str
) -> None:
    assert refused(tmp_path, schema) == [said]


@pytest.mark.parametrize(
    "schema",
    [
        cart_id(anyOf=[{"$ref": "#/properties/cart_id"}]),
        cart_id(**{"not": {"$ref": "#/properties/cart_id"}}),
        {**OURS, "oneOf": [{"$ref": "#"}]},
        {**OURS, "dependentSchemas": {"cart_id": {"$ref": "#"}}},
        {**OURS, "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}},
    ],
)
def test_a_schema_that_would_never_end_is_refused(tmp_path: Path, schema: Any) -> None:
    (said,) = refused(tmp_path, schema)
    assert said.endswith("this schema refers to itself, without end")


def test_a_schema_may_describe_what_is_nested_in_itself(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(cart_id(properties={"cart_id": {"$ref": "#"}})))
    assert load_schema(str(path)).name == "own.json"


BY_ANCHOR = {**OURS, "$defs": {"short": {"$anchor": "short", "maxLength": 3}}}


@pytest.mark.parametrize("reference", ["#short", "#/$defs/short", "#/%24defs/short"])
def test_a_reference_may_name_an_anchor(tmp_path: Path, reference: str) -> None:
    path = tmp_path / "own.json"
    schema = {**BY_ANCHOR, "properties": {"cart_id": {"$ref": reference}}}
    path.write_text(json.dumps(schema))
    own = load_schema(str(path))
    assert own.anchors == {"short": "/$defs/short"}
    page = Document("page", {"cart_id": "1234"})
    assert "1234" in [violation.value for violation in iter_schema_violations(page, own)]
    assert Contracts({"cn_purchase": str(path)}).fields("cn_purchase").fields["cart_id"].key


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (
            {**BY_ANCHOR, "properties": {"cart_id": {"$ref": "#shrt"}}},
            '11: $ref leads nowhere: #shrt: did you mean "#short"?',
        ),
        (cart_id(**{"$ref": "#%2Ftitle"}), "5: $ref leads nowhere: #%2Ftitle"),
        (
            {**OURS, "$defs": {"a": {"$anchor": "b"}, "b": {"$anchor": "b"}}},
            '5: $anchor "b" is used more than once',
        ),
        (
            {**OURS, "$defs": {"a": {"$anchor": "a", "allOf": [{"$ref": "#a"}]}}},
            "8: this schema refers to itself, without end",
        ),
    ],
)
def test_a_wrong_anchor_is_refused(tmp_path: Path, schema: Any, said: str) -> None:
    assert refused(tmp_path, schema) == [said]


def test_the_limits_behind_an_anchor_are_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    tall = {"$anchor": "tall", "minimum": 3}
    path.write_text(
        json.dumps({**OURS, "properties": {"cart_id": {"$ref": "#tall"}}, "$defs": {"t": tall}})
    )
    with pytest.raises(InputError, match='"minimum" is for numbers, and cart_id is text'):
        Contracts({"cn_purchase": str(path)}).fields("cn_purchase")


def test_many_misdirected_references_take_no_quadratic_time(tmp_path: Path) -> None:
    properties = {f"p{index}": {"$ref": f"#/$defs/x{index}"} for index in range(2_000)}
    assert len(refused(tmp_path, {"properties": properties})) == 2_000


def test_a_long_way_of_references_is_refused(tmp_path: Path) -> None:
    steps: dict[str, Any] = {
        f"s{n}": {"$ref": f"#/$defs/s{n + 1}"} for n in range(MAX_REFERENCE_CHAIN + 2)
    }
    schema = {**OURS, "$defs": {**steps, f"s{MAX_REFERENCE_CHAIN + 2}": {}}}
    (said,) = refused(tmp_path, schema)
    assert said.endswith(f"more than {MAX_REFERENCE_CHAIN} references in a row")


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    schema = {**cart_id(pattern="[", format="email"), "requird": []}
    assert [said.partition(":")[0] for said in refused(tmp_path, schema)] == ["5", "6", "9"]


def test_names_of_properties_and_values_are_no_keywords(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    schema = {**cart_id(enum=[{"requird": 1}], default={"a": 1}), "x-anything": {"b": 2}}
    path.write_text(json.dumps(schema))
    assert load_schema(str(path)).data["x-anything"] == {"b": 2}


def test_every_keyword_that_may_hold_schemas_is_walked_into() -> None:
    inner: dict[str, Any] = {"title": "inner"}
    for keyword in KEYWORDS:
        whole: dict[str, dict[str, Any]] = {
            "one": {keyword: inner},
            "list": {keyword: [inner]},
            "named": {keyword: {"name": inner}},
        }
        found = {
            shape
            for shape, schema in whole.items()
            if inner in dict(iter_subschemas(schema)).values()
        }
        assert len(found) <= 1, keyword
