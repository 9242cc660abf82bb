"""Ids of orders as text, and the ids that a spreadsheet has shortened."""

from __future__ import annotations

import re

SHORTENED_PATTERN = r"[+-]?[0-9](?:[.,][0-9]+)?[Ee][+][0-9]+|[0-9][.,][0-9]+[Ee][0-9]+"
"""What a spreadsheet, or a program that takes ids for numbers, makes of a long id."""
SHORTENED_MESSAGE = "was shortened by a spreadsheet: digits are lost; export the ids as text"
EXACT_DIGITS = 15
"""A spreadsheet keeps so many digits of a number and puts zeros in the place of the others."""


def is_shortened(text: str) -> bool:
    """Return whether an id is in scientific notation."""
    return re.fullmatch(SHORTENED_PATTERN, text) is not None
