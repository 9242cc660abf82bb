"""The tags besides that of the purchase: each is read in a way of its own, as its schema says."""

from __future__ import annotations

import json

import pytest

from validator.contract.contracts import Contracts, documented_tags
from validator.core.document import Json
from validator.core.finding import Severity
from validator.core.result import Result
from validator.page.static_capture import capture_html
from validator.rules.evaluate import ExpectedTag, evaluate_capture

CART = (
    "<b class=cart_id>{id}</b><b class=total_quantity>{units}</b><b class=total_price>{price}</b>"
)
EMPTY_CART = f"<div class=cn_cart>{CART.format(id='c1', units=0, price='0.00')}</div>"
PRODUCT = (
    "<b class=url>https://shop.test/mug</b><b class=product_id>7</b><b class=name>Mug</b>"
    "<b class=unit_price>9.50</b>"
)
RECORDED_PRODUCT: dict[str, Json] = {
    "productDetailUrl": "https://shop.test/mug",
    "productId": "7",
    "name": "Mug",
    "unitPrice": 9.5,
}
PRESTASHOP_VISITOR = """
<div class="cn_client_info " style="display:none">
    <span class="primary_key"></span>
    <span class="_name"></span>
    <span class="_surname"></span>
    <span class="_birthdate"></span>
    <span class="_newsletter_subscription_status"></span>
</div>
"""


def judge(html: str, tag: str = "cn_cart", *more: str) -> Result:
    contracts = Contracts(others=more, required_tags=more)
    capture = capture_html(html, "page.html", contracts.names(tag))
    return evaluate_capture(
        capture, subject="page", contracts=contracts, expected=ExpectedTag(tag, None)
    )


def rules(result: Result) -> list[tuple[str, str]]:
    return [(finding.rule, str(finding.severity)) for finding in result.findings]


def errors(result: Result) -> list[str]:
    return [each.rule for each in result.findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("html", "tag", "event"),
    [
        (
            EMPTY_CART,
            "cn_cart",
            {"cart": {"cartId": "c1", "totalQuantity": 0, "totalPrice": 0, "products": []}},
        ),
        (
            EMPTY_CART.replace("</div>", f"<p class=product_basket_item>{PRODUCT}</p></div>"),
            "cn_cart",
            {
                "cart": {
                    "cartId": "c1",
                    "totalQuantity": 0,
                    "totalPrice": 0,
                    "products": [RECORDED_PRODUCT],
                }
            },
        ),
        (
            "<div class=cn_client_info><b class=primary_key>ada@shop.test</b><b class=level>3</b>"
            "<p><b class=_name>Ada</b></p><b class='_surname '>L.</b><b>?</b></div>",
            "cn_client_info",
            {"entityInfo": {"primary_key": "ada@shop.test", "level": "3", "_surname ": "L."}},
        ),
        (
            "<div class=cn_client_info><b class=123>x</b></div>",
            "cn_client_info",
            {"entityInfo": {"123": "x"}},
        ),
        (PRESTASHOP_VISITOR, "cn_client_info", {"entityInfo": {}}),
        (
            f"<div class=cn_product_visited>{PRODUCT}</div>",
            "cn_product_visited",
            {"cn_product_visited": RECORDED_PRODUCT},
        ),
        (
            f"<div class=cn_product_searched>{PRODUCT}</div>",
            "cn_product_searched",
            {"cn_product_searched": RECORDED_PRODUCT},
        ),
        (
            "<div class=cn_product_not_found><b class=product_id>7</b></div>",
            "cn_product_not_found",
            {"cn_product_not_found": {"productId": "7"}},
        ),
        ("<div class=cn_login></div>", "cn_login", {"cn_login": {}}),
        ("<div class=cn_register>Welcome</div>", "cn_register", {"cn_register": {}}),
        (
            "<div class=cn_newsletter_subscribe><b class=email>a@b.c</b></div>",
            "cn_newsletter_subscribe",
            {"cn_newsletter_subscribe": {"email": "a@b.c"}},
        ),
        (
            "<div class=cn_search><b class=search_text> mug </b></div>",
            "cn_search",
            {"cn_search": {"search_text": "mug"}},
        ),
        (
            "<p class=cn_page_category> /Home/<i>Mugs</i> </p>",
            "cn_page_category",
            {"pageInfo": {"categories": ["/Home/Mugs"]}},
        ),
        ("<p class=cn_page_tag>summer</p>", "cn_page_tag", {"pageInfo": {"tags": ["summer"]}}),
        (
            "<div class=cn_banner_placeholder id=top></div>",
            "cn_banner_placeholder",
            {"bannerPlaceholders": ["top"]},
        ),
    ],
)
def test_each_tag_is_recorded_in_its_own_way(html: str, tag: str, event: Json) -> None:
    (reading,) = judge(html, tag).readings
    assert reading.event == event


