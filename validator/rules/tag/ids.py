"""Rules on the ids in a tag."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from validator.contract.formats import INVISIBLE_CHARACTER
from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.page.formatted_ids import find_number_for_people, is_in_powers_of_ten
from validator.rules.message_text import field_name, format_times
from validator.rules.references import BASKET_ITEM_DOCS, CLIENT_SCRIPT_SOURCE, PURCHASE_TAG_DOCS
from validator.rules.rule import (
    ANY_TAG,
    Rule,
    RuleContext,
    Violation,
    iter_valid_texts,
    rule_for_each_tag,
)

_ORDER_LABEL = re.compile(
    r"(?:(?:order|pedido|orden|commande|bestellung|ordine|encomenda|comanda|bestelling)"
    r"(?![\w-])[\s.:#]*)?(?:(?:no|nr|nº|n°|number|num|número|id)(?![\w-])[\s.:#]*)?#?\s*",
    re.IGNORECASE,
)


def id_with_unseen_character(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        is_key = field.name.endswith("_id") or field.format == "cn-email"
        if is_key and (found := INVISIBLE_CHARACTER.search(each.text)):
            seen = INVISIBLE_CHARACTER.sub(_replace_invisible, each.text)
            bare = " ".join(seen.split()) if field.name.endswith("_id") else "".join(seen.split())
            yield Violation(
                f"{field_name(each.pointer)} contains an invisible character, "
                f"U+{ord(found[0]):04X}.",
                tag=index,
                pointer=each.pointer,
                expected=find_number_for_people(bare) or bare,
                actual=each.text,
            )


def _replace_invisible(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else ""


_ZERO = re.compile(r"0+(?:[.,]0+)?|-1|\{?0{8}-0{4}-0{4}-0{4}-0{12}\}?|0{24}")
"""What programs have before there is an id: zero, -1, and GUIDs and object ids of zeros."""
_ZERO_ID_FIELDS = {
    "purchase_id": ("every purchase", Severity.ERROR),
    "product_id": ("every product", Severity.WARNING),
    # Connectif's own Shopify script falls back to it.
    "cart_id": ("every cart", Severity.WARNING),
}


def id_zero(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        if field.name in _ZERO_ID_FIELDS and _ZERO.fullmatch(each.text):
            whole, severity = _ZERO_ID_FIELDS[field.name]
            yield Violation(
                f'{field_name(each.pointer)} is "{each.text}": this is not a real id, and may be '
                f"the same for {whole}.",
                tag=index,
                pointer=each.pointer,
                expected="an id of its own",
                actual=each.text,
                severity=severity,
                consequence=Consequence.RECORDED_WRONG
                if severity is Severity.ERROR
                else Consequence.ADVICE,
            )


def id_for_people(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        if not field.name.endswith("_id") or INVISIBLE_CHARACTER.search(each.text):
            continue
        if bare := find_number_for_people(each.text):
            is_power = is_in_powers_of_ten(each.text)
            yield Violation(
                f'{field_name(each.pointer)} is "{each.text}", as a number is written for people'
                f'{" or by a spreadsheet" if is_power else ""}: the id itself is "{bare}".',
                tag=index,
                pointer=each.pointer,
                expected=bare,
                actual=each.text,
                severity=Severity.ERROR if is_power else None,
            )


def purchase_id_with_label(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        if field.name != "purchase_id" or find_number_for_people(each.text):
            continue
        label = _ORDER_LABEL.match(each.text)
        bare = each.text[label.end() if label else 0 :].rstrip("# ")
        if bare != each.text and re.search(r"\d", bare):
            yield Violation(
                f'purchase_id "{each.text}" looks like a text for people: is "{bare}" the id '
                "itself?",
                tag=index,
                pointer=each.pointer,
                expected=bare,
                actual=each.text,
            )


def _find_repeated_products(reading: TagReading, invalid: frozenset[str]) -> Iterator[Violation]:
    ids = {
        field.pointer: field.text
        for field in reading.fields
        if re.fullmatch(r"/product_basket_item/\d+/product_id", field.pointer)
        and field.text
        and field.pointer not in invalid
    }
    counted = Counter(ids.values())
    again = [at for at, text in ids.items() if counted[text] > 1]
    if again:
        text, first = ids[again[0]], again[0]
        second = next(at for at in again[1:] if ids[at] == text)
        others = len({ids[at] for at in again}) - 1
        yield Violation(
            f'The product "{text}" is in the tag {format_times(counted[text])}.'
            + (f" So are {others} others." if others > 1 else " So is 1 other." if others else ""),
            pointer=second,
            expected="one product_basket_item for each product",
            actual=f"{field_name(first)} and {field_name(second)} are the same",
        )


product_repeated = rule_for_each_tag(_find_repeated_products)


RULES = (
    Rule(
        "id-with-unseen-character",
        "An id or an e-mail address contains a line break or another invisible character",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Ids and keys are compared character by character. The script removes white space at "
        "their ends, and no zero-width characters and direction marks. A text with such a "
        "character is a different id than the shop's, or a different contact.",
        "Write the id on one line with nothing around it, and clean it where it is stored.",
        CLIENT_SCRIPT_SOURCE,
        id_with_unseen_character,
        before='<span class="purchase_id">prchs\n  5241</span>',
        after='<span class="purchase_id">prchs5241</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "id-zero",
        "An id is zero",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Zero, or -1, is what a program has before the id exists. Purchases that share an id "
        "cannot be told apart, and a cart with this id is not the cart that was bought.",
        "Render the tag after the order is stored, with the ids that it then has.",
        CLIENT_SCRIPT_SOURCE,
        id_zero,
        before='<span class="purchase_id">0</span>',
        after='<span class="purchase_id">5241</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "id-for-people",
        "An id is written as a number for people",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "An id is recorded as it is written. With separators, decimals or digits of another "
        "script it is another id than the shop's exports, its catalogue and its API have, and "
        "an exponent loses digits, so that several orders share one id.",
        "Print the id as text, without number formatting. If the shop's ids are written so, "
        "this is fine.",
        CLIENT_SCRIPT_SOURCE,
        id_for_people,
        before='<span class="purchase_id">1,042</span>',
        after='<span class="purchase_id">1042</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "purchase-id-with-label",
        "The purchase id has words around it",
        Severity.INFO,
        Consequence.ADVICE,
        "Connectif finds a purchase by its exact id. An order number as people read it is seldom "
        "the id that the shop's exports and its API have.",
        "Write only the id, the same as everywhere else. If this is the whole id, this is fine.",
        PURCHASE_TAG_DOCS,
        purchase_id_with_label,
        before='<span class="purchase_id">Order #1042</span>',
        after='<span class="purchase_id">1042</span>',
    ),
    Rule(
        "product-repeated",
        "A product is in the tag more than once",
        Severity.INFO,
        Consequence.ADVICE,
        "A tag should have one product_basket_item for each distinct product, with its quantity. "
        "Two variants with the id of their product cannot be told apart.",
        "Add up the lines of a product, or give variants ids of their own, as in the catalogue.",
        BASKET_ITEM_DOCS,
        product_repeated,
        before="two product_basket_item with product_id 6, quantity 1 each",
        after="one product_basket_item with product_id 6, quantity 2",
        tags=("cn_purchase", "cn_cart"),
    ),
)
