"""Web addresses: which are ones, and which belong together."""

from __future__ import annotations

import pytest

from validator.core.urls import is_web_url, parse_origin, split_credentials


@pytest.mark.parametrize(
    "url",
    ["http://a:0/", "http://a:65536/", "http://a:x/", "http://a..b/", f"http://{'a' * 70}.es/",
     "http:///x", "ftp://a/", "http://[::1"],
)  # fmt: skip
def test_what_no_browser_can_open_is_no_address(url: str) -> None:
    assert not is_web_url(url)


@pytest.mark.parametrize("url", ["http://a:65535/", "https://[::1]:8443/", "http://tienda.españa"])
def test_ports_and_hosts_of_every_kind_are_addresses(url: str) -> None:
    assert is_web_url(url)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTP://LOCALHOST:18902/Path", "http://localhost:18902"),
        ("https://shop.example:443/", "https://shop.example"),
        ("http://shop.example:443/", "http://shop.example:443"),
        ("http://user:word@shop.example:80/", "http://shop.example"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("https://tienda.españa/", "https://tienda.xn--espaa-rta"),
        ("about:blank", "about://"),
    ],
)
def test_one_origin_is_written_in_one_way(url: str, origin: str) -> None:
    assert parse_origin(url) == origin


@pytest.mark.parametrize(
    ("url", "parted"),
    [
        ("http://qa:p%40ss@a/x?b=c@d", ("http://a/x?b=c@d", ("qa", "p@ss"))),
        ("http://qa:p@ss@a/", ("http://a/", ("qa", "p@ss"))),
        ("http://qa@a", ("http://a", ("qa", ""))),
        ("http://@a/", ("http://a/", None)),
        ("http://a/me@b", ("http://a/me@b", None)),
    ],
)
def test_a_login_is_parted_from_its_url(
    url: str, parted: tuple[str, tuple[str, str] | None]
) -> None:
    assert split_credentials(url) == parted
