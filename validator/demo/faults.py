"""The faults that the bundled shop can have, in one table.

A fault changes the texts of the tag, its markup, or the journey. No other module of the shop
depends on a particular fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from html import escape
from types import MappingProxyType
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from validator.core.errors import InputError
from validator.core.suggestion import suggest
from validator.demo.purchase_event import PurchaseEvent
from validator.demo.tag_builders import Fields, PurchaseTag

PaymentReturn: TypeAlias = Literal["automatic", "click", "never"]
ScriptState: TypeAlias = Literal["there", "missing", "not found", "held back", "twice"]
_Texts: TypeAlias = Callable[[PurchaseTag], PurchaseTag]
_Markup: TypeAlias = Callable[[str], str]

_AMOUNTS = ("total_price", "price", "unit_price")
_HIDDEN = 'style="display:none"'
# The content of a template is inert, so no script sees the tag before it is moved out.
_LATE = (
    '<template id="late">{}</template><script>'
    'document.addEventListener("connectif.initialized", () => '
    'document.body.append(document.getElementById("late").content));'
    "</script>"
)


_ROUTED = (
    '<template id="routed">{}</template><script>'
    'document.addEventListener("connectif.initialized", () => {{'
    'history.pushState(null, "", location.pathname + "-placed");'
    'document.body.append(document.getElementById("routed").content); }});'
    "</script>"
)
_CONTACT_LINK = (
    '{}<script>document.addEventListener("readystatechange", () => {{'
    'document.querySelector(".cn_client_info .primary_key").prepend("mailto:");'
    "}}, {{once: true}});"
    "</script>"
)


def _with_later_change(script: str) -> _Markup:
    """Change the page a moment after it is loaded."""
    later = f"addEventListener('load', () => setTimeout(() => {{ {script}; }}, 250))"
    return lambda html: f"{html}<script>{later}</script>"


def _texts_as_documented(tag: PurchaseTag) -> PurchaseTag:
    return tag


def _markup_as_documented(html: str) -> str:
    return html


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and the changes that cause it.

    ``payment_return`` overrides the option of that name, ``configuration`` entries of the client
    script's configuration. ``script`` is how the shop includes the script, ``policy`` its
    Content-Security-Policy. ``event`` builds the purchase event that JavaScript sends; None sends
    none. ``scenario_label`` is the label of the bundled scenario that meets the fault.
    """

    description: str
    texts: _Texts = _texts_as_documented
    markup: _Markup = _markup_as_documented
    payment_return: PaymentReturn | None = None
    confirmation_fails: bool = False
    tag_on_cancel: bool = False
    configuration: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    script: ScriptState = "there"
    policy: str = ""
    event: Callable[[PurchaseEvent], PurchaseEvent] | None = None
    scenario_label: str = "smoke"


NO_FAULT = Fault("everything as documented")


def _change_fields(tag: PurchaseTag, change: Callable[[Fields], Fields]) -> PurchaseTag:
    return PurchaseTag(change(tag.fields), tuple(change(item) for item in tag.items))


def _rewrite(change: Callable[[str], str], *names: str) -> _Texts:
    def rewrite(fields: Fields) -> Fields:
        return tuple((name, change(text) if name in names else text) for name, text in fields)

    return lambda tag: _change_fields(tag, rewrite)


def _set_text(text: str, name: str) -> _Texts:
    return _rewrite(lambda _: text, name)


def _without(name: str) -> _Texts:
    def leave_out(fields: Fields) -> Fields:
        return tuple(field for field in fields if field[0] != name)

    return lambda tag: _change_fields(tag, leave_out)


def _goods_total(tag: PurchaseTag) -> str:
    return str(sum(Decimal(dict(item)["price"]) for item in tag.items))


def _total_without_shipping(tag: PurchaseTag) -> PurchaseTag:
    return _set_text(_goods_total(tag), "total_price")(tag)


def _subtotal_as_second_total(tag: PurchaseTag) -> PurchaseTag:
    return PurchaseTag((("total_price", _goods_total(tag)), *tag.fields), tag.items)


def _without_items(tag: PurchaseTag) -> PurchaseTag:
    return PurchaseTag(tag.fields, ())


