"""Reads the properties of a style attribute that change how text is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

CSS_WIDE_KEYWORDS = frozenset(["inherit", "initial", "unset", "revert", "revert-layer"])
"""Values that every property has."""
INHERITING_VALUES = frozenset(["inherit", "unset", "var()"])
"""Values by which a property that children inherit is what it is around the element."""
_DISPLAYS = (
    "none block inline run-in flow flow-root table flex grid ruby math list-item contents"
    " inline-block inline-table inline-flex inline-grid table-row-group table-header-group"
    " table-footer-group table-row table-cell table-column-group table-column table-caption"
    " ruby-base ruby-text -webkit-box -webkit-inline-box -webkit-flex -webkit-inline-flex"
)
_DISPLAY_PAIR_TEXT = "block inline flow flow-root table flex grid ruby math list-item"
_VALUES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "display": frozenset(_DISPLAYS.split()),
        "float": frozenset(["none", "left", "right", "inline-start", "inline-end"]),
        "position": frozenset(["static", "relative", "absolute", "fixed", "sticky"]),
        "visibility": frozenset(["visible", "hidden", "collapse"]),
        "text-transform": frozenset(["none", "capitalize", "uppercase", "lowercase"]),
        "white-space": frozenset(
            ["normal", "nowrap", "pre", "pre-wrap", "pre-line", "break-spaces"]
        ),
    }
)
_DISPLAY_PAIR_VALUES = frozenset(_DISPLAY_PAIR_TEXT.split())
"""Values of display that may stand beside one another."""
_RELEVANT_PROPERTY = re.compile("|".join((*_VALUES, r"\\")), re.IGNORECASE)
MAX_STYLE_CHARS = 10_000
NO_DECLARATIONS: Mapping[str, str] = MappingProxyType({})


def parse_declarations(style: str) -> Mapping[str, str]:
    """Return the properties that matter to a text, such as display, as far as a style sets them.

    Of several valid values the last one counts, an important one before others. A value that
    is known to the live page only, as ``var(--x)``, is "var()". A longer style than
    ``MAX_CHARS`` is cut there.
    """
    return (
        _parse_style(style[:MAX_STYLE_CHARS])
        if _RELEVANT_PROPERTY.search(style)
        else NO_DECLARATIONS
    )


@lru_cache(maxsize=1024)
def _parse_style(style: str) -> Mapping[str, str]:
    # Imported here: few pages have a style that matters.
    import tinycss2

    found: dict[str, tuple[bool, str]] = {}
    for node in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
        if node.type != "declaration" or node.lower_name not in _VALUES:
            continue
        value = _parse_value(node.lower_name, node.value)
        if value and (node.important or not found.get(node.lower_name, (False,))[0]):
            found[node.lower_name] = node.important, value
    return MappingProxyType({name: value for name, (_, value) in found.items()})


def _parse_value(name: str, tokens: list[Any]) -> str:
    """Return a valid value in lower case, and nothing for others: browsers ignore these."""
    tokens = [token for token in tokens if token.type not in ("whitespace", "comment")]
    if any(token.type == "function" and token.lower_name in ("var", "env") for token in tokens):
        return "var()"
    if not all(token.type == "ident" for token in tokens):
        return ""
    words = [token.lower_value for token in tokens]
    if len(words) == 1:
        return words[0] if words[0] in _VALUES[name] | CSS_WIDE_KEYWORDS else ""
    is_pair = (
        name == "display"
        and len(set(words)) == len(words) <= 3
        and _DISPLAY_PAIR_VALUES.issuperset(words)
    )
    return " ".join(words) if is_pair else ""
