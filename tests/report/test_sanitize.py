"""Text of strangers is shown, and does nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.report.sanitize import (
    fit_encoding,
    sanitize,
    sanitize_xml,
    source_excerpt,
    terminal_width,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ñandú, 商品, €", "plain, ñandú, 商品, €"),
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("1\xa0234,56", r"1\xa0234,56"),
        ("A\u200bB\ufeff", r"A\u200bB\ufeff"),
        ("\u3164\u2800", r"\u3164\u2800"),
        ("\u2028", r"\u2028"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("[bold red]x[/]", "[bold red]x[/]"),
    ],
)
def test_what_is_unseen_becomes_an_escape(text: str, shown: str) -> None:
    assert sanitize(text) == shown


@given(st.text(alphabet=st.characters(codec=None)))
def test_whatever_is_shown_is_one_printable_line(text: str) -> None:
    assert sanitize(text).isprintable()


def test_a_huge_text_is_cut_and_says_how_long_it_was() -> None:
    assert sanitize("x" * 10_000_000, limit=5) == "xxxxx… (10,000,000 characters)"


@given(st.text(alphabet=st.characters(codec=None)))
def test_xml_text_is_utf_8_without_what_xml_forbids(text: str) -> None:
    shown = sanitize_xml(text).encode().decode()
    assert all(c in "\t\n\r" or " " <= c not in "\ufffe\uffff" for c in shown)


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "✓ 5 → … ñ"), ("ascii", r"+ 5 -> ... \xf1")]
)
def test_a_stream_without_unicode_gets_ascii(encoding: str, shown: str) -> None:
    assert fit_encoding("✓ 5 → … ñ", encoding) == shown


@pytest.mark.parametrize(
    ("line", "column", "code", "caret"),
    [
        ("    <span>1</span>", 5, "<span>1</span>", 0),
        ("\t<span>1</span>\r\n", 8, "<span>1</span>", 6),
        ("<b>\x1b</b>x", 9, r"<b>\x1b</b>x", 11),
        ("商品x", 3, "商品x", 4),
        ("<i></i>" * 100 + "<b>", 701, "…/i><i></i><b>", 11),
        ("abc", 99, "abc", 3),
        ("abcdefghijklmnopqrstuvwxyz0123456789", None, "abcdefghijklmnopqrstuvwxyz012…", 0),
    ],
)
def test_an_excerpt_keeps_the_caret_under_its_column(
    line: str, column: int | None, code: str, caret: int
) -> None:
    assert source_excerpt(line, column, 30) == (code, caret)


@given(
    st.text(alphabet="ab <\t\x1b\u202e商", max_size=300),
    st.integers(1, 300),
    st.integers(20, 80),
)
def test_an_excerpt_never_outgrows_its_width(line: str, column: int, width: int) -> None:
    code, caret = source_excerpt(line, column, width)
    assert terminal_width(code) <= width
    assert 0 <= caret <= width


def test_an_excerpt_of_a_huge_line_is_quick() -> None:
    assert source_excerpt("x" * 10_000_000, 5_000_000, 40)[0].startswith("…")
