from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import httpx
import pytest
from bs4 import BeautifulSoup, Tag

from validator.contract.contracts import Contracts, documented_tags
from validator.demo import Demo
from validator.demo.catalog import CATALOG
from validator.page.static_capture import capture_html
from validator.rules.evaluate import ExpectedTag, evaluate_capture

PAGES = (
    "/",
    "/products/hoodie",
    "/basket",
    "/checkout/address",
    "/checkout/shipping",
    "/checkout/payment",
    "/checkout/review",
)


@pytest.fixture
def half_way(demo: Demo, order: Callable[..., httpx.Response], http: httpx.Client) -> Demo:
    """A customer whose address is known, with something in the basket."""
    order(demo)
    http.post(f"{demo.shop_url}/basket/add", data={"product": "mug", "quantity": "1"})
    return demo


def has_a_name(control: Tag, page: BeautifulSoup) -> bool:
    is_labelled = page.select_one(f"label[for='{control.get('id')}']") is not None
    return is_labelled or bool(control.get("aria-label") or control.get_text(strip=True))


@pytest.mark.parametrize("path", PAGES)
def test_every_control_has_a_name(half_way: Demo, http: httpx.Client, path: str) -> None:
    response = http.get(half_way.shop_url + path)
    assert response.url.path == path
    page = BeautifulSoup(response.text, "html.parser")
    controls = page.select("input:not([type=hidden]), select, button, a")
    assert [str(control) for control in controls if not has_a_name(control, page)] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_its_landmarks_and_one_heading(
    half_way: Demo, http: httpx.Client, path: str
) -> None:
    page = BeautifulSoup(http.get(half_way.shop_url + path).text, "html.parser")
    assert [len(page.select(name)) for name in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    assert page.select("img:not([alt])") == []


def test_the_bank_names_its_controls_too(demo: Demo, order: Callable[..., httpx.Response]) -> None:
    page = BeautifulSoup(order(demo, "card").text, "html.parser")
    assert all(has_a_name(control, page) for control in page.select("input, button, a"))


def test_every_product_has_a_page_and_a_picture(demo: Demo, http: httpx.Client) -> None:
    assert len(CATALOG) >= 6
    for product in CATALOG.values():
        assert product.name in http.get(f"{demo.shop_url}/products/{product.id}").text
        picture = http.get(f"{demo.shop_url}/static/pictures/{product.id}.svg")
        assert picture.headers["content-type"].startswith("image/svg+xml")


def test_no_picture_is_left_over() -> None:
    pictures = (files("validator.demo") / "static" / "pictures").iterdir()
    assert {picture.name for picture in pictures} == {f"{id_}.svg" for id_ in (*CATALOG, "mark")}


def test_the_cookie_banner_goes_with_its_cookie(demo: Demo, http: httpx.Client) -> None:
    assert "Accept cookies" in http.get(demo.shop_url).text
    http.cookies.set("cookies", "accepted")
    assert "Accept cookies" not in http.get(demo.shop_url).text


@pytest.mark.parametrize(
    ("path", "tags"),
    [
        ("/", ["cn_cart", "cn_client_info"]),
        ("/products/mug", ["cn_cart", "cn_client_info", "cn_product_visited", "cn_page_category"]),
        ("/products/gone", ["cn_cart", "cn_client_info", "cn_product_not_found"]),
        ("/basket", ["cn_cart", "cn_client_info"]),
        ("/checkout/review", ["cn_cart", "cn_client_info"]),
    ],
)
def test_every_page_has_its_tags_and_they_are_as_documented(
    half_way: Demo, http: httpx.Client, path: str, tags: list[str]
) -> None:
    html = http.get(half_way.shop_url + path).text
    capture = capture_html(html, path, documented_tags())
    assert sorted(tag.name for tag in capture.tags) == sorted(tags)
    first, *others = tags
    contracts = Contracts(others=tuple(others), required_tags=tuple(others))
    result = evaluate_capture(
        capture, subject=path, contracts=contracts, expected=ExpectedTag(first, None)
    )
    assert result.findings == ()