@pytest.mark.parametrize(
    ("html", "tag", "because"),
    [
        ("<p class=cn_cart>{}</p>".format(CART.format(id="", units=1, price=2)), "cn_cart", "id"),
        ("<p class=cn_cart>{}</p>".format(CART.format(id=1, units="", price=2)), "cn_cart", "ity"),
        (f"<p class=cn_cart>{CART.format(id=1, units=1, price=-2)}</p>", "cn_cart", "-2"),
        ("<p class=cn_search><b class=search_text></b></p>", "cn_search", "search_text is empty"),
    ],
)
def test_a_tag_that_is_dropped_says_why(html: str, tag: str, because: str) -> None:
    result = judge(html, tag)
    assert result.readings[0].event is None
    assert because in result.readings[0].lost_because
    (finding,) = result.findings
    assert (finding.severity, finding.consequence) == (Severity.ERROR, "tag lost")
    assert f"drops the whole {tag.removeprefix('cn_')}" in finding.message


@pytest.mark.parametrize(
    ("tag", "read"),
    [(name, 1 if Contracts().fields(name).is_read_once else 2) for name in documented_tags()],
)
def test_of_some_tags_the_first_is_read_and_of_others_all(tag: str, read: int) -> None:
    result = judge(f"<p class={tag}></p><p class={tag}></p>", tag)
    assert len(result.readings) == read
    assert ("tag-ignored" in [rule for rule, _ in rules(result)]) is (read == 1)


def test_which_tags_are_read_once_is_as_the_script_does() -> None:
    once = [name for name in documented_tags() if Contracts().fields(name).is_read_once]
    assert once == [
        "cn_cart",
        "cn_client_info",
        "cn_login",
        "cn_newsletter_subscribe",
        "cn_register",
        "cn_search",
    ]


@pytest.mark.parametrize(
    ("inner", "found"),
    [
        (
            "<div><b class=primary_key>other@shop.example</b></div>"
            "<b class=primary_key>buyer@shop.example</b>",
            ("field-duplicate", "error"),
        ),
        ("<b class='x _surname'>1</b><b class=_surname>2</b>", ("field-duplicate", "error")),
        ("<b class=_surname>1</b><b class=_surname>1</b>", ("field-duplicate", "warning")),
        ("<b class='_name '>1</b>", ("contact-field-not-read", "error")),
        ("<b class=Primary_Key>a@b.example</b>", ("contact-field-not-read", "error")),
        ("<svg class=_name><text>1</text></svg>", ("contact-field-not-read", "error")),
        ("<p><b class=_name>1</b></p>", ("contact-field-not-read", "error")),
    ],
)
def test_a_field_of_the_contact_that_is_read_otherwise_is_an_error(
    inner: str, found: tuple[str, str]
) -> None:
    html = f"<!doctype html><div class=cn_client_info>{inner}</div>"
    assert rules(judge(html, "cn_client_info")) == [found]


@pytest.mark.parametrize(
    "inner",
    [
        "<b class=' '>x</b><b class=__proto__>x</b>",
        "<math class=primary_key><mi>ada@shop.example</mi></math>",
    ],
)
def test_what_is_no_field_of_the_contact_is_no_finding(inner: str) -> None:
    html = f"<!doctype html><div class=cn_client_info>{inner}</div>"
    assert rules(judge(html, "cn_client_info")) == []


def test_what_the_prestashop_module_renders_for_a_visitor_is_fine() -> None:
    assert rules(judge(PRESTASHOP_VISITOR, "cn_client_info")) == []


def test_an_empty_cart_is_fine() -> None:
    assert rules(judge(EMPTY_CART)) == []


def test_the_sums_of_a_cart_are_compared() -> None:
    item = f"<p class=product_basket_item><b class=quantity>2</b><b class=price>19</b>{PRODUCT}</p>"
    cart = CART.format(id="c1", units=3, price=19) + item
    (finding,) = judge(f"<div class=cn_cart>{cart}</div>").findings
    assert (finding.rule, finding.expected) == ("total-quantity-mismatch", "2")


def test_every_tag_that_is_named_must_be_there() -> None:
    result = judge(EMPTY_CART, "cn_cart", "cn_search", "cn_login")
    missing = [each.message for each in result.findings if each.rule == "tag-missing"]
    assert missing == ["The page shows no cn_search tag.", "The page shows no cn_login tag."]


def test_a_page_without_any_tag_is_never_a_pass() -> None:
    for tag in documented_tags():
        assert errors(judge("<h1>Nothing</h1>", tag)), tag


@pytest.mark.parametrize("tag", documented_tags())
@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<b class=0><i class=/></b>",
        "<b class='~1 ~0 / \0'>x</b>" * 3,
        "<b class=primary_key><b class=primary_key><b class=constructor>" * 40,
        "<svg class=primary_key><title class=_name>x</title></svg>",
        "<template class=primary_key><b class=_name></b></template>",
    ],
)
def test_nothing_a_tag_holds_breaks_the_judgement(tag: str, inner: str) -> None:
    result = judge(f"<div class={tag}>{inner}</div>", tag)
    json.dumps([dict(reading.event or {}) for reading in result.readings])
