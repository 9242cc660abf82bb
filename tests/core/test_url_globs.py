"""Globs of URLs: which addresses they match, and where a glob and an address part."""

from __future__ import annotations

import pytest

from validator.core.url_globs import (
    InvalidGlob,
    describe_parting,
    is_valid_glob,
    matches_glob,
    widen_glob,
)

SHOP = "http://shop.example"


@pytest.mark.parametrize(
    ("glob", "url", "is_match"),
    [
        ("**/thanks/*", "/thanks/5", True),
        ("**/thanks/*", "/thanks/5/", False),
        ("**/thanks", "/thanks?", True),
        ("**/thanks", "/thanks?#top", False),
        ("**/thanks", "/thanks?id=5", False),
        ("**/thanks?id=*", "/thanks?id=5", True),
        ("**/{thanks,gracias}/*", "/gracias/5", True),
        ("http://shop.example/**/a", "/a", True),
        ("/thanks", "/thanks", True),
        ("thanks", "/thanks", True),
        (r"**/a\*b", "/a*b", True),
        (r"**/a\*b", "/axb", False),
        ("**/a.b", "/axb", False),
        ("**/#/done", "/#/done", True),
    ],
)
def test_a_glob_matches_as_in_playwright(glob: str, url: str, *, is_match: bool) -> None:
    assert matches_glob(glob, SHOP + url, SHOP) is is_match


@pytest.mark.parametrize("glob", ["{a", "a}", "{a{b}}"])
def test_a_brace_without_a_partner_is_no_glob(glob: str) -> None:
    assert not is_valid_glob(glob)
    with pytest.raises(InvalidGlob):
        matches_glob(glob, SHOP)


@pytest.mark.parametrize(
    ("glob", "url", "said"),
    [
        (
            "**/order-received/*",
            "/order-received/1042/?key=wc_1",
            'they agree up to "http://shop.example/order-received/1042"; there the pattern ends, '
            'and the address goes on with "/?key=wc_1"',
        ),
        (
            "**/index.php?route=checkout/success*",
            "/index.php?route=checkout",
            'they agree up to "http://shop.example/index.php?route="; there the pattern wants '
            '"checkout/success*", and the address has "checkout"',
        ),
        ("**/thanks/*", "/basket", 'the address has no "thanks/*" where the pattern does'),
        (
            "**/thanks/*",
            "/thanks",
            'the address has no "thanks/*" where the pattern does',
        ),
        (
            "https://shop.example/a",
            "/a",
            'the address does not begin with "https://shop.example/a"',
        ),
    ],
)
def test_where_a_glob_and_an_address_part_is_said(glob: str, url: str, said: str) -> None:
    assert describe_parting(glob, SHOP + url) == said


@pytest.mark.parametrize(
    ("glob", "url", "wider"),
    [
        ("**/order-received/*", "/order-received/1042/?key=wc_1", "**/order-received/*/?**"),
        ("**/thanks", "/thanks/", "**/thanks/"),
        ("**/thanks/", "/thanks", "**/thanks"),
        ("**/thanks", "/thanks?id=5", "**/thanks?**"),
        ("**/", "/?page_id=9", ""),
        ("**/thanks", "/basket", ""),
    ],
)
def test_a_pattern_is_widened_by_a_slash_or_a_query_only(glob: str, url: str, wider: str) -> None:
    assert widen_glob(glob, SHOP + url) == wider
