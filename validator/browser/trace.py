"""A Playwright trace without what must not be seen, and its requests as HAR.

A trace is a zip of texts (one JSON object a line) and of files that pages loaded or sent. Each
line is parsed, so that a secret is found behind whatever the format escapes; each file of text is
searched; a file that is no text and holds a secret all the same is emptied.

HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from validator.core.installation import __version__
from validator.core.redaction import HIDDEN_SECRET, Redactor

JSON_LINE_SUFFIXES = (".trace", ".network", ".stacks")
MIN_KEY_CHARS = 6
"""Characters. A shorter value is a flag or a language, and no key to anything."""
MAX_BODY_CHARS = 100_000
"""Characters of a request's body that the HAR holds."""

_KEY_HEADERS = re.compile(
    r"^(?:proxy-)?authorization$|^(?:set-)?cookie2?$"
    r"|(?:^|-)(?:api-?key|token|secret|auth|password|session|csrf|xsrf)(?:-|$)",
    re.IGNORECASE,
)
"""Names of headers whose value is a key."""


def find_keys(path: Path) -> Iterator[str]:
    """Yield the values of cookies and of headers that are keys, in the requests of a trace."""
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".network"):
                for entry in _network_entries(archive.read(name)):
                    yield from _message_keys(entry)


def _network_entries(lines: bytes) -> Iterator[dict[str, Any]]:
    for line in lines.decode("utf-8", "replace").splitlines():
        event = json.loads(line)
        if event.get("type") == "resource-snapshot":
            yield event["snapshot"]


def _message_keys(entry: Mapping[str, Any]) -> Iterator[str]:
    for message in (entry["request"], entry["response"]):
        for header in message.get("headers", ()):
            if _KEY_HEADERS.search(header["name"]):
                yield from _header_keys(header["name"].lower(), header["value"])
        for cookie in message.get("cookies", ()):
            yield from _long_enough([cookie["value"]])


def _header_keys(name: str, value: str) -> Iterator[str]:
    """Yield what is secret of a header: a cookie's value, credentials without their scheme."""
    if name == "cookie":
        yield from _long_enough(pair.partition("=")[2] for pair in value.split("; "))
    elif name.startswith("set-cookie"):
        cookies = value.split("\n")
        yield from _long_enough(each.partition(";")[0].partition("=")[2] for each in cookies)
    else:
        yield from _long_enough([value, value.rpartition(" ")[2]])


def _long_enough(values: Iterable[str]) -> Iterator[str]:
    return (value for value in values if len(value) >= MIN_KEY_CHARS)


def write_redacted(source: Path, target: Path, redactor: Redactor) -> None:
    """Write a trace with what must not be seen replaced. It opens like any other."""
    with ZipFile(source) as archive, ZipFile(target, "w", ZIP_DEFLATED) as clean:
        for name in archive.namelist():
            content = archive.read(name)
            is_lines = name.endswith(JSON_LINE_SUFFIXES)
            shown = (
                _redact_lines(content, redactor) if is_lines else _redact_file(content, redactor)
            )
            clean.writestr(redactor.text(name), shown)


def _redact_lines(content: bytes, redactor: Redactor) -> bytes:
    lines = content.decode("utf-8", "replace").split("\n")
    shown = (
        json.dumps(_redact_value(json.loads(line), redactor)) if line else "" for line in lines
    )
    return "\n".join(shown).encode()


def _redact_value(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, list):
        return [_redact_value(item, redactor) for item in value]
    if isinstance(value, dict):
        if _is_key(value):
            return {**value, "value": HIDDEN_SECRET}
        return {redactor.text(key): _redact_value(item, redactor) for key, item in value.items()}
    return value


def _is_key(value: Mapping[str, Any]) -> bool:
    """Tell whether this is a header or cookie that is a key, as HAR and protocols have them."""
    name = value.get("name")
    if not isinstance(name, str) or not isinstance(value.get("value"), str):
        return False
    return bool(_KEY_HEADERS.search(name)) or "httpOnly" in value


def _redact_file(content: bytes, redactor: Redactor) -> bytes:
    try:
        return redactor.text(content.decode()).encode()
    except UnicodeDecodeError:
        # A picture or a font. Latin 1 has a character for each byte, and so finds what is there.
        text = content.decode("latin-1")
        return content if redactor.text(text) == text else b""


def build_har(trace: Path) -> str:
    """The requests of a trace that was redacted, as HAR with the bodies that were sent."""
    entries = []
    with ZipFile(trace) as archive:
        names = archive.namelist()
        for name in names:
            if name.endswith(".network"):
                entries += [
                    _build_har_entry(each, archive, names)
                    for each in _network_entries(archive.read(name))
                ]
    log = {
        "version": "1.2",
        "creator": {"name": "cn-validator", "version": __version__},
        "pages": [],
        "entries": sorted(entries, key=lambda entry: str(entry["startedDateTime"])),
    }
    return json.dumps({"log": log}, indent=1) + "\n"


def _build_har_entry(entry: dict[str, Any], archive: ZipFile, names: list[str]) -> dict[str, Any]:
    body = dict(entry["request"].get("postData") or {})
    # Newer versions of Playwright name the file, older ones its digest.
    file = body.get("_file") or f"resources/{body.get('_sha1', '')}"
    body = _standard_members(body)
    if file in names:
        body["text"] = archive.read(file).decode("utf-8", "replace")[:MAX_BODY_CHARS]
    request = _standard_members(entry["request"]) | ({"postData": body} if body else {})
    if not body:
        request.pop("postData", None)
    response = _standard_members(entry["response"])
    response["content"] = _standard_members(response.get("content") or {"size": 0, "mimeType": ""})
    return _standard_members(entry) | {"request": request, "response": response, "cache": {}}


def _standard_members(value: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what only Playwright knows, and references to pages that the HAR has not."""
    return {k: v for k, v in value.items() if not k.startswith("_") and k != "pageref"}
