"""A file is decoded without a browser as Chromium decodes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.cli import invoke

TEXT = "Añ€“1ÿ"
PAGE = '<div class="cn_purchase" style="display:none"><span class="purchase_id">{}</span></div>'
U, W = PAGE.format(TEXT).encode(), PAGE.format(TEXT).encode("cp1252")


def page(text: str, encoding: str) -> bytes:
    return PAGE.format(text).encode(encoding)


FILES = {
    "utf-8": U,
    "windows-1252": W,
    "mark": b"\xef\xbb\xbf<meta charset=koi8-r>" + U,
    "utf-16": PAGE.format(TEXT).encode("utf-16"),
    "meta-utf-8-not-so": b"<meta charset=utf-8>" + W,
    "meta-1252-not-so": b"<meta charset=windows-1252>" + U,
    "latin1": b"<meta charset=latin1>" + W,
    "ascii": b"<meta charset='us-ascii'>" + W,
    "iso-8859-1": b'<meta charset="ISO-8859-1 ">' + W,
    "iso-8859-9": b"<meta charset=iso-8859-9>" + page("ğ€İ", "cp1254"),
    "iso-8859-15": b"<meta charset=iso-8859-15>" + page("ñ€", "iso-8859-15"),
    "gb2312": b"<meta charset=gb2312>" + page("漢朮€", "gb18030"),
    "shift_jis": b"<meta charset=shift_jis>" + page("①髙", "cp932"),
    "euc-kr": b"<meta charset=euc-kr>" + page("한똠", "cp949"),
    "big5": b"<meta charset=big5>" + page("漢字", "big5"),
    "koi8-u": b"<meta charset=koi8-u>" + page("Привіт", "koi8-u"),
    "utf-16-said": b"<meta charset=utf-16>" + U,
    "x-user-defined": b"<meta charset=x-user-defined>" + U,
    "unknown": b"<meta charset=no-such>" + U,
    "unknown-then-known": b"<meta charset=no-such><meta charset=windows-1252>" + U,
    "controls": b"<meta charset=windows-1252>"
    + page("", "ascii").replace(b"></s", b">\x81\x8d</s"),
    "cut": b"<meta charset=utf-8>"
    + page("ab", "ascii").replace(b"ab", b"a\xe2\x82 b\xf0\x9f c\xff"),
    "in-comment": b"<!-- <meta charset=windows-1252> -->" + U,
    "in-script": b"<script>'<meta charset=windows-1252>'</script>" + U,
    "in-title": b"<title><meta charset=windows-1252></title>" + U,
    "in-noscript": b"<noscript><meta charset=windows-1252></noscript>" + U,
    "in-attribute": b"<meta name='<meta charset=windows-1252>'>" + U,
    "name": b'<meta name=x content="text/html; charset=windows-1252">' + U,
    "http-equiv": b'<meta http-equiv=Content-Type content="a; charset = windows-1252">' + U,
    "content-first": b"<meta content='charset=\"windows-1252\"' http-equiv=content-type>" + U,
    "other-http-equiv": b'<meta http-equiv=refresh content="9; charset=windows-1252">' + U,
    "both": b"<meta charset=utf-8 http-equiv=content-type content='charset=koi8-r'>" + U,
    "far-in-head": b"<head><style>" + b"x" * 3000 + b"</style><meta charset=windows-1252>" + U,
    "far-in-body": b"<p>" + b"x" * 1100 + b"</p><meta charset=windows-1252>" + U,
    "near-in-body": b"<p>" + b"x" * 100 + b"</p><meta charset=windows-1252>" + U,
    "xml": b'<?xml version="1.0" encoding="windows-1252"?>' + U,
    "xml-and-meta": b'<?xml version="1.0" encoding="windows-1252"?><meta charset=utf-8>' + U,
}


def purchase_ids(folder: Path, *options: str) -> dict[str, object]:
    report = folder / "report.json"
    files = [str(folder / f"{name}.html") for name in FILES]
    invoke(["check", *options, *files, "--quiet", "--report", f"json={report}"])
    results = json.loads(report.read_text(encoding="utf-8"))["results"]
    found = ([field["text"] for field in each["readings"][0]["fields"]] for each in results)
    return dict(zip(FILES, found, strict=True))


@pytest.mark.browser
def test_each_file_says_the_same_without_a_browser_and_in_it(
    tmp_path: Path, browser_path: Path
) -> None:
    for name, content in FILES.items():
        (tmp_path / f"{name}.html").write_bytes(content)
    rendered = purchase_ids(tmp_path, "--render", "--browser", str(browser_path))
    assert purchase_ids(tmp_path) == rendered
    assert rendered["meta-utf-8-not-so"] == ["A\ufffd1\ufffd"]
