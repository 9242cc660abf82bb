"""What a terminal can show: its width, colour, and whether a display may be redrawn in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from typing import IO


def terminal_columns() -> int:
    """Return the width of the terminal, between 40 and 120 columns; 100 without a terminal."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, 40), 120)


def wants_color(choice: str, stream: IO[str], environ: Mapping[str, str]) -> bool:
    """Return whether output is coloured.

    In order of precedence: the option, NO_COLOR, FORCE_COLOR (any non-empty value), the terminal.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def can_redraw() -> bool:
    """Return whether standard error is a terminal of a person, in which progress can be redrawn."""
    return sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
