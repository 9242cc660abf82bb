"""What ``check`` is given: URLs, files, standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.urls import is_web_url, parse_origin, split_credentials

STDIN = "-"


@dataclass(frozen=True, slots=True)
class HtmlSource:
    """The HTML of a file or of standard input."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return self.name


def split_logins(
    targets: Iterable[str],
) -> tuple[tuple[str, ...], dict[str, tuple[str, str]]]:
    """Part the targets from the users and passwords in them, which are returned by origin."""
    bare, logins = [], {}
    for target in targets:
        address, login = split_credentials(target) if "://" in target else (target, None)
        bare.append(address)
        if login and is_web_url(address):
            logins[parse_origin(address)] = login
    return tuple(bare), logins


def is_url_target(target: str) -> bool:
    """Tell a URL from a file. Raises InputError for a URL that cannot be opened."""
    scheme, colon, _ = target.partition("://")
    if not colon or not scheme.isalnum():
        return False
    if not is_web_url(target):
        what = "this is no address of a web page"
        hint = "write it as in https://shop.example/thanks"
        raise InputError.single("target-unreadable", what, Location(target), hint=hint)
    return True


def read_source(target: str) -> HtmlSource:
    """Raises InputError where there is nothing to read, or nothing that could be a page."""
    if not target:
        raise _unreadable_error("''", "the target is empty", _suggest_target(target))
    name = "<stdin>" if target == STDIN else target
    try:
        content = sys.stdin.buffer.read() if target == STDIN else Path(target).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unreadable_error(name, reason, _suggest_target(target)) from error
    if not content.strip():
        raise _unreadable_error(
            name, "it is empty, so there is nothing to check", "give it the page"
        )
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unreadable_error(name, "it is not HTML: it has zero bytes", "name an HTML file")
    return HtmlSource(name, content)


def _unreadable_error(name: str, reason: str, hint: str) -> InputError:
    return InputError.single("target-unreadable", reason, Location(name), hint=hint)


def _suggest_target(target: str) -> str:
    """Say what was probably meant by a target that is no file."""
    if target and Path(target).is_dir():
        return f"name the HTML files in it; scenarios are run by: cn-validator run {target}"
    host = target.partition("/")[0]
    if "." in host.strip(".") and not target.endswith((".html", ".htm")):
        return f"for a page on the web write https://{target}"
    return "name an HTML file, a URL with http:// or https://, or - for standard input"


def reject_browser_options(
    device: str | None, viewport: tuple[int, int] | None, *, headed: bool
) -> None:
    """Raises UsageError for what has no meaning where no browser is started."""
    given = {"--device": device, "--viewport": viewport, "--headed": headed}
    if names := [name for name, value in given.items() if value]:
        raise click.UsageError(
            f"{' and '.join(names)} would change nothing: no target is opened in a browser. "
            "Add --render for files, or leave out --no-javascript."
        )


def unexecuted_script_notes(
    pages: Sequence[HtmlSource | str], tags: Sequence[str]
) -> Iterator[str]:
    """Warn where a tag may be missing only because scripts were not run."""
    for page in pages:
        content = page.content.lower() if isinstance(page, HtmlSource) else b""
        is_there = all(f'class="{tag}'.encode() in content for tag in tags)
        if b"<script" in content and not is_there:
            yield f"{page}: its scripts were not run; add --render if they write the tag"
