"""Files that show what happened, and what is to be seen where in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in a picture an element is, in CSS pixels from the left top corner.

    ``shown`` False: it takes no room on the page. Then the box has no height, and is between the
    elements that it stands between.
    """

    css: str
    x: float
    y: float
    width: float
    height: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that shows what happened.

    Kind is "screenshot", "html", "trace", "har" or "video". ``width`` and ``height`` are those of
    a picture, in CSS pixels; 0 where they are not known.
    """

    kind: str
    path: str
    width: int = 0
    height: int = 0
    marks: tuple[Mark, ...] = ()
