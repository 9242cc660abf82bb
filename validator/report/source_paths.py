"""The files that findings are about, named as code hosts expect."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import quote

from validator.core.document import Location
from validator.core.finding import Finding
from validator.core.result import Result
from validator.core.urls import is_web_url

_WINDOWS_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def author_location(result: Result, finding: Finding | None = None) -> Location:
    """Return the place in the author's file, or the place or name of what was checked without
    one."""
    if finding and finding.scenario:
        return finding.scenario
    if not finding and result.breakdown and result.breakdown.location:
        return result.breakdown.location
    if result.location:
        return result.location
    return (finding and finding.location) or Location(result.subject)


def is_local_source(source: str) -> bool:
    """Tell a file of the author from a web page."""
    return not is_web_url(source) and "://" not in source


def repository_path(source: str) -> str:
    """Return a path relative to the current folder, with forward slashes and without ``./``.

    Code hosts identify files by their path in the repository. A path outside and an address are
    returned as they are.
    """
    if not is_local_source(source):
        return source
    here = Path.cwd()
    if Path(source).is_absolute() and Path(source).is_relative_to(here):
        source = str(Path(source).relative_to(here))
    path = PureWindowsPath(source).as_posix() if "\\" in source else source
    return str(PurePosixPath(path))


def relative_path(path: str | Path, folder: Path) -> str:
    """Return a path from a folder, with forward slashes; the whole path on another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive, on Windows
        return Path(path).resolve().as_posix()


def relative_href(path: str) -> str:
    """Return the reference to what ``relative_path`` returned, in a page of that folder."""
    if Path(path).is_absolute():
        return Path(path).as_uri()
    # With "./" before it, any text is a path, also "javascript:".
    return f"./{quote(path, safe='/', errors='surrogateescape')}"


def source_uri(source: str) -> str:
    """Return a URI reference: relative for a relative path, ``file:`` for an absolute path."""
    if not is_local_source(source):
        return quote(source, safe="%/:?#[]@!$&'()*+,;=~", errors="replace")
    plain = repository_path(source)
    if _WINDOWS_DRIVE.match(plain):
        return PureWindowsPath(plain).as_uri()
    path = quote(plain, safe="/~", errors="surrogateescape")
    return f"file://{path}" if path.startswith("/") else path
