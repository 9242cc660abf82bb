"""Finds the elements that are most similar to a locator that found nothing, as YAML to paste.

The page is given as Playwright's ARIA snapshot: a text with one element in each line, such as
``- button "Place order" [disabled]``. https://playwright.dev/docs/aria-snapshots
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from validator.scenario.model.actions import CHECKABLE_ROLES, FIELD_ROLES, Action

MAX_CANDIDATES = 5
"""More candidates would not help to choose."""
MAX_NAME_LENGTH = 80
"""Characters; a locator may have the beginning of the element's name."""
_MAX_SNAPSHOT_LINES = 3_000
"""Limit for hostile pages, which may have any number of elements."""

_SNAPSHOT_LINE = re.compile(r'- ([a-z]+)(?: ("(?:[^"\\]|\\.)*"))?(?: \[[^\]]*\])*(?::(?: (.*))?)?')
_TEXT_ROLES = frozenset({"text", "paragraph", "strong", "emphasis", "cell", "listitem"})


@dataclass(frozen=True, slots=True)
class AriaElement:
    """One element of a page: its ARIA role, and its accessible name or text."""

    role: str
    name: str

    @property
    def yaml(self) -> str:
        """The locator of the element in the scenario language."""
        if self.role in _TEXT_ROLES:
            return f"{{text: {quote_for_yaml(self.name)}}}"
        return f"{{role: {self.role}, name: {quote_for_yaml(self.name)}}}"

    @property
    def is_field(self) -> bool:
        return self.role in FIELD_ROLES | CHECKABLE_ROLES


def quote_for_yaml(text: str) -> str:
    """Return a text in quotes, in which ``${`` is not read as the start of a variable."""
    return json.dumps(text[:MAX_NAME_LENGTH].strip(), ensure_ascii=False).replace("${", "$${")


def parse_aria_snapshot(snapshot: str) -> Iterator[AriaElement]:
    """Yield the elements of an ARIA snapshot from top to bottom, each once."""
    known: set[AriaElement] = set()
    for line in snapshot.split("\n", _MAX_SNAPSHOT_LINES)[:_MAX_SNAPSHOT_LINES]:
        found = _SNAPSHOT_LINE.fullmatch(_strip_yaml_quotes(line.strip()))
        if not found:
            continue
        role, name, text = found.groups()
        # An element that only contains others has neither name nor text: ``- listitem:``.
        seen = AriaElement(
            role, _unquote_name(name or (text if role in _TEXT_ROLES else None) or "")
        )
        if seen.name and seen not in known:
            known.add(seen)
            yield seen


def find_candidates(
    snapshot: str, action: Action | None, role: str, words: str, *, by_text: bool = False
) -> list[AriaElement]:
    """Return at most ``MAX_CANDIDATES`` elements that may have been meant, the likeliest first.

    ``role`` and ``words`` (a name, label or text) are from the locator; either may be empty.
    ``by_text`` tells that the locator looks for a text in any element.
    """
    roles = {role} if role else action.traits.target_roles if action else set[str]()
    scored = [
        (_score(seen, roles, words), -place, seen)
        for place, seen in enumerate(parse_aria_snapshot(snapshot))
        if by_text or seen.role not in _TEXT_ROLES
    ]
    fitting = [entry for entry in scored if entry[0] >= _ROLE_WEIGHT]
    return [
        seen for _, _, seen in sorted(fitting, reverse=True, key=lambda e: e[:2])[:MAX_CANDIDATES]
    ]


_ROLE_WEIGHT = 0.5
"""Score for a fitting role; similar words score 0 to 1."""
_MIN_WORD_LENGTH = 4
"""Letters; shorter words, such as articles, are in many names by chance."""


def _score(seen: AriaElement, roles: Collection[str], words: str) -> float:
    """Return the similarity of the words, plus a weight for a fitting role."""
    name, wanted = seen.name[:MAX_NAME_LENGTH].casefold(), words[:MAX_NAME_LENGTH].casefold()
    alike = SequenceMatcher(None, name, wanted).ratio() if wanted else 0.0
    shared = {word for word in wanted.split() if len(word) >= _MIN_WORD_LENGTH} & set(name.split())
    if wanted and (wanted in name or shared):
        alike = max(alike, 0.9)
    return alike + _ROLE_WEIGHT * (seen.role in roles)


def _strip_yaml_quotes(line: str) -> str:
    """Remove the single quotes that YAML needs around a key with a colon."""
    if not line.startswith("- '"):
        return line
    body = line[3:].removesuffix(":").removesuffix("'")
    return "- " + body.replace("''", "'")


def _unquote_name(text: str) -> str:
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        try:
            return str(json.loads(text))
        except ValueError:
            return text.strip('"')
    return text.strip()
