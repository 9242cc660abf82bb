"""Payment pages that take real money, recognised by their URLs.

Each entry names its source. Other pages are not known to be test pages: some providers use one URL
for both, and only the keys of the shop make the difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class PaymentProvider:
    """``live`` matches host and path of pages that take real money."""

    name: str
    live: re.Pattern[str]
    test: str
    """The test page to use instead, as text."""
    source: str


PAYMENT_PROVIDERS = (
    PaymentProvider(
        "Redsys",
        re.compile(r"sis\.redsys\.es(?:/|$)"),
        "sis-t.redsys.es:25443",
        "https://pagosonline.redsys.es/conexion-redireccion.html",
    ),
    PaymentProvider(
        "PayPal",
        re.compile(r"(?:www\.)?paypal\.com(?:/|$)"),
        "www.sandbox.paypal.com",
        "https://developer.paypal.com/tools/sandbox/",
    ),
    PaymentProvider(
        "Stripe Checkout",
        re.compile(r"checkout\.stripe\.com/(?:.*/)?cs_live_"),
        "a session made with a test key: its address has cs_test_",
        "https://docs.stripe.com/keys",
    ),
    PaymentProvider(
        "Adyen",
        re.compile(r"(?:live(?:-\w+)?|[\w-]+-live(?:-\w+)?)\.adyen(?:payments)?\.com(?:/|$)"),
        "the same host with test instead of live",
        "https://docs.adyen.com/development-resources/live-endpoints",
    ),
)


def find_live_provider(url: str) -> PaymentProvider | None:
    """Return the payment provider whose live page a URL is; None for any other page.

    ``url`` may be a glob, whose wildcards match no provider.
    """
    parts = urlsplit(url)
    place = f"{(parts.hostname or '').lower()}{parts.path}"
    return next((each for each in PAYMENT_PROVIDERS if each.live.match(place)), None)
