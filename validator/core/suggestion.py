"""Finds the known name that a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

DEFAULT_CUTOFF = 0.6
"""The share of a name that must be the same: the default of ``difflib``."""


def find_similar(name: str, known: Iterable[str], *, cutoff: float = DEFAULT_CUTOFF) -> str:
    """Return the most similar of the known names, or "" where none is similar enough."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=cutoff)), "")


def suggest(name: str, known: Iterable[str], *, cutoff: float = DEFAULT_CUTOFF) -> str:
    """Return a question to put after a message, or "" where no known name is similar enough.

    ``did you mean "check"?``
    """
    similar = find_similar(name, known, cutoff=cutoff)
    return f'did you mean "{similar}"?' if similar else ""
