"""What a group of missing orders means: sentences, rules, and the scenario that would catch it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Cause:
    """``had`` is the verb of a sentence: "97% of the missing orders were paid by X"."""

    predicate: str
    means: str
    rules: tuple[str, ...]
    scenario: str


# Connectif's own list of causes: external payment pages, and the tag on the confirmation.
# https://support.connectif.ai/hc/en-us/articles/360015888579-Error-in-Purchase-Registration
CAUSES: Mapping[str, Cause] = MappingProxyType(
    {
        "payment_method": Cause(
            "were paid by {}",
            "the payment page does not bring customers back to the order confirmation, or what it "
            "brings them back to has no tag",
            ("payment-return-not-automatic", "purchase-tag-missing"),
            "a checkout that pays by {} and waits for the confirmation, as "
            "scenarios/guest-pays-by-card.yaml does",
        ),
        "device": Cause(
            "came from {}",
            "the order confirmation shown there has no tag that the script can see",
            ("purchase-tag-missing", "purchase-tag-invisible"),
            "a checkout on that device, as scenarios/phone.yaml is",
        ),
        "country": Cause(
            "went to country {}",
            "its pages have no tag, or tracking leaves them out",
            ("purchase-tag-missing", "page-not-included", "domain-not-allowed"),
            "a checkout with an address in that country",
        ),
        "language": Cause(
            "were made in language {}",
            "the pages of this language have no tag, or tracking leaves them out",
            ("purchase-tag-missing", "page-not-included", "domain-not-allowed"),
            "a checkout in that language",
        ),
        "currency": Cause(
            "were made in currency {}",
            "the pages of this currency have no tag: some modules want a Connectif account for "
            "each language and currency",
            ("purchase-tag-missing", "script-missing"),
            "a checkout in that currency",
        ),
        "release": Cause(
            "were made on release {}",
            "this release broke the tag or the script on the order confirmation",
            ("purchase-tag-missing", "purchase-not-sent"),
            "every checkout, run on each release before it goes live",
        ),
        "parcels": Cause(
            "have {}",
            "the confirmation of a split order shows the tag of one of its orders only, or none",
            ("tag-count", "purchase-tag-missing", "total-quantity-mismatch"),
            "a basket that is split into parcels, as scenarios/two-products.yaml with products of "
            "two warehouses",
        ),
        "cart": Cause(
            "{}",
            "what these orders have in common keeps their purchases from being recorded",
            ("purchase-tag-missing", "purchase-not-sent"),
            "a checkout with such a basket",
        ),
        "cart: have no cart": Cause(
            "{}",
            "they were not made in a browser: by staff, at a till, by a marketplace or as renewals "
            "of a subscription; --ignore COLUMN=VALUE leaves such orders out",
            ("purchase-not-sent",),
            "no checkout: backfill sends such orders",
        ),
        "channel": Cause(
            "came by channel {}",
            "this channel has no order confirmation with the tag, or no browser at all; "
            "--ignore COLUMN=VALUE leaves such orders out",
            ("purchase-tag-missing", "purchase-not-sent"),
            "a checkout by that channel",
        ),
        "weekday": Cause(
            "were made on a {}",
            "something runs on these days: a job, a maintenance page, another payment route",
            ("script-not-loaded", "purchase-not-through"),
            "a checkout that is run on these days",
        ),
        "total": Cause(
            "have a total {}",
            "amounts of this size take another way through the checkout, such as a voucher that "
            "pays all, or a further authentication",
            ("purchase-without-payment", "purchase-tag-missing"),
            "a checkout with such a total",
        ),
        "cart: share their cart with another order": Cause(
            "{}",
            "a cart that is split into several orders shows the tag of one of them only, or none",
            ("tag-count", "purchase-tag-missing", "total-quantity-mismatch"),
            "a basket that is split into several orders, as scenarios/two-products.yaml with "
            "products of two warehouses",
        ),
        "since": Cause(
            "were made from {} on",
            "something was released or switched at that time, and is still so",
            ("purchase-tag-missing", "purchase-not-sent", "script-missing"),
            "every checkout, run on each release and every hour",
        ),
        "before": Cause(
            "were made before {}",
            "something was mended at that time",
            ("purchase-tag-missing", "purchase-not-sent", "script-missing"),
            "every checkout, run on each release and every hour",
        ),
        "between": Cause(
            "were made {}",
            "something was broken for that time, and has been mended",
            ("purchase-tag-missing", "purchase-not-sent", "script-not-loaded"),
            "every checkout, run on each release and every hour",
        ),
        "hour": Cause(
            "were made {}, of whichever day",
            "something runs at these hours: a maintenance page, a job, another payment route",
            ("script-not-loaded", "purchase-not-through"),
            "a checkout that is run at these hours",
        ),
    }
)
OTHER_CAUSE = Cause(
    "have {}",
    "what these orders have in common keeps their purchases from being recorded",
    ("purchase-tag-missing", "purchase-not-sent"),
    "a checkout that has it too",
)
ALL_MISSING_NOTE = (
    "Not one order was recorded, so there is nothing to compare with: the tag, the script or the "
    "account is wrong for everybody. See cn-validator rules purchase-tag-missing, and run any "
    "checkout."
)
NO_DIMENSIONS_NOTE = (
    "RECORDED lacks orders, but nothing is known of these orders in which they could differ: name "
    "columns with --orders-column payment_method=COLUMN (likewise device, country, language, "
    "currency, release, parcels, cart_id, purchase_date) or --group-by COLUMN."
)
NO_CAUSE_NOTE = (
    "Nothing stands out: the missing orders are spread as all orders are. Customers who leave "
    "before the confirmation is loaded, or whose browser blocks scripts, look like this; "
    "so does a cause of which these columns know nothing."
)
TOO_FEW_NOTE = (
    "Nothing stands out among so few: {} missing orders are not enough to tell a cause from chance."
)
