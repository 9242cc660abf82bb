"""What a page's bytes say."""

from __future__ import annotations

import pytest

from validator.encoding import decode_html

META = '<meta charset="{}"><p>Años: 5 €</p>'


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("<p>Años: 5 €</p>".encode(), None),
        ("<p>Años: 5 €</p>".encode("utf-8-sig"), None),
        ("<p>Años: 5 €</p>".encode("cp1252"), None),
        ("<p>Años: 5 €</p>".encode("iso-8859-15"), "iso-8859-15"),
        (META.format("utf-8").encode(), None),
        (META.format("windows-1252").encode("cp1252"), None),
        ("<p>Años: 5 €</p>".encode("utf-16"), None),
        (META.format("UTF-16LE").encode(), None),
        (META.format("utf-16").encode("utf-8-sig"), None),
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
    ],
)
def test_a_page_is_read_in_the_encoding_it_is_written_in(
    content: bytes, charset: str | None
) -> None:
    assert "<p>Años: 5 €</p>" in decode_html(content, charset)


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x80", b"\x81\x8d\x8f" * 9, b"charset=x"])
def test_any_bytes_become_some_text(content: bytes) -> None:
    assert isinstance(decode_html(content), str)
