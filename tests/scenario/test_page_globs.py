"""The glob of a page that each customer has at another address."""

from __future__ import annotations

import pytest

from validator.core.url_globs import matches_glob
from validator.scenario.page_globs import build_page_glob

S = "https://s.example"


@pytest.mark.parametrize(
    ("url", "pattern"),
    [
        ("/order-confirmation/NQ-BGKLUZFK", "**/order-confirmation/*"),
        ("/es/checkout/order-received/1042/", "**/checkout/order-received/*/"),
        ("/order-received/1042?key=wc_1", "**/order-received/*?**"),
        ("/order-received/1042/?key=wc_1", "**/order-received/*/?**"),
        ("/thanks.php?id=7", "**/thanks.php?**"),
        ("/thanks?", "**/thanks"),
        ("/checkout/onepage/success", "**/checkout/onepage/success"),
        ("/Order/Success", "**/Order/Success"),
        ("/gr%C3%A0cies/12", "**/gr%C3%A0cies/*"),
        ("/shop/step3/XKBKNABJK", "**/shop/step3/*"),
        ("/", "**/"),
        ("/?page_id=9&order-received=success&key=1", "**/?**order-received=success**"),
        ("/#/order/success/12", "**/#/order/success/*"),
        ("/app/#!/done?order=12", "**/#!/done?**"),
    ],
)
def test_a_glob_keeps_what_names_the_page(url: str, pattern: str) -> None:
    assert build_page_glob(S + url) == pattern
    assert matches_glob(pattern, S + url)


@pytest.mark.parametrize(
    ("url", "earlier", "pattern"),
    [
        (
            "/index.php?route=checkout/success&language=en-gb",
            "/index.php?route=checkout&x=1",
            "**/index.php?route=checkout/success**",
        ),
        (
            "/index.php?language=en-gb&route=checkout/success",
            "/index.php?language=en-gb&route=checkout/checkout",
            "**/index.php?**route=checkout/success**",
        ),
        (
            "/index.php?route=checkout",
            "/index.php?route=checkout/cart",
            "**/index.php?route=checkout",
        ),
        (
            "/index.php?controller=order-confirmation&id_cart=8&key=ab12",
            "/index.php?controller=order",
            "**/index.php?controller=order-confirmation**",
        ),
        ("/en/order-confirmation?id_cart=8", "/en/order", "**/order-confirmation?**"),
        ("/?page_id=9&order-received=1042", "/?page_id=9", "**/?**order-received=**"),
        ("/?p=12", "/?p=11", "**/?p=12**"),
        ("/checkout/?done=1", "/checkout/", "**/checkout/?done=**"),
        (
            "/checkout?step=confirmation",
            "/checkout?step=payment",
            "**/checkout?step=confirmation**",
        ),
        ("/orders/5/", "/orders/", "**/orders/*/"),
        ("/thanks", "/thanks/", "**/thanks"),
        ("/#/done", "/#/checkout", "**/#/done"),
    ],
)
def test_a_glob_matches_no_page_on_the_way(url: str, earlier: str, pattern: str) -> None:
    assert build_page_glob(S + url, [S + "/", S + earlier]) == pattern
    assert matches_glob(pattern, S + url)
    assert not matches_glob(pattern, S + earlier)


@pytest.mark.parametrize(
    ("url", "earlier"),
    [
        ("/1042", "/"),
        ("/checkout", "/checkout"),
        ("/checkout/5", "/checkout/4"),
        ("/orders/5/", "/orders/new/"),
    ],
)
def test_there_is_no_glob_where_addresses_tell_nothing(url: str, earlier: str) -> None:
    assert build_page_glob(S + url, [S + earlier]) == ""
