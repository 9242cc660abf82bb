"""Rules on optional fields that a valid tag leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from validator.core.document import json_pointer
from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.rules.message_text import field_name
from validator.rules.references import ABANDONED_CART_DOCS, PRODUCT_DOCS, PURCHASE_TAG_DOCS
from validator.rules.rule import (
    ANY_TAG,
    Rule,
    RuleContext,
    RuleFunction,
    Violation,
    iter_valid_texts,
    merge_per_tag,
    rule_for_each_tag,
)

_WRONG_SEPARATOR = re.compile(r"[>›»→|\\]")  # noqa: RUF001 - used in breadcrumbs


def missing_field_rule(name: str, loss: str) -> RuleFunction:
    """Make a rule for an optional field that a tag should have. ``loss`` ends the message."""

    def find_missing(reading: TagReading, _: frozenset[str]) -> Iterator[Violation]:
        if not reading.data.get(name):
            yield Violation(
                f"The tag has no {name}: {loss}.",
                pointer=json_pointer(name),
                expected=f'an element with class="{name}"',
                actual="nothing",
            )

    return rule_for_each_tag(find_missing)


def category_separator(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_wrong_separators(context))


def _find_wrong_separators(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        if field.name == "category" and "/" not in each.text and _WRONG_SEPARATOR.search(each.text):
            yield Violation(
                f'{field_name(each.pointer)} "{each.text}" separates its levels with something '
                "other than a slash.",
                tag=index,
                pointer=each.pointer,
                expected="/".join(level.strip() for level in _WRONG_SEPARATOR.split(each.text)),
                actual=each.text,
                severity=Severity.INFO,
            )


RULES = (
    Rule(
        "items-missing",
        "The tag has no products",
        Severity.WARNING,
        Consequence.ADVICE,
        "The purchase is recorded, but without what was bought.",
        "Add a product_basket_item for each product.",
        PURCHASE_TAG_DOCS,
        missing_field_rule("product_basket_item", "Connectif will not know what was bought"),
        before='<div class="cn_purchase"> … </div>',
        after='<div class="cn_purchase"> … <div class="product_basket_item"> … </div></div>',
    ),
    Rule(
        "cart-id-missing",
        "The tag does not name the cart that was bought",
        Severity.WARNING,
        Consequence.ADVICE,
        "Without it the cart is not marked as purchased. It stays active and becomes an abandoned "
        "cart, and the customer may be reminded of what is already bought.",
        "Add cart_id, the same as in the cn_cart tag.",
        ABANDONED_CART_DOCS,
        missing_field_rule("cart_id", "the cart will count as abandoned"),
        before='<div class="cn_purchase"> … </div>',
        after='<div class="cn_purchase"><span class="cart_id">crt8679803</span> … </div>',
    ),
    Rule(
        "purchase-date-missing",
        "The tag does not say when the purchase was made",
        Severity.INFO,
        Consequence.ADVICE,
        "A confirmation page that is opened later does not show when the order was placed.",
        "Add purchase_date in ISO 8601.",
        PURCHASE_TAG_DOCS,
        missing_field_rule("purchase_date", "only the tag can say when the purchase was made"),
        before='<div class="cn_purchase"> … </div>',
        after='<span class="purchase_date">2024-09-13T10:49:31Z</span>',
    ),
    Rule(
        "category-separator",
        "The levels of a category are not separated by slashes",
        Severity.INFO,
        Consequence.ADVICE,
        "A category is a path with slashes. With another separator the whole path is one category.",
        "Separate the levels with slashes.",
        PRODUCT_DOCS,
        category_separator,
        before='<span class="category">Computers &gt; Keyboards</span>',
        after='<span class="category">/Computers/Keyboards</span>',
        tags=ANY_TAG,
    ),
)
