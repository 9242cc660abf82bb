"""Makes untrusted text safe to show: text of pages, file names and URLs.

Characters that could move the cursor, colour the terminal, hide or reorder letters are shown as
escapes such as ``\\x1b`` or ``\\u202e``: an invisible character is often the fault itself.
"""

from __future__ import annotations

import re
import unicodedata

# Invisible, although str.isprintable is true for them: joiners, fillers, blanks, and all variation
# selectors but the two that choose how an emoji looks.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0)))
)

# https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ASCII_REPLACEMENTS = str.maketrans(
    {
        "✓": "+",
        "✗": "x",
        "·": "-",
        "→": "->",
        "│": "|",
        "─": "-",
        "…": "...",
        "\N{EN DASH}": "-",
        "—": "-",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "“": '"',
        "”": '"',
    }
)


def sanitize(text: str, limit: int = 400) -> str:
    """Return the text on one line, with invisible characters escaped, cut to ``limit``
    characters."""
    head = text[:limit]
    if not head.isprintable() or not _INVISIBLE.isdisjoint(head):
        head = "".join(map(_escape_invisible, head))
    return head if len(text) <= limit else f"{head}… ({len(text):,} characters)"


_NOT_SHOWN = re.compile(r"[^\n\t\x20-\x7e]")
_COLOR = re.compile(r"(\x1b\[[\d;]*m)")


def sanitize_lines(text: str, *, color: bool = False) -> str:
    """Return lines of text with invisible characters escaped; ``color`` keeps colours.

    This is for whole outputs, as a last line of defence: each text of a page, a file or an
    argument in them is sanitized on its own.
    """
    if color:
        pieces = _COLOR.split(text)
        pieces[::2] = map(sanitize_lines, pieces[::2])
        return "".join(pieces)
    return _NOT_SHOWN.sub(lambda found: _json_escape(found[0]), text)


def _json_escape(character: str) -> str:
    """Escape a character in the way that JSON allows, since the text may be JSON."""
    shown = _escape_invisible(character)
    return f"\\u{ord(character):04x}" if shown.startswith("\\x") else shown


def _escape_invisible(character: str) -> str:
    if character.isprintable() and character not in _INVISIBLE:
        return character
    return _unicode_escape(character)


def _unicode_escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def sanitize_xml(text: str) -> str:
    """Return the text with characters that XML 1.0 does not allow as escapes."""
    return _NOT_XML.sub(lambda found: _unicode_escape(found[0]), text)


def fit_encoding(text: str, encoding: str) -> str:
    """Return the text as an encoding can represent it: ASCII where it has no Unicode."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return (
            text.translate(_ASCII_REPLACEMENTS)
            .encode(encoding, "backslashreplace")
            .decode(encoding)
        )
    return text


def terminal_width(text: str) -> int:
    """Return how many terminal columns the text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def source_excerpt(line: str, column: int | None, width: int) -> tuple[str, int]:
    """Return a source line without indentation, cut to ``width`` columns around ``column``.

    The number is the position of the caret in the excerpt, counted from zero.
    """
    line = line.rstrip()
    indentation = len(line) - len(line.lstrip())
    at = min(max((column or 1) - 1, indentation), len(line))
    start = indentation if at - indentation < width * 2 // 3 else at - width // 3
    before = _sanitize_code(line[start:at])
    while terminal_width(before) > width * 2 // 3:
        start += 1
        before = _sanitize_code(line[start:at])
    if start > indentation:
        before = "…" + before
    after = _sanitize_code(line[at : at + width])
    return _truncate(before + after, width, more=at + width < len(line)), terminal_width(before)


def _sanitize_code(text: str) -> str:
    return sanitize(text.replace("\t", " "))


def _truncate(text: str, width: int, *, more: bool) -> str:
    if terminal_width(text) <= width and not more:
        return text
    while terminal_width(text) >= width:
        text = text[:-1]
    return text + "…"
