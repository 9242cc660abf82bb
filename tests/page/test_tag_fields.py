from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from validator.contract.fields import parse_tag_schema
from validator.contract.schema import load_schema
from validator.core.capture import CapturedTag, Placement
from validator.core.document import Document, Location
from validator.core.result import ShadowedField
from validator.page.static_capture import capture_html
from validator.page.tag_fields import MAX_VALUES, extract_fields

PURCHASE = parse_tag_schema(load_schema("cn_purchase"))


def read(
    inner: str, texts: dict[str, str] | None = None
) -> tuple[Document, tuple[ShadowedField, ...]]:
    html = f'<div class="cn_purchase">{inner}</div>'
    origin = Location("page.html", 10, 5)
    tag = CapturedTag(
        "cn_purchase", html, Placement.DOCUMENT, origin, "#tag", MappingProxyType(texts or {})
    )
    return extract_fields(tag, PURCHASE)


def test_a_field_is_the_first_descendant_with_the_class_at_any_depth() -> None:
    document, _ = read("<ul><li><b class='x cart_id y'>1</b></ul><i class=cart_id>2</i>")
    assert document.data == {"cart_id": "1"}


@pytest.mark.parametrize(
    "inner",
    [
        "<b class=CART_ID>1</b>",
        "<b class=cart_id_x>1</b>",
        "<b id=cart_id>1</b>",
        "<template><b class=cart_id>1</b></template>",
        "<noscript><b class=cart_id>1</b></noscript>",
        "<iframe><b class=cart_id>1</b></iframe>",
        "<!-- <b class=cart_id>1</b> -->",
    ],
)
def test_what_the_script_does_not_find_is_no_field(inner: str) -> None:
    assert read(inner)[0].data == {}


def test_a_page_in_quirks_mode_does_not_mind_the_case_of_classes() -> None:
    html = "<div class=CN_PURCHASE><b class=CART_ID>1</b><i class=Name><b class=cart_ID>2</b></i>"
    tag = CapturedTag("cn_purchase", html, Placement.DOCUMENT, Location("a"), quirks=True)
    document, [shadowed] = extract_fields(tag, PURCHASE)
    assert (document.data, shadowed.text) == ({"cart_id": "1"}, "2")


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<b class=cart_id><template>X</template>A</b>", "A"),
        ("<template class=cart_id>X</template>", ""),
        ("<textarea class=cart_id>A &amp; B</textarea>", "A & B"),
        ("<title class=cart_id>A &amp; B</title>", "A & B"),
        ("<svg><title class=cart_id>A<b>c</b></title></svg>", "Ac"),
        ("<svg><template><b class=cart_id>A</b></template></svg>", "A"),
        ("<svg><g><p class=cart_id>A</p>", "A"),
    ],
)
def test_a_text_is_what_the_document_holds(inner: str, text: str) -> None:
    assert read(inner)[0].data == {"cart_id": text}


def test_attributes_are_never_read() -> None:
    assert read("<input class=cart_id value=7>")[0].data == {"cart_id": ""}


def test_texts_are_trimmed_as_javascript_does() -> None:
    assert read("<b class=cart_id>\n &nbsp;a  b\ufeff </b>")[0].data == {"cart_id": "a  b"}


def test_what_the_live_page_shows_wins_over_the_html() -> None:
    document, _ = read("<p></p><b class=cart_id>ab</b>", {"1": "AB"})
    assert document.data == {"cart_id": "AB"}


def test_fields_come_in_document_order() -> None:
    inner = "<b class=total_price>1</b><b class=purchase_id>2</b>"
    data = read(inner)[0].data
    assert isinstance(data, dict)
    assert list(data) == ["total_price", "purchase_id"]


def test_items_are_found_at_any_depth_and_lists_within_them() -> None:
    item = "<li class=product_basket_item><b class=name>{}</b><i class=tag>x</i><i class=tag>y</i>"
    html = f'<div class="cn_purchase"><ul>{item.format(1)}{item.format(2)}</ul></div>'
    [tag] = capture_html(html, "page.html").tags
    document, _ = extract_fields(tag, PURCHASE)
    assert document.data == {
        "product_basket_item": [{"name": "1", "tag": ["x", "y"]}, {"name": "2", "tag": ["x", "y"]}]
    }


def test_a_field_of_the_tag_may_stand_inside_of_an_item() -> None:
    inner = "<p class=product_basket_item><b class=cart_id>1</b></p>"
    assert read(inner)[0].data == {"product_basket_item": [{}], "cart_id": "1"}


def test_every_field_knows_its_place() -> None:
    document, _ = read("<b class=cart_id>1</b>\n <p class=product_basket_item><i class=tag>x</i>")
    places = [document.locate(at) for at in ("", "/cart_id", "/product_basket_item/0/tag/0")]
    assert [str(place) for place in places] == [
        "page.html:10:5",
        "page.html:10:30",
        "page.html:11:31",
    ]
    assert places[2].css == "#tag > p.product_basket_item > i.tag"


def test_a_missing_field_is_placed_at_what_lacks_it() -> None:
    document, _ = read("\n<p class=product_basket_item></p>")
    assert str(document.locate("/product_basket_item/0/name")) == "page.html:11:1"


def test_a_second_element_of_a_field_is_noted() -> None:
    _, [shadowed] = read("<b class=cart_id>1</b><b class=cart_id>2</b>")
    assert (shadowed.pointer, shadowed.text, shadowed.inside) == ("/cart_id", "2", "")
    assert shadowed.location.css == "#tag > b.cart_id:nth-of-type(2)"


def test_html_in_a_description_is_told_apart() -> None:
    item = "<p class=product_basket_item><b class=name>a</b><i class=description>{}</i></p>"
    _, [shadowed] = read(item.format("<u class=name>b</u>"))
    assert shadowed.inside == "description"


@pytest.mark.parametrize("html", ["", "just text", "\0"])
def test_a_tag_without_elements_has_no_fields(html: str) -> None:
    tag = CapturedTag("cn_purchase", html, Placement.DOCUMENT, Location("page.html"))
    assert extract_fields(tag, PURCHASE)[0].data == {}


def test_products_beyond_what_the_schema_allows_are_not_read() -> None:
    document, _ = read("<p class=product_basket_item></p>" * (MAX_VALUES + 5))
    assert isinstance(document.data, dict)
    assert len(document.data["product_basket_item"]) == MAX_VALUES  # type: ignore[arg-type]  # a list
    properties: Any = load_schema("cn_purchase").data["properties"]
    assert properties["product_basket_item"]["maxItems"] == MAX_VALUES - 1
