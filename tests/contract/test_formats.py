from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from validator.contract.contracts import Contracts, documented_tags
from validator.contract.fields import Field
from validator.contract.formats import FORMAT_CHECKER, is_iso_8601
from validator.contract.schema import SCHEMA_FOLDER, iter_schema_violations, load_schema
from validator.core.document import Document, Json

TAGS = (*documented_tags(), "cn_product_basket_item")
BAD = {
    "cn-decimal": ["1,5", "1 000", "€1", "1e3", "1.", ".5", "+1", "NaN", "Infinity", "٣", "1_0"],
    "cn-integer": ["1.5", "1,000", "3 units", "+1", "1e3"],
    "cn-date-time": [
        "13/09/2024",
        "2024-13-01",
        "2023-02-29",
        "2024-09-13T24:01:00Z",
        "2024-09-13T10:61Z",
        "2024-09-13T10:49:31+25:00",
        "2024-09-13 at 10",
        "20240913",
        "2024-9-13",
    ],
    "cn-url": [
        "/a",
        "//shop.test/a",
        "shop.test",
        "ftp://shop.test",
        "https://",
        "http://a b/",
        "https://shop.test:x/",
        "http://[::1",
    ],
    "cn-availability": ["yes", "in stock", "discontinued"],
    "cn-email": ["Ada", "@example.org", "ada@example", "Ada <ada@example.org>", "a@b.c, d@e.f"],
}
GOOD = {
    "cn-decimal": ["180.75", "180.750000", "0", "-5"],
    "cn-integer": ["3", "-1", "007"],
    "cn-date-time": [
        "2024-09-13T10:49:31Z",
        "2017-09-29 14:12:37.430Z",
        "2019-04-13T08:35:53+0200",
        "2019-04-13T08:35:53+02:00",
        "2019-04-13T08:35:53.1234567",
        "2024-02-29",
    ],
    "cn-url": ["http://a", "https://shop.test:8443/é?x=1#y", "http://127.0.0.1/"],
    "cn-availability": ["InStock", "outofstock", "INSTOCK"],
    "cn-email": ["ada@example.org", "ada+news@mail.example.co.uk", "ñandú@correo.example"],
}  # fmt: skip


def subschemas(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from subschemas(value)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts]
)
def test_a_bad_text_is_caught(name: str, text: str) -> None:
    assert not FORMAT_CHECKER.conforms(text, name)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts]
)
def test_a_good_text_passes(name: str, text: str) -> None:
    assert FORMAT_CHECKER.conforms(text, name)


@pytest.mark.parametrize("name", BAD)
def test_an_empty_text_is_no_matter_of_format(name: str) -> None:
    assert FORMAT_CHECKER.conforms("", name)


@pytest.mark.parametrize("name", TAGS)
def test_every_format_a_schema_names_is_known(name: str) -> None:
    used = {node["format"] for node in subschemas(load_schema(name).data) if "format" in node}
    assert used <= set(FORMAT_CHECKER.checkers) & set(BAD)


@pytest.mark.parametrize("name", TAGS)
def test_a_tag_schema_is_a_valid_schema(name: str) -> None:
    text = (SCHEMA_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("name", TAGS)
def test_the_schema_allows_its_own_examples(name: str) -> None:
    schema = load_schema(name)
    properties: dict[str, Any] = dict(schema.data["properties"])  # type: ignore[arg-type]
    for field, declared in properties.items():
        for example in declared.get("examples", []):
            found = iter_schema_violations(Document(name, {field: example}), schema)
            assert [fault for fault in found if fault.keyword != "required"] == []


@pytest.mark.parametrize("name", TAGS)
def test_every_field_says_where_it_is_documented(name: str) -> None:
    properties: dict[str, Any] = dict(load_schema(name).data["properties"])  # type: ignore[arg-type]
    for declared in properties.values():
        # What is taken from another schema says it there.
        assert {"title", "description", "x-source"} <= set(declared) or "$ref" in declared


def values_by_format(tag: Field, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield the place of each field that has a format, and its name."""
    for name, field in tag.fields.items():
        if field.fields:
            yield from values_by_format(field, f"{at}/{name}/0")
        elif field.format in BAD:
            yield f"{at}/{name}", field.format


def with_value(at: str, text: str) -> Json:
    """Return a tag's data with nothing in it but a value at a place."""
    data: Json = text
    for name in reversed(at.split("/")[1:]):
        data = [data] if name.isdecimal() else {name: data}
    return data


@pytest.mark.parametrize(
    ("tag", "at", "name"),
    [
        (tag, at, name)
        for tag in documented_tags()
        for at, name in values_by_format(Contracts().fields(tag))
    ],
)
def test_each_field_of_each_tag_catches_a_bad_text_of_its_format(
    tag: str, at: str, name: str
) -> None:
    def is_caught(text: str) -> bool:
        found = iter_schema_violations(Document(tag, with_value(at, text)), load_schema(tag))
        return (at, "format") in [(fault.pointer, fault.keyword) for fault in found]

    assert all(map(is_caught, BAD[name]))
    assert not any(map(is_caught, GOOD[name]))


@pytest.mark.parametrize(
    "text",
    [
        *("20261125T083553Z", "2026-11-25T08:35:53,123Z", "2026-W48-3", "2026W483", "2026"),
        *("2026-11", "2026-329", "2026-11-25T24:00:00", "2026-11-25 24:00Z", "20261125"),
        *("2026-11-25t08:35:53z", "2026-11-25T08Z", "20261125T0835+0100"),
    ],
)
def test_a_date_in_a_rare_form_is_iso_8601_and_not_documented(text: str) -> None:
    assert is_iso_8601(text)
    assert not FORMAT_CHECKER.conforms(text, "cn-date-time")


@pytest.mark.parametrize(
    "text",
    [
        *("", "T", "2026-13", "2026-02-30", "2026-W54-1", "2026-000", "2026-367", "20261325"),
        *("2026-11-25T25:00", "2026-11-25T24:01", "2026-11-25x08:35", "25.11.2026", "11/25/2026"),
        *("1732522553", "2026-11-25T", "2026-11-25T08:35:53+99:00", "26-11-25", "٢٠٢٦"),
    ],
)
def test_what_is_no_date_is_not_iso_8601(text: str) -> None:
    assert not is_iso_8601(text)
