"""The flow of a payment: to the bank, at the bank, back to the shop, and at the shop.

A URL of the shop with ``?way=out:tab,back:form`` chooses the flow of the customer's next orders;
the flow that the shop was started with completes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

FLOW_CHOICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "out": {
            "303": "redirect 303 See Other",
            "302": "redirect 302 Found",
            "307": "redirect 307, which posts the shop's form to the bank",
            "form": "a page whose form posts itself",
            "meta": "a page with a meta refresh",
            "script": "a page whose script opens the bank",
            "tab": "in a new tab",
            "popup": "in a window of its own",
            "iframe": "in an iframe of the shop's page",
        },
        "card": {
            "plain": "one form",
            "nested": "number, date and code are each in an iframe of their own",
        },
        "challenge": {
            "none": "the card is enough",
            "iframe": "the card's issuer asks in an iframe, from a third origin",
            "page": "the card's issuer asks on a page of its own, at a third origin",
        },
        "back": {
            "meta": "a page with a meta refresh",
            "302": "redirect 302 Found",
            "303": "redirect 303 See Other",
            "307": "redirect 307, which posts to the shop",
            "script": "a page whose script opens the shop",
            "form": "a page whose form posts itself to the shop",
            "opener": "the new window closes, and the page that opened it continues",
            "inside": "in the iframe only, and the page around it stays",
            "click": "a link that must be clicked",
            "never": "the customer stays at the bank",
        },
        "notify": {
            "before": "the bank notifies the shop before the customer returns",
            "soon": "the bank notifies the shop two seconds after the payment",
            "by-hand": "the bank notifies the shop after a POST to the bank's /notify",
        },
        "confirms": {
            "message": "the shop trusts the signed message in the return URL",
            "session": "the shop looks for the order in the customer's session",
            "notification": "the shop waits for the notification of the bank",
        },
        "tag": {
            "always": "each time the confirmation is shown",
            "once": "the first time the confirmation is shown",
            "numbered": "each time, with a different purchase_id",
        },
        "bank": {
            "up": "the payment page works",
            "down": "the payment page answers 503",
            "cookie": "the payment page needs its own cookie, also in an iframe",
        },
    }
)
"""Part of the flow → its choices, the default first, each with its description."""


@dataclass(frozen=True, slots=True)
class PaymentFlow:
    """One choice for each part in ``FLOW_CHOICES``; "" leaves the part to a default."""

    out: str = ""
    card: str = ""
    challenge: str = ""
    back: str = ""
    notify: str = ""
    confirms: str = ""
    tag: str = ""
    bank: str = ""

    def over(self, default: PaymentFlow) -> PaymentFlow:
        """Return this flow, completed by ``default`` and then by the first choices."""
        chosen = {
            name: getattr(self, name) or getattr(default, name) or next(iter(choices))
            for name, choices in FLOW_CHOICES.items()
        }
        return PaymentFlow(**chosen)

    def __str__(self) -> str:
        said = ((field.name, getattr(self, field.name)) for field in fields(self))
        return ",".join(f"{name}:{choice}" for name, choice in said if choice)


DEFAULT_FLOW = PaymentFlow()


def parse_flow(text: str) -> PaymentFlow:
    """Read ``out:tab,back:form``. Raises ValueError with the possible choices."""
    way = PaymentFlow()
    for part in filter(None, text.split(",")):
        name, _, choice = part.partition(":")
        if name not in FLOW_CHOICES:
            raise ValueError(f'"{name}" is not one of {", ".join(FLOW_CHOICES)}')
        if choice not in FLOW_CHOICES[name]:
            raise ValueError(f'{name} is one of {", ".join(FLOW_CHOICES[name])}, not "{choice}"')
        way = replace(way, **{name: choice})
    return way
