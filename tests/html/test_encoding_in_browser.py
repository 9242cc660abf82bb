"""A file is decoded without a browser as Chromium decodes it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from validator.browser.chromium.session import open_session
from validator.cli import invoke
from validator.core.page_options import PageOptions
from validator.html.encoding import find_encoding

TEXT = "Añ€“1ÿ"
PAGE = '<div class="cn_purchase" style="display:none"><span class="purchase_id">{}</span></div>'
SUITE = Path(sys.prefix) / "html5lib-1.1/html5lib/tests/testdata/encoding"
"""html5lib's tests of encodings, which ``make setup`` unpacks into the environment."""
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


@pytest.mark.skipif(
    not SUITE.exists(), reason="html5lib's tests need a package index: make setup downloads them"
)
@pytest.mark.browser
def test_the_encoding_of_each_page_of_html5libs_suite_is_chromiums(
    tmp_path: Path, browser_path: Path
) -> None:
    texts = (file.read_bytes() for file in sorted(SUITE.glob("*.dat")))
    pieces = [piece for text in texts for piece in re.split(rb"(?:\A|\n)#data\n", text)[1:]]
    pages = [piece.partition(b"\n#encoding\n")[0] for piece in pieces]
    assert len(pages) > 80
    for number, page in enumerate(pages):
        (tmp_path / f"{number}.html").write_bytes(page)
    encodings = asyncio.run(_in_chromium(browser_path, tmp_path, len(pages)))
    for page, encoding in zip(pages, encodings, strict=True):
        found = find_encoding(page)
        assert (found.name if found else "windows-1252") == encoding, page


async def _in_chromium(path: Path, folder: Path, count: int) -> list[str]:
    async with (
        open_session(str(path), headed=False) as session,
        session.context(PageOptions(), base_url=None, service_workers=False) as context,
    ):
        page = await context.new_page()
        found = []
        for number in range(count):
            address = (folder / f"{number}.html").as_uri()
            await page.goto(address, wait_until="domcontentloaded")
            found.append(str(await page.evaluate("document.characterSet")).lower())
        return found
