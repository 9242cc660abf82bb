"""What a page gives is checked at one place: its type, its length, its text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from validator.browser.page_values import (
    MAX_JSON_CHARS,
    UnexpectedValue,
    check_page_value,
    first_line,
    page_text,
    parse_page_json,
)

BOX = {"css": "p", "x": 1, "y": 2, "width": 3, "height": 4, "shown": True}
BOXES = {"width": 800, "height": 600, "viewport": [800, 600], "marks": [BOX]}
SCRIPT = {
    "present": False, "elements": 0, "loads": 0, "address": "", "failed": False, "heldAs": "",
    "version": None, "loaded": None, "read": None, "done": None, "violations": [],
    "configuration": {}, "shut": {}, "reading": None,
}  # fmt: skip
TAG = {
    "name": "cn_purchase", "placement": "document", "html": "<i>", "css": "i", "line": 1,
    "column": 1, "quirks": False, "texts": {}, "nearby": [], "appeared": 1.5,
    "changed": None, "foreign": "",
}  # fmt: skip
SNAPSHOT = {
    "tags": [TAG], "blank": False, "filled": True, "oversized": 0, "emptied": False, "xmlError": "",
    "readyState": "complete", "title": "t",
    "domContentLoaded": 1, "load": None, "origin": 1.8e12, "documentUrl": "https://shop.example",
    "routed": None, "removed": None, "pending": [{"what": "a timer", "ms": 50}], "begun": 1,
    "script": SCRIPT,
}  # fmt: skip


def test_a_value_that_fits_is_returned() -> None:
    assert check_page_value(BOXES, "boxes") == BOXES
    assert parse_page_json(json.dumps(SNAPSHOT), "snapshot") == SNAPSHOT


@pytest.mark.parametrize(
    "change",
    [
        {"tags": {}}, {"tags": [7]}, {"tags": [TAG] * 10_001}, {"blank": 0}, {"title": "t" * 501},
        {"readyState": "x"}, {"load": "x"}, {"load": -1}, {"load": 10**400}, {"more": 1},
        {"origin": None}, {"pending": [7]}, {"pending": [{"what": "a timer", "ms": "x"}]},
        {"tags": [{**TAG, "html": None}]}, {"tags": [{**TAG, "line": "x"}]},
        {"tags": [{**TAG, "appeared": "nope"}]}, {"tags": [{**TAG, "placement": "iframe"}]},
        {"tags": [{**TAG, "html": "x" * 2_000_001}]}, {"tags": [{**TAG, "nearby": ["x"] * 11}]},
        {"script": []}, {"script": {**SCRIPT, "loads": 1e300}}, {"script": {**SCRIPT, "read": {}}},
        {"script": {**SCRIPT, "violations": [{"directive": {}, "blocked": 1}]}},
        {"script": {**SCRIPT, "configuration": {"token": {"a": 1}}}},
    ],
)  # fmt: skip
def test_a_snapshot_of_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedValue):
        parse_page_json(json.dumps(SNAPSHOT | change), "snapshot")


@pytest.mark.parametrize(
    "text",
    [None, 7, {}, "", "[", "[" * 100_000, "NaN", "1" * 5_000, " " * (MAX_JSON_CHARS + 1)],
)
def test_what_is_no_json_is_refused(text: object) -> None:
    with pytest.raises(UnexpectedValue):
        parse_page_json(text, "snapshot")


def test_no_text_of_a_value_has_half_a_character() -> None:
    halves = {**SNAPSHOT, "title": "a\ud800b", "tags": [{**TAG, "texts": {"0": "\udfff"}}]}
    seen = parse_page_json(json.dumps(halves), "snapshot")
    assert seen["title"] == "a\ufffdb"
    assert seen["tags"][0]["texts"] == {"0": "\ufffd"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [("abcdef", "abcd"), ("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "😀"), (7, ""), (None, "")],
)
def test_a_text_is_cut_and_whole(value: object, shown: str) -> None:
    assert page_text(value, 4) == shown


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("Error: a\n  at b", "Error: a"),
        ("", "the browser gave no reason"),
        ("\n", "the browser gave no reason"),
    ],
)
def test_an_error_has_a_first_line(message: str, line: str) -> None:
    assert first_line(message) == line
