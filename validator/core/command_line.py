"""Commands to type: quoted for the shells of Linux, macOS and Windows; and patterns of files."""

from __future__ import annotations

import glob
import os
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

_IS_WINDOWS = os.name == "nt"
_BARE = re.compile(r"[\w./:=@+,-]+", re.ASCII)
_WINDOWS_PATH = re.compile(r"[A-Za-z]:[\w.\\-]+", re.ASCII)
_SPECIAL_IN_QUOTES = re.compile(r"[\"$`\\!%\x00-\x1f]")
"""What a shell, PowerShell or cmd changes between double quotes."""
_WILDCARD = re.compile(r"[*?\[]")


def join_words(words: Iterable[str]) -> str:
    """Return words as one command that sh, PowerShell 5 and cmd read in the same way.

    Words with characters that no quotes protect in all of them, such as ``$`` and ``%``, are
    quoted for the shell of this system.
    """
    return " ".join(map(_quote, words))


def _quote(word: str) -> str:
    # A comma and an "@" mean something to PowerShell at the start of a word and between words.
    if _BARE.fullmatch(word) and word[0] != "@" and "," not in word:
        return word
    if _IS_WINDOWS and _WINDOWS_PATH.fullmatch(word):
        return word  # PowerShell takes a command in quotes for a text
    if not _SPECIAL_IN_QUOTES.search(word):
        return f'"{word}"'
    if _IS_WINDOWS:
        # PowerShell takes single quotes literally; cmd passes an unknown %NAME% on as it is.
        return f'"{word}"' if not re.search(r'["$`]', word) else _single_quoted(word)
    return shlex.quote(word)


def _single_quoted(word: str) -> str:
    """Quote a word for PowerShell, which is where such a word can be typed on Windows."""
    return "'" + word.replace("'", "''") + "'"


def expand_pattern(text: str) -> list[str]:
    """Return the files that a pattern such as ``scenarios/*.yaml`` matches, sorted.

    The shells of Windows leave that to the program. A text that is a file, has no wildcards or
    matches nothing is returned as it is.
    """
    if not _WILDCARD.search(text) or "://" in text or Path(text).exists():
        return [text]
    return sorted(glob.glob(text, recursive=True)) or [text]  # noqa: PTH207 - keeps "./" and "~"