def _local_date(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%d/%m/%Y %H:%M")


def _without_tag(_: str) -> str:
    return ""


def _unchanged(purchase: PurchaseEvent) -> PurchaseEvent:
    return purchase


def _total_as_shown(purchase: PurchaseEvent) -> PurchaseEvent:
    return {**purchase, "totalPrice": f"{purchase['totalPrice']:.2f} €".replace(".", ",")}


def _configured(description: str, **configuration: object) -> Fault:
    return Fault(description, configuration=MappingProxyType(configuration))


def _total_in_attribute(html: str) -> str:
    before, _, rest = html.partition('<span class="total_price">')
    total, _, after = rest.partition("</span>")
    return f'{before}<span class="total_price" content="{total}"></span>{after}'


def _cart_id_closed_by_slash(html: str) -> str:
    before, _, rest = html.partition('<span class="cart_id">')
    return f'{before}<span class="cart_id"/>{rest.partition("</span>")[2]}'


_FAULT_TABLE: Mapping[str, Fault] = MappingProxyType(
    {
        "missing": Fault("no tag at all", markup=_without_tag),
        "duplicate-tag": Fault("the same tag twice", markup=lambda html: html * 2),
        "comma-decimals": Fault(
            "amounts with a decimal comma: 133,95",
            _rewrite(lambda text: text.replace(".", ","), *_AMOUNTS),
        ),
        "thousand-separators": Fault(
            "amounts from 1,000 on with separators: 1,234.50",
            _rewrite(lambda text: f"{Decimal(text):,}", *_AMOUNTS),
            scenario_label="large",
        ),
        "currency-before": Fault(
            "amounts after a currency sign: €133.95", _rewrite(lambda text: f"€{text}", *_AMOUNTS)
        ),
        "currency-after": Fault(
            "amounts before a currency sign: 133.95 €",
            _rewrite(lambda text: f"{text} €", *_AMOUNTS),
        ),
        "not-a-number": Fault("total_price says NaN", _set_text("NaN", "total_price")),
        "placeholder": Fault(
            "purchase_id is an unrendered template variable",
            _set_text("{{ order.number }}", "purchase_id"),
        ),
        "template-syntax": Fault(
            "purchase_id is a Blade variable",
            _set_text("{!! $order->number !!}", "purchase_id"),
        ),
        "printed-array": Fault(
            "purchase_id is what PHP prints for an array", _set_text("Array", "purchase_id")
        ),
        "grouped-id": Fault(
            "purchase_id is printed as a number for people: 1,042",
            _set_text("1,042", "purchase_id"),
        ),
        "self-closed-field": Fault(
            "cart_id is closed by a slash, so it holds all that follows",
            markup=_cart_id_closed_by_slash,
        ),
        "url-twice": Fault(
            "url has the shop's address twice",
            _rewrite(lambda text: f"{text.removesuffix(urlsplit(text).path)}/{text}", "url"),
        ),
        "name-hidden-by-cdn": Fault(
            "a CDN has hidden the names, which had an @",
            _set_text("[email\u00a0protected]", "name"),
        ),
        "empty-purchase-id": Fault("purchase_id is empty", _set_text("", "purchase_id")),
        "no-total-quantity": Fault("total_quantity is not there", _without("total_quantity")),
        "no-total-price": Fault("total_price is not there", _without("total_price")),
        "bad-date": Fault(
            "purchase_date in a local form: 23/11/2026 10:15",
            _rewrite(_local_date, "purchase_date"),
        ),
        "wrong-quantity": Fault(
            "total_quantity is one more than the items say",
            _rewrite(lambda text: str(int(text) + 1), "total_quantity"),
        ),
        "wrong-total": Fault(
            "total_price leaves out shipping, so it is not what the customer paid",
            _total_without_shipping,
        ),
        "duplicate-field": Fault(
            "total_price twice: the subtotal comes first", _subtotal_as_second_total
        ),
        "no-items": Fault("no product_basket_item in the tag", _without_items),
        "item-without-name": Fault("items have no name", _without("name")),
        "item-without-price": Fault("items have no price", _without("price")),
        "relative-url": Fault(
            "url and image_url without the shop's address",
            _rewrite(lambda text: urlsplit(text).path, "url", "image_url"),
        ),
        "value-in-attribute": Fault(
            "total_price in a content attribute, not in the text", markup=_total_in_attribute
        ),
        "styled": Fault(
            "the tag is visible, and CSS turns its texts to upper case",
            markup=lambda html: html.replace(_HIDDEN, 'style="text-transform:uppercase"'),
        ),
        "iframe": Fault(
            "the tag is inside an iframe",
            markup=lambda html: (
                f'<iframe title="Order data" hidden srcdoc="{escape(html)}"></iframe>'
            ),
        ),
        "shadow-root": Fault(
            "the tag is inside a shadow root",
            markup='<div><template shadowrootmode="open">{}</template></div>'.format,
        ),
        "template": Fault("the tag is inside <template>", markup="<template>{}</template>".format),
        "noscript": Fault("the tag is inside <noscript>", markup="<noscript>{}</noscript>".format),
        "comment": Fault("the tag is inside an HTML comment", markup="<!-- {} -->".format),
        "late": Fault(
            "the tag is added after the Connectif script has read the page",
            markup=_LATE.format,
        ),
        "single-page": Fault(
            "JavaScript shows the confirmation without loading a document",
            markup=_ROUTED.format,
        ),
        "contact-link": Fault("the contact's key is a mailto: link", markup=_CONTACT_LINK.format),
        "written-again": Fault(
            "JavaScript writes the amounts again with a comma, before any script reads them",
            markup=_with_later_change(
                "document.querySelectorAll('.cn_purchase .total_price, .cn_purchase .price, "
                ".cn_purchase .unit_price').forEach((amount) => { amount.textContent = "
                "amount.textContent.replace('.', ','); })"
            ),
            script="missing",
        ),
        "removed-later": Fault(
            "JavaScript removes the tag, and no script has read it",
            markup=_with_later_change("document.querySelector('.cn_purchase').remove()"),
            script="missing",
        ),
        "tracking-off": _configured(
            "web tracking is turned off in Connectif", webTrackingEnabled=False
        ),
        "domain-not-allowed": _configured(
            "the store allows another domain only", allowedDomains=["https://www.shop.example"]
        ),
        "excluded-page": _configured(
            "a pattern excludes the order confirmation", excludeTracking=["/order-confirmation/"]
        ),
        "not-included-page": _configured(
            "only product pages are tracked", trackAllByDefault=False, includeTracking=["/products"]
        ),
        "sampled-out": _configured(
            "one visitor in ten is tracked, and this is another one",
            samplingTrackingPercent=10,
            samplingValue=50,
        ),
        "script-not-started": _configured(
            "the Connectif script does not start by itself", autoInitialize=False
        ),
        "auto-send-off": _configured(
            "the Connectif script does not send by itself", autoSendEventsOnInit=False
        ),
        "script-missing": Fault("no Connectif script on any page", script="missing"),
        "script-not-found": Fault(
            "the Connectif script's address is of no store: 404", script="not found"
        ),
        "script-blocked-by-csp": Fault(
            "the Content-Security-Policy forbids the Connectif script",
            policy="script-src 'self' 'unsafe-inline'",
        ),
        "consent-not-given": Fault(
            "the Connectif script waits for consent nobody gives", script="held back"
        ),
        "script-twice": Fault("the Connectif script twice on each page", script="twice"),
        "event-instead-of-tag": Fault(
            "no tag: JavaScript sends the purchase, which is right too",
            markup=_without_tag,
            event=_unchanged,
        ),
        "event-malformed": Fault(
            "no tag: JavaScript sends the purchase, with a total as people read it",
            markup=_without_tag,
            event=_total_as_shown,
        ),
        "tag-and-event": Fault("a tag, and JavaScript sends the purchase too", event=_unchanged),
        "no-return": Fault("the payment page keeps the customer", payment_return="never"),
        "return-needs-click": Fault(
            "the payment page brings the customer back only after a click", payment_return="click"
        ),
        "confirmation-500": Fault(
            "the confirmation page answers 500 Internal Server Error", confirmation_fails=True
        ),
        "tag-on-cancel": Fault(
            "the tag is rendered for an order whose payment was cancelled",
            tag_on_cancel=True,
            scenario_label="cancel",
        ),
    }
)

FAULTS: Mapping[str, str] = MappingProxyType(
    {name: fault.description for name, fault in _FAULT_TABLE.items()}
)
"""Name of a fault → its description, for ``--help``."""


def find_scenario_label(fault: str) -> str:
    """Return the label of the bundled scenario that meets a fault from FAULTS."""
    return _FAULT_TABLE[fault].scenario_label


def find_fault(name: str | None) -> Fault:
    """Return the fault of a name, NO_FAULT for None. Raises InputError for an unknown name."""
    if name is None:
        return NO_FAULT
    if name not in _FAULT_TABLE:
        hint = suggest(name, _FAULT_TABLE) or f"one of {', '.join(_FAULT_TABLE)}"
        raise InputError.single("unknown-fault", f"the shop has no fault {name!r}", hint=hint)
    return _FAULT_TABLE[name]
