"""Rules that compare a tag with what Connectif's API has recorded, for scenarios with
``verify``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from validator.core.document import json_pointer
from validator.core.finding import Consequence, Severity
from validator.page.purchase_difference import PurchaseFieldDifference, compare_purchases
from validator.page.recorded_event import find_recorded_purchase
from validator.rules.references import PURCHASE_ERRORS_DOCS, PURCHASES_API_DOCS
from validator.rules.rule import NotEvaluable, Rule, RuleContext, Violation

_TAG_FIELDS: Mapping[str, str] = {
    "totalPrice": "total_price",
    "totalQuantity": "total_quantity",
    "purchaseDate": "purchase_date",
    "cartId": "cart_id",
    "paymentMethod": "payment_method",
    "products": "product_basket_item",
}


def purchase_not_recorded(context: RuleContext) -> Iterator[Violation]:
    for index, purchase, recorded in _iter_verified_purchases(context):
        if recorded is None:
            yield Violation(
                f'Connectif\'s API does not know the purchase "{purchase["purchaseId"]}".',
                tag=index,
                pointer=json_pointer("purchase_id"),
                expected="the purchase in Connectif",
                actual=str(purchase["purchaseId"]),
                recorded="nothing",
            )


def purchase_recorded_differently(context: RuleContext) -> Iterator[Violation]:
    for index, purchase, recorded in _iter_verified_purchases(context):
        for each in (
            compare_purchases(_without_ambiguous_date(purchase), recorded) if recorded else ()
        ):
            yield Violation(
                f"{each.name} is {each.recorded} in Connectif, and {each.expected} in the tag.",
                tag=index,
                pointer=_field_pointer(each),
                expected=each.expected,
                actual=each.expected,
                recorded=each.recorded,
                severity=Severity.ERROR if each.affects_amounts else None,
            )


_VerifiedPurchase = tuple[int, Mapping[str, Any], Mapping[str, Any] | None]


def _iter_verified_purchases(context: RuleContext) -> Iterator[_VerifiedPurchase]:
    """Yield the purchases that the API was asked for: index of the tag, purchase, API record.

    The record is None where the API does not have the purchase.
    """
    asked = context.capture.recorded
    if asked is None:
        return
    if not asked:
        raise NotEvaluable("no tag names a purchase that the API could be asked for")
    for index, reading in enumerate(context.readings):
        purchase = find_recorded_purchase(reading)
        if purchase and str(purchase["purchaseId"]) in asked:
            yield index, purchase, asked[str(purchase["purchaseId"])]


def _without_ambiguous_date(purchase: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out a date without a zone: how Connectif reads it is not documented."""
    try:
        is_certain = datetime.fromisoformat(str(purchase.get("purchaseDate"))).tzinfo is not None
    except ValueError:
        is_certain = False
    return {name: value for name, value in purchase.items() if is_certain or name != "purchaseDate"}


def _field_pointer(difference: PurchaseFieldDifference) -> str:
    return json_pointer(_TAG_FIELDS.get(difference.name, "purchase_id"))


RULES = (
    Rule(
        "purchase-not-recorded",
        "Connectif does not have the purchase",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "The scenario asks Connectif's API for the purchase, and the API does not have it. "
        "Whatever the page looked like, the order is missing.",
        "Look at the requests of this run and at the other findings: was the event sent, and to "
        "this store? If recording only takes longer, allow more time with verify: {within: 5m}.",
        PURCHASE_ERRORS_DOCS,
        purchase_not_recorded,
        before="verify: {recorded: true, within: 2m}   # GET …/purchases/purchase-id/1042 is 404",
        after="verify: {recorded: true, within: 2m}   # … is 200",
    ),
    Rule(
        "purchase-recorded-differently",
        "Connectif has recorded other values than the tag has",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "Segments, reports and e-mails use what is recorded, not what the page says. A different "
        "total or quantity is an error.",
        "Check whether the purchase came another way too, such as by the API or by a second tag: "
        "the first that arrives is kept. A wrong amount can only be deleted and created again: "
        "cn-validator backfill --replace.",
        PURCHASES_API_DOCS,
        purchase_recorded_differently,
        before='"totalPrice": 129   (the API)     <span class="total_price">133.95</span>',
        after='"totalPrice": 133.95   (the API)',
    ),
)
