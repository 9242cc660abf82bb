"""Evidence in the page: pictures embedded, other files linked to."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from validator.core.capture import Evidence, Highlight

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PICTURE_BYTES = 4_000_000
"""Of one picture; a larger one is linked to."""
MAX_TOTAL_BYTES = 40_000_000

EVIDENCE_NAMES = {
    "html": "the page's HTML",
    "trace": "trace",
    "har": "requests (HAR)",
    "video": "video",
    "screenshot": "picture",
}


@dataclass(frozen=True, slots=True)
class EmbeddedPicture:
    """A picture as a ``data:`` URL, and where in it the elements of findings are."""

    data: Markup
    name: str
    width: int
    height: int
    marks: tuple[Highlight, ...]


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """A file beside the report. ``href`` is relative, and cannot be anything but a path."""

    name: str
    href: str
    path: str
    kind: str


@dataclass(slots=True)
class EvidenceEmbedder:
    """Reads pictures, and no more of them than a page can hold."""

    folder: Path
    left: int = field(default=MAX_TOTAL_BYTES)

    def picture(self, evidence: Evidence) -> EmbeddedPicture | None:
        """Return a picture to embed; None for what is none, is not there or is too large."""
        if evidence.kind != "screenshot":
            return None
        try:
            if not Path(evidence.path).is_file():  # a pipe would never end
                return None
            with Path(evidence.path).open("rb") as file:
                content = file.read(min(MAX_PICTURE_BYTES, self.left) + 1)
        except (OSError, ValueError):
            # Without its evidence a report still says all that was found.
            return None
        # A report may name any file: only what is a picture is ever shown.
        if not content.startswith(PNG_SIGNATURE) or len(content) > min(
            MAX_PICTURE_BYTES, self.left
        ):
            return None
        self.left -= len(content)
        width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
        return EmbeddedPicture(
            Markup(f"data:image/png;base64,{b64encode(content).decode()}"),  # noqa: S704 - base64
            Path(evidence.path).name,
            evidence.width or width,
            evidence.height or height,
            evidence.marks,
        )

    def link(self, evidence: Evidence) -> EvidenceLink:
        try:
            path = Path(os.path.relpath(evidence.path, self.folder)).as_posix()
        except ValueError:  # another drive, on Windows
            path = Path(evidence.path).as_posix()
        # With a dot before it, it is a path whatever it says: "javascript:" too.
        href = f"./{quote(path, safe='/')}"
        return EvidenceLink(
            EVIDENCE_NAMES.get(evidence.kind, evidence.kind), href, path, evidence.kind
        )
