"""Payment pages where real money moves, as far as their addresses tell.

Each entry says where that is documented. A page that is not here is not known to be a test page:
some providers have one address for both, and only the shop's own keys make the difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class PaymentProvider:
    """``live`` matches the host and path of pages that take real money."""

    name: str
    live: re.Pattern[str]
    test: str
    """What to use instead, in words."""
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
    """Return the payment provider at whose address real money moves; None for any other.

    A glob may stand for a URL: what it leaves open is not known.
    """
    parts = urlsplit(url)
    place = f"{(parts.hostname or '').lower()}{parts.path}"
    return next((gateway for gateway in PAYMENT_PROVIDERS if gateway.live.match(place)), None)
