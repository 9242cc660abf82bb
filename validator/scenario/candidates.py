"""What on a page comes nearest to a locator that found nothing, as YAML to paste.

Pure: what is on the page comes as Playwright's ARIA snapshot, a text with one element a line, such
as ``- button "Place order" [disabled]``. https://playwright.dev/docs/aria-snapshots
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from validator.scenario.model.actions import CHECKABLE_ROLES, FIELD_ROLES, Action

MAX_CANDIDATES = 5
"""More candidates help nobody to choose."""
MAX_NAME_LENGTH = 80
"""Characters; a locator's name may be the beginning of the element's."""
_MAX_SNAPSHOT_LINES = 3_000
"""Of a snapshot: a hostile page may have any number of elements."""

_SNAPSHOT_LINE = re.compile(r'- ([a-z]+)(?: ("(?:[^"\\]|\\.)*"))?(?: \[[^\]]*\])*(?::(?: (.*))?)?')
_TEXT_ROLES = frozenset({"text", "paragraph", "strong", "emphasis", "cell", "listitem"})


@dataclass(frozen=True, slots=True)
class AriaElement:
    """One element of a page: its ARIA role, and its accessible name or its text."""

    role: str
    name: str

    @property
    def yaml(self) -> str:
        """The locator that finds it, in the scenario language."""
        if self.role in _TEXT_ROLES:
            return f"{{text: {quote_for_yaml(self.name)}}}"
        return f"{{role: {self.role}, name: {quote_for_yaml(self.name)}}}"

    @property
    def is_field(self) -> bool:
        return self.role in FIELD_ROLES | CHECKABLE_ROLES


def quote_for_yaml(text: str) -> str:
    """Text as YAML and the language read it back: quoted, and ``${`` no variable."""
    return json.dumps(text[:MAX_NAME_LENGTH].strip(), ensure_ascii=False).replace("${", "$${")


def parse_aria_snapshot(snapshot: str) -> Iterator[AriaElement]:
    """Yield what an ARIA snapshot tells of, from top to bottom, each once."""
    told: set[AriaElement] = set()
    for line in snapshot.split("\n", _MAX_SNAPSHOT_LINES)[:_MAX_SNAPSHOT_LINES]:
        found = _SNAPSHOT_LINE.fullmatch(_strip_yaml_quotes(line.strip()))
        if not found:
            continue
        role, name, text = found.groups()
        # An element that only holds others has neither name nor text: ``- listitem:``.
        seen = AriaElement(
            role, _unquote_name(name or (text if role in _TEXT_ROLES else None) or "")
        )
        if seen.name and seen not in told:
            told.add(seen)
            yield seen


def find_candidates(
    snapshot: str, action: Action | None, role: str, words: str, *, by_text: bool = False
) -> list[AriaElement]:
    """Return at most ``MOST`` elements that an action may have meant, the likeliest first.

    ``role`` and ``words`` (its name, label or text) are what the locator said; either may be empty.
    ``by_text`` tells that it looked for any text.
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
"""What the right kind of element is worth; likeness of words is worth 0 to 1."""
_MIN_WORD_LENGTH = 4
"""Letters; shorter ones, such as an article, are in many names by chance."""


def _score(seen: AriaElement, roles: Collection[str], words: str) -> float:
    """How alike the words are, and whether the kind is right."""
    name, wanted = seen.name[:MAX_NAME_LENGTH].casefold(), words[:MAX_NAME_LENGTH].casefold()
    alike = SequenceMatcher(None, name, wanted).ratio() if wanted else 0.0
    shared = {word for word in wanted.split() if len(word) >= _MIN_WORD_LENGTH} & set(name.split())
    if wanted and (wanted in name or shared):
        alike = max(alike, 0.9)
    return alike + _ROLE_WEIGHT * (seen.role in roles)


def _strip_yaml_quotes(line: str) -> str:
    """Undo the single quotes that YAML wants around a key with a colon in it."""
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
