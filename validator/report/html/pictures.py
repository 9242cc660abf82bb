"""Evidence in the HTML report: pictures are embedded, other files are linked."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from validator.core.capture import Evidence, Highlight
from validator.report.source_paths import relative_href, relative_path

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PICTURE_BYTES = 4_000_000
"""The limit for one picture; a larger one is linked."""
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
    """A picture as a ``data:`` URL, with the boxes of the elements that findings are about."""

    data: Markup
    name: str
    width: int
    height: int
    marks: tuple[Highlight, ...]


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """A link to a file beside the report. ``href`` is relative and can only be a path."""

    name: str
    href: str
    path: str
    kind: str


@dataclass(slots=True)
class EvidenceEmbedder:
    """Reads pictures, up to a total size for the page."""

    folder: Path
    left: int = field(default=MAX_TOTAL_BYTES)

    def picture(self, evidence: Evidence) -> EmbeddedPicture | None:
        """Return a picture to embed; None for other files, and for missing or too large
        pictures."""
        if evidence.kind != "screenshot":
            return None
        try:
            if not Path(evidence.path).is_file():  # a pipe would never end
                return None
            with Path(evidence.path).open("rb") as file:
                content = file.read(min(MAX_PICTURE_BYTES, self.left) + 1)
        except (OSError, ValueError):
            # A report without its evidence still has all findings.
            return None
        # A report may name any file: only pictures are ever embedded.
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
        path = relative_path(evidence.path, self.folder)
        name = EVIDENCE_NAMES.get(evidence.kind, evidence.kind)
        return EvidenceLink(name, relative_href(path), path, evidence.kind)
