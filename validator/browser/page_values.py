"""The boundary for values that come from a page: nothing else reads what a page gives.

A page's scripts may replace the functions that a value is made with, so neither type nor length
of it is certain. What scripts of ours give must fit its schema in ``page_values.schema.json``;
texts are cut, and made well-formed.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NoReturn

from jsonschema import Draft202012Validator

from validator.core.unicode import well_formed, well_formed_json

MAX_JSON_CHARS = 20_000_000
"""Characters of the JSON that one evaluation may give."""
MAX_LINE_CHARS = 1_000
_MAX_DEPTH = 30

ValueName = Literal["snapshot", "boxes", "buttons"]


class UnexpectedValue(ValueError):  # noqa: N818 - a state of the page, not an error of ours
    """A page gave something else than was asked for."""


def parse_page_json(text: object, name: ValueName) -> Any:
    """Return the value of JSON that a page gave. Raises UnexpectedValue if it does not fit."""
    if not isinstance(text, str) or len(text) > MAX_JSON_CHARS:
        raise UnexpectedValue
    try:
        value = json.loads(text, parse_constant=_reject_constant)
    except (ValueError, RecursionError) as error:
        raise UnexpectedValue from error
    return check_page_value(value, name)


def check_page_value(value: object, name: ValueName) -> Any:
    """Return a value that a page gave. Raises UnexpectedValue if it does not fit its schema."""
    if not _validator(name).is_valid(value):
        raise UnexpectedValue
    return well_formed_json(value)


def page_text(value: object, most: int) -> str:
    """Return a text that a page gave, cut to ``most`` characters; "" for anything else."""
    return well_formed(value[:most]) if isinstance(value, str) else ""


def first_line(message: str) -> str:
    """Return what an error says first. A page can throw anything, also an empty text."""
    lines = page_text(message, MAX_LINE_CHARS).strip().splitlines()
    return lines[0] if lines else "the browser gave no reason"


def is_shallow(value: object) -> bool:
    """Tell whether data is nested no deeper than any purchase: what walks it may call itself."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return not level


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(name)


@cache
def _validator(name: ValueName) -> Draft202012Validator:
    text = files("validator.browser").joinpath("page_values.schema.json").read_text("utf-8")
    return Draft202012Validator({**json.loads(text), "$ref": f"#/$defs/{name}"})
