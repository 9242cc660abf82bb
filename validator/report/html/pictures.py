"""Evidence in the page: pictures embedded, other files linked to."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from validator.core.capture import Evidence, Mark

PNG = b"\x89PNG\r\n\x1a\n"
MOST_BYTES = 4_000_000
"""Of one picture; a larger one is linked to."""
MOST_BYTES_IN_ALL = 40_000_000

NAMES = {
    "html": "the page's HTML",
    "trace": "trace",
    "har": "requests (HAR)",
    "video": "video",
    "screenshot": "picture",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a ``data:`` URL, and where in it the elements of findings are."""

    data: Markup
    name: str
    width: int
    height: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A file beside the report. ``href`` is relative, and cannot be anything but a path."""

    name: str
    href: str
    path: str
    kind: str


@dataclass(slots=True)
class Album:
    """Reads pictures, and no more of them than a page can hold."""

    folder: Path
    left: int = field(default=MOST_BYTES_IN_ALL)

    def picture(self, evidence: Evidence) -> Picture | None:
        """Return a picture to embed; None for what is none, is not there or is too large."""
        if evidence.kind != "screenshot":
            return None
        try:
            if not Path(evidence.path).is_file():  # a pipe would never end
                return None
            with Path(evidence.path).open("rb") as file:
                content = file.read(min(MOST_BYTES, self.left) + 1)
        except (OSError, ValueError):
            # Without its evidence a report still says all that was found.
            return None
        # A report may name any file: only what is a picture is ever shown.
        if not content.startswith(PNG) or len(content) > min(MOST_BYTES, self.left):
            return None
        self.left -= len(content)
        width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
        return Picture(
            Markup(f"data:image/png;base64,{b64encode(content).decode()}"),  # noqa: S704 - base64
            Path(evidence.path).name,
            evidence.width or width,
            evidence.height or height,
            evidence.marks,
        )

    def link(self, evidence: Evidence) -> Link:
        try:
            path = Path(os.path.relpath(evidence.path, self.folder)).as_posix()
        except ValueError:  # another drive, on Windows
            path = Path(evidence.path).as_posix()
        # With a dot before it, it is a path whatever it says: "javascript:" too.
        href = f"./{quote(path, safe='/')}"
        return Link(NAMES.get(evidence.kind, evidence.kind), href, path, evidence.kind)
