"""The pages that are checked without a scenario: URLs, HTML files, standard input."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from validator.core.capture import Breakdown, Reason
from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.core.urls import is_web_url, parse_origin, shorten_url, split_credentials
from validator.html.mhtml import is_mhtml, read_mhtml
from validator.scenario.model.template import Secret, Template

if TYPE_CHECKING:
    from validator.scenario.model.scenario import Scenario
    from validator.scenario.model.tag_expectation import TagExpectation

STDIN = "-"
_WINDOWS_PATH = re.compile(r"[A-Za-z]:(?!\d+(/|$))|[^/?#]*\\")
"""A drive, such as ``C:``, or a backslash where a URL has none."""
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*", re.ASCII)
_OTHER_FORMATS = (
    (re.compile(rb"bplist00"), "a web archive of Safari"),
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"PK\x03\x04"), "a ZIP file"),
    (re.compile(rb"\x1f\x8b"), "compressed by gzip"),
    (
        re.compile(
            rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\x00{4}|II\*\x00|MM\x00\*|RIFF.{4}WEBP|\x00\x00\x01\x00"
            rb"|.{4}ftyp(?:avif|heic|mif1)",
            re.DOTALL,
        ),
        "a picture",
    ),
    (
        re.compile(
            rb"\s*(?:<\?xml[^>]*>\s*)?"
            rb"(?:<!--(?:(?!-->).)*+-->\s*+|<!DOCTYPE svg[^>]*+>\s*+)*+<svg[\s>]",
            re.DOTALL | re.IGNORECASE,
        ),
        "a picture (SVG)",
    ),
)
"""How files of other formats begin, in which a page would seem to lack its tag."""
_HAR = re.compile(rb'[\s\xef\xbb\xbf]*\{\s*"log"\s*:')
_SAVE_HTML_HINT = 'save the page as "HTML only", or check its URL'


@dataclass(frozen=True, slots=True)
class HtmlSource:
    """The HTML of a file or of standard input; ``note`` says how it was read, if not as it is."""

    name: str
    content: bytes
    charset: str | None = None
    note: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A target that could not be read, among others that could."""

    name: str
    error: InputError

    def __str__(self) -> str:
        return self.name

    @property
    def breakdown(self) -> Breakdown:
        finding = self.error.findings[0]
        return Breakdown(
            Reason.NOT_A_PAGE, f"{self.name}: {finding.message}", url=self.name, hint=finding.hint
        )


def split_logins(
    targets: Iterable[str],
) -> tuple[tuple[str, ...], dict[str, tuple[str, str]]]:
    """Return the targets without user and password, and the (user, password) by origin."""
    bare, logins = [], {}
    for target in targets:
        address, login = split_credentials(target) if "://" in target else (target, None)
        bare.append(address)
        if login and is_web_url(address):
            logins[parse_origin(address)] = login
    return tuple(bare), logins


def is_url_target(target: str) -> bool:
    """Return whether a target is a URL, not a file. Raises InputError for an unusable URL."""
    scheme, colon, _ = target.partition("://")
    # A scheme of one letter is a drive of Windows.
    if not colon or not scheme.isalnum() or len(scheme) == 1:
        return False
    if not is_web_url(target):
        message = "this is not the address of a web page"
        path = _path_of_file_url(target)
        hint = f"name the file: {path}" if path else "write it as in https://shop.example/thanks"
        raise InputError.single("target-unreadable", message, Location(target), hint=hint)
    return True


def _path_of_file_url(url: str) -> str:
    """Return the path that a ``file:`` URL leads to; "" for another URL."""
    from urllib.request import url2pathname  # it is slow to import

    return url2pathname(urlsplit(url).path) if url.lower().startswith("file://") else ""


def read_source(target: str) -> HtmlSource:
    """Read a file, or standard input for ``-``.

    Of an MHTML file, this is the page in it. Raises InputError for a file that cannot be read, is
    empty or is not HTML.
    """
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
    if is_mhtml(content):
        return _read_saved_page(name, content)
    _reject_other_formats(name, content)
    return HtmlSource(name, content)


def _read_saved_page(name: str, content: bytes) -> HtmlSource:
    page = read_mhtml(content)
    if page is None:
        raise _unreadable_error(
            name, "it is MHTML (a saved page), but there is no page in it", _SAVE_HTML_HINT
        )
    address = f"of {shorten_url(page.url)}, " if page.url else ""
    note = f"{name} is MHTML: the page {address}as it was saved, was checked; lines are its own"
    return HtmlSource(name, page.content, page.charset, note)


def _reject_other_formats(name: str, content: bytes) -> None:
    for start, kind in _OTHER_FORMATS:
        if start.match(content):
            raise _unreadable_error(name, f"it is {kind}, not HTML", _SAVE_HTML_HINT)
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unreadable_error(name, "it is not HTML: it has zero bytes", "name an HTML file")
    if _HAR.match(content):
        raise _unreadable_error(
            name, "it is HAR (a recording of requests), not HTML", _SAVE_HTML_HINT
        )
    if _is_json(content):
        raise _unreadable_error(name, "it is JSON, not HTML", "name an HTML file")
    if b"<" not in content:
        raise _unreadable_error(
            name, "it is text without any HTML element", "name an HTML file, or check its URL"
        )


def build_visit_scenario(
    name: str, url: str, expect: TagExpectation, *, timeout: float, secrets: Iterable[Secret]
) -> Scenario:
    """Return a scenario that opens a page and expects a tag; ``timeout`` is in milliseconds."""
    # Imported here: a page that is read without a browser needs no scenario.
    from validator.scenario.model.actions import Goto, Step
    from validator.scenario.model.scenario import Scenario

    place = Location(name)
    return Scenario(
        name=name,
        document=Document(name, None),
        location=place,
        steps=(Step(Goto(Template((url,))), place, f"goto {name}"),),
        expect=expect,
        base_url=url if is_web_url(url) else None,
        timeout=timeout,
        secrets=tuple(secrets),
    )


def unexecuted_script_notes(pages: Sequence[HtmlSource], tags: Sequence[str]) -> Iterator[str]:
    """Yield a note for each page whose tag may be missing because scripts were not run."""
    for page in pages:
        if page.note:
            continue  # a saved page is what the scripts made of it
        content = page.content.lower()
        is_complete = all(f'class="{tag}'.encode() in content for tag in tags)
        if b"<script" in content and not is_complete:
            yield f"{page}: its scripts were not run; add --render if they write the tag"


def _unreadable_error(name: str, reason: str, hint: str) -> InputError:
    return InputError.single("target-unreadable", reason, Location(name), hint=hint)


def _is_json(content: bytes) -> bool:
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _suggest_target(target: str) -> str:
    """Return a hint on what was probably meant by a target that is not a file."""
    if target and Path(target).is_dir():
        return f"name the HTML files in it; scenarios are run by: cn-validator run {target}"
    if _WINDOWS_PATH.match(target):
        return (
            "name an HTML file that exists, a URL with http:// or https://, or - for standard input"
        )
    host, _, port = target.partition("/")[0].partition(":")
    if (host == "localhost" or port) and _HOST.fullmatch(host) and (not port or port.isdecimal()):
        return f"for a page on the web write http://{target}"
    if "." in host.strip(".") and not target.endswith((".html", ".htm")):
        return f"for a page on the web write https://{target}"
    return "name an HTML file, a URL with http:// or https://, or - for standard input"
