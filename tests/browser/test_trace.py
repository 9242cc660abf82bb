"""A trace is rewritten so that it still opens, and shows nothing that it must not."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from validator.browser.trace import build_har, find_keys, write_redacted
from validator.core.redaction import Redactor


def request(**changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "pageref": "page@1",
        "startedDateTime": "2026-11-23T10:15:00.000Z",
        "time": 5,
        "request": {
            "method": "GET", "url": "https://shop.example/", "httpVersion": "HTTP/1.1",
            "cookies": [], "headers": [], "queryString": [], "headersSize": -1, "bodySize": 0,
        },
        "response": {
            "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [], "content": {"size": 3, "mimeType": "text/html", "_sha1": "a.html"},
            "headersSize": -1, "bodySize": 3, "redirectURL": "",
        },
        "timings": {"send": 0, "wait": 4, "receive": 1},
        "cache": {},
        "_monotonicTime": 12,
    }  # fmt: skip
    for name, values in changes.items():
        entry[name] = {**entry[name], **values}
    return {"type": "resource-snapshot", "snapshot": entry}


def trace(folder: Path, files: dict[str, bytes], *lines: dict[str, Any]) -> Path:
    path = folder / "raw.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("trace.network", "\n".join(map(json.dumps, lines)))
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def headers(**named: str) -> dict[str, Any]:
    return {"headers": [{"name": k.replace("_", "-"), "value": v} for k, v in named.items()]}


@pytest.mark.parametrize(
    ("header", "value", "keys"),
    [
        ("Authorization", "Bearer abcdefgh", ["Bearer abcdefgh", "abcdefgh"]),
        ("cookie", "lang=es; session=0123456789", ["0123456789"]),
        ("Set-Cookie", "session=0123456789; Path=/\nflag=1; Secure", ["0123456789"]),
        ("x-api-key", "0123456789", ["0123456789", "0123456789"]),
        ("X-CSRF-Token", "0123456789", ["0123456789", "0123456789"]),
        ("Accept", "text/html", []),
        ("Keyboard", "qwertyuiop", []),
    ],
)
def test_keys_are_known_by_the_name_of_their_header(
    tmp_path: Path, header: str, value: str, keys: list[str]
) -> None:
    for side in ("request", "response"):
        line = request(**{side: {"headers": [{"name": header, "value": value}]}})
        assert list(find_keys(trace(tmp_path, {}, line))) == keys


def test_what_is_behind_the_escapes_of_a_format_is_found(tmp_path: Path) -> None:
    secret = 'pa"ss\\wörd'  # noqa: S105 - it is planted
    nested = json.dumps({"body": json.dumps({"password": secret})})
    lines = [{"type": "before", "params": {"value": secret, "text": nested, secret: 1}}]
    raw = trace(tmp_path, {"trace.trace": json.dumps(lines[0]).encode()})
    write_redacted(raw, tmp_path / "clean.zip", Redactor([secret]))
    with ZipFile(tmp_path / "clean.zip") as archive:
        event = json.loads(archive.read("trace.trace"))
    assert event["params"]["value"] == "[secret]"
    assert event["params"]["[secret]"] == 1
    assert "rd" not in event["params"]["text"].partition("password")[2]


def test_numbers_of_the_trace_itself_stay(tmp_path: Path) -> None:
    raw = trace(tmp_path, {"trace.trace": b'{"line": 123, "value": "123", "at": "x 123 y"}'})
    write_redacted(raw, tmp_path / "clean.zip", Redactor(["123"]))
    with ZipFile(tmp_path / "clean.zip") as archive:
        assert json.loads(archive.read("trace.trace")) == {
            "line": 123, "value": "[secret]", "at": "x [secret] y"
        }  # fmt: skip


def test_a_file_that_is_no_text_is_kept_or_emptied_but_never_shows_a_secret(
    tmp_path: Path,
) -> None:
    files = {
        "resources/picture.png": b"\x89PNG\xff\x00\x01",
        "resources/odd.bin": b"\xff\xfe\x00 topsecret-value \x00",
        "resources/page.html": b"<p>topsecret-value " + b64encode(b"topsecret-value"),
    }
    write_redacted(trace(tmp_path, files), tmp_path / "clean.zip", Redactor(["topsecret-value"]))
    with ZipFile(tmp_path / "clean.zip") as archive:
        assert archive.read("resources/picture.png") == files["resources/picture.png"]
        assert archive.read("resources/odd.bin") == b""
        assert archive.read("resources/page.html") == b"<p>[secret] [secret]"


def test_headers_and_cookies_that_are_keys_are_hidden_whole(tmp_path: Path) -> None:
    cookie = {"name": "s", "value": "x", "path": "/", "httpOnly": True, "secure": False}
    line = request(
        request=headers(Cookie="lang=es; s=x", Accept="text/html"), response={"cookies": [cookie]}
    )
    write_redacted(trace(tmp_path, {}, line), tmp_path / "clean.zip", Redactor([]))
    entry = json.loads(build_har(tmp_path / "clean.zip"))["log"]["entries"][0]
    assert entry["request"]["headers"] == [
        {"name": "Cookie", "value": "[secret]"},
        {"name": "Accept", "value": "text/html"},
    ]
    assert entry["response"]["cookies"][0]["value"] == "[secret]"


@pytest.mark.parametrize("reference", [{"_file": "resources/b.dat"}, {"_sha1": "b.dat"}])
def test_the_har_has_the_bodies_that_were_sent_and_nothing_of_playwrights_own(
    tmp_path: Path, reference: dict[str, str]
) -> None:
    body = {"mimeType": "text/plain", "text": "", "params": [], **reference}
    line = request(request={"method": "POST", "postData": body})
    text = build_har(trace(tmp_path, {"resources/b.dat": b"a=1"}, line, request()))
    entries = json.loads(text)["log"]["entries"]
    assert [entry["request"].get("postData", {}).get("text") for entry in entries] == ["a=1", None]
    assert '"_' not in text
    assert "pageref" not in text
