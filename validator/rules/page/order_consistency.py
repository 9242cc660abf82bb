"""Rules that compare the purchase with its page and with the basket before it."""

from __future__ import annotations

from collections.abc import Iterator

from validator.core.capture import Placement
from validator.core.finding import Consequence, Severity
from validator.rules.references import ABANDONED_CART_DOCS, PRESTASHOP_DOCS, PURCHASE_TAG_DOCS
from validator.rules.rule import Rule, RuleContext, Violation
from validator.rules.tag.tag_numbers import TagNumbers

_OTHER_PAGE_TAGS = {
    "cn_product_visited": "a product",
    "cn_product_not_found": "a product that is gone",
    "cn_product_searched": "search results",
    "cn_search": "search results",
}


def purchase_tag_on_other_page(context: RuleContext) -> Iterator[Violation]:
    for name, what in _OTHER_PAGE_TAGS.items():
        tag = next((each for each in context.capture.tags if each.name == name), None)
        if tag and tag.placement is Placement.DOCUMENT and context.tags:
            yield Violation(
                f"The purchase tag is on a page of {what}, with a {name} tag. Each visit to "
                "the page sends the purchase again.",
                tag=0,
                expected="the purchase tag on the order confirmation only",
                actual=f"cn_purchase beside {name}",
            )
            return


def purchase_differs_from_basket(context: RuleContext) -> Iterator[Violation]:
    if context.basket is None or len(context.readings) != 1:
        return
    basket = TagNumbers(context.basket, frozenset())
    purchase = TagNumbers(context.readings[0], context.invalid_pointers[0])
    cart_id, purchase_cart_id = (
        reading.text("/cart_id") for reading in (context.basket, context.readings[0])
    )
    if cart_id and purchase_cart_id and purchase_cart_id != cart_id:
        return
    for at, name, had, has in (
        ("/total_quantity", "units", basket.get("/total_quantity"), purchase["/total_quantity"]),
        ("/product_basket_item", "products", len(basket.items), len(purchase.items)),
    ):
        if had is not None and had != has and purchase.items:
            yield Violation(
                f"The purchase has {has} {name}, but the basket had {had} when the scenario "
                "last checked it.",
                tag=0,
                pointer=at,
                expected=f"{had} {name}",
                actual=f"{has} {name}",
            )
            return


def order_number_differs(context: RuleContext) -> Iterator[Violation]:
    shown = context.capture.order_numbers
    context.require_readings()
    ids = [text for each in context.readings if (text := each.text("/purchase_id"))]
    if len(ids) == 1 and shown and not any(_is_same_order_number(ids[0], each) for each in shown):
        yield Violation(
            f'The page shows the order number "{shown[0]}", but purchase_id is "{ids[0]}".',
            tag=0,
            pointer="/purchase_id",
            expected=f"{shown[0]}, or an id that the shop's exports have too",
            actual=ids[0],
        )


def _is_same_order_number(purchase_id: str, shown: str) -> bool:
    """Tell whether two numbers are the same, apart from a prefix: ``CN-1042`` and ``1042``."""
    first, second = sorted((purchase_id.lower().lstrip("0#"), shown.lower().lstrip("0#")), key=len)
    return second == first or (first.isalnum() and second.endswith(("-" + first, "/" + first)))


RULES = (
    Rule(
        "purchase-tag-on-other-page",
        "The purchase tag is on a page that is not the order confirmation",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The script sends the purchase whenever it finds the tag, and does not know that it has "
        "sent it before. The tag belongs on the first page after the purchase, and on no other "
        "page.",
        "Render the tag on the order confirmation only, and once per order.",
        PURCHASE_TAG_DOCS,
        purchase_tag_on_other_page,
        before='<div class="cn_product_visited"> … </div>\n<div class="cn_purchase"> … </div>',
        after='<div class="cn_purchase"> … </div>  on the order confirmation',
    ),
    Rule(
        "purchase-differs-from-basket",
        "The purchase differs from the basket",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The customer bought what was in the basket. A tag with more or fewer products was made "
        "from something else: one parcel of several, or a basket that was emptied first.",
        "Render the tag from the lines of the order. If the scenario changes the basket after "
        "checking it, let it check again: expect_tag: cn_cart.",
        ABANDONED_CART_DOCS,
        purchase_differs_from_basket,
        before='<span class="total_quantity">1</span>  of a basket of 3',
        after='<span class="total_quantity">3</span>',
    ),
    Rule(
        "order-number-differs",
        "The page shows a different order number than the tag",
        Severity.INFO,
        Consequence.ADVICE,
        "Purchases are looked up and compared by purchase_id. Some modules, such as PrestaShop's, "
        "write the shop's internal id into it. The number on the page then finds nothing.",
        "Compare orders by the id in the tag, or write the order number into both. If the shop "
        "has two numbers for each order, this is fine.",
        PRESTASHOP_DOCS,
        order_number_differs,
        before='<p>Order number XKBKNABJK</p>\n<span class="purchase_id">1042</span>',
        after='<p>Order number 1042</p>\n<span class="purchase_id">1042</span>',
    ),
)
