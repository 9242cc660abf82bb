"""What a page's bytes say."""

from __future__ import annotations

import pytest

from validator.html.encoding import decode_file, decode_html

TEXT = "<p>Años: 5 €</p>"
META = '<meta charset="{}">' + TEXT


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (TEXT.encode(), None),
        (TEXT.encode("utf-8-sig"), None),
        (TEXT.encode("cp1252"), None),
        (TEXT.encode("iso-8859-15"), "iso-8859-15"),
        (META.format("utf-8").encode(), None),
        (META.format("windows-1252").encode("cp1252"), None),
        (TEXT.encode("utf-16"), None),
        (META.format("UTF-16LE").encode(), None),
        (META.format("utf-16").encode("utf-8-sig"), None),
        (META.format("windows-1252").encode(), "UTF-8"),
        (META.format("windows-1252").encode("cp1252"), "no such"),
    ],
    ids=[
        "utf-8",
        "with BOM",
        "undeclared",
        "HTTP header",
        "meta utf-8",
        "meta 1252",
        "utf-16",
        "meta utf-16",
        "both",
        "HTTP header before meta",
        "HTTP header with an unknown name",
    ],
)
def test_a_page_is_read_in_the_encoding_it_is_written_in(
    content: bytes, charset: str | None
) -> None:
    assert TEXT in decode_file(content, charset)


def test_bytes_that_do_not_fit_the_declared_encoding_are_not_read_in_another() -> None:
    assert decode_file(META.format("utf-8").encode("cp1252")).endswith("<p>A\ufffdos: 5 \ufffd</p>")


def test_of_a_page_from_the_web_that_declares_nothing_utf_8_is_not_guessed() -> None:
    assert decode_html("<p>ñ</p>".encode()) == "<p>Ã±</p>"


@pytest.mark.parametrize(
    "before",
    [
        "<!-- <meta charset=koi8-r> -->",
        "<script>'<meta charset=koi8-r>'</script>",
        '<meta name="x" content="text/html; charset=koi8-r">',
        "<meta charset=no-such>",
    ],
)
def test_what_only_looks_like_a_declaration_is_none(before: str) -> None:
    content = (before + META.format("windows-1252")).encode("cp1252")
    assert decode_file(content).endswith(TEXT)


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x80", b"\x81\x8d\x8f" * 9, b"charset=x"])
def test_any_bytes_become_some_text(content: bytes) -> None:
    assert isinstance(decode_file(content), str)


def test_megabytes_that_declare_nothing_are_read_at_once() -> None:
    content = (b"<!--" + b"x" * 4_000_000 + b"charset--><meta" + b" a" * 50_000).ljust(5_000_000)
    assert len(decode_file(content)) == len(content)
