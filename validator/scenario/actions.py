"""Steps that are about the browser more than about an element on the page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from validator.scenario.template import Locator, Template


@dataclass(frozen=True, slots=True)
class GoBack:
    """To the page before, as the browser's button does."""


@dataclass(frozen=True, slots=True)
class Reload:
    """The same page again."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Choose files in a file field."""

    target: Locator
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Scroll:
    """To an end of the page, or until an element is in view; one of the two is given."""

    to: Literal["top", "bottom"] | None = None
    target: Locator | None = None


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A cookie of the page's own site, or of ``url``'s."""

    name: str
    value: Template
    url: Template | None = None


@dataclass(frozen=True, slots=True)
class SaveStorageState:
    """Cookies and local storage into a file, for scenarios that begin where this one ends."""

    path: Path


@dataclass(frozen=True, slots=True)
class Evaluate:
    """JavaScript in the page; its value, as text, into a variable."""

    script: Template
    save: str = ""
