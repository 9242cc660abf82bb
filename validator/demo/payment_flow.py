"""How one order's payment goes: the way out, what the bank does, the way back, what the shop does.

A page of the shop that is opened with ``?way=out:tab,back:form`` says so for the orders that
follow; what it leaves open is as the shop was started.
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
            "script": "a page whose script goes on",
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
            "script": "a page whose script goes on",
            "form": "a page whose form posts itself to the shop",
            "opener": "the window that was opened closes, and the shop's page goes on",
            "inside": "in the iframe only, and the page around it stays",
            "click": "a link that must be clicked",
            "never": "nothing leads back",
        },
        "notify": {
            "before": "the bank tells the shop before the customer comes back",
            "soon": "the bank tells the shop two seconds after the payment",
            "by-hand": "the bank tells the shop when its /notify is posted to",
        },
        "confirms": {
            "message": "the shop believes the signed message that the customer brings",
            "session": "the shop looks for the order in the customer's session",
            "notification": "the shop waits for what the bank tells it",
        },
        "tag": {
            "always": "each time the confirmation is shown",
            "once": "the first time the confirmation is shown",
            "numbered": "each time, and each time with another purchase_id",
        },
        "bank": {
            "up": "the payment page is there",
            "down": "the payment page answers 503",
            "cookie": "the payment page needs its own cookie, also in an iframe",
        },
    }
)
"""What can be chosen → its choices, the usual one first, each with what it does."""


@dataclass(frozen=True, slots=True)
class PaymentFlow:
    """One choice of each of ``CHOICES``; "" where the start-up decides."""

    out: str = ""
    card: str = ""
    challenge: str = ""
    back: str = ""
    notify: str = ""
    confirms: str = ""
    tag: str = ""
    bank: str = ""

    def over(self, default: PaymentFlow) -> PaymentFlow:
        """Return this way, with what it leaves open as ``default`` has it, or as usual."""
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
    """Read ``out:tab,back:form``. Raises ValueError, saying what there is to choose."""
    way = PaymentFlow()
    for part in filter(None, text.split(",")):
        name, _, choice = part.partition(":")
        if name not in FLOW_CHOICES:
            raise ValueError(f'"{name}" is not one of {", ".join(FLOW_CHOICES)}')
        if choice not in FLOW_CHOICES[name]:
            raise ValueError(f'{name} is one of {", ".join(FLOW_CHOICES[name])}, not "{choice}"')
        way = replace(way, **{name: choice})
    return way
