"""Does the customer come back from the payment page, where no tag can be shown?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from validator.capture import PaymentTrip
from validator.finding import Consequence, Severity
from validator.rules.frame import Problem, Subject
from validator.urls import short


def not_automatic(subject: Subject) -> Iterator[Problem]:
    for trip in subject.capture.payments:
        if trip.returned == "never":
            yield Problem(
                f"The customer paid at {_host(trip)} and was not brought back to the shop within "
                f"{trip.within_ms / 1000:g} s: no order confirmation, so no purchase is recorded."
                + _buttons(trip),
                expected="an automatic redirect to the order confirmation",
                actual=f"still at {short(trip.last_url)}",
                recorded="nothing",
                severity=Severity.ERROR,
                consequence=Consequence.PURCHASE_LOST,
                scenario=trip.location,
            )
        elif trip.returned == "clicked":
            yield Problem(
                f"After paying at {_host(trip)} the customer must click to come back to the shop: "
                "whoever closes the page instead is a lost purchase.",
                expected="an automatic redirect to the order confirmation",
                actual="a click was needed",
                scenario=trip.location,
            )


def _host(trip: PaymentTrip) -> str:
    return urlsplit(trip.payment_url).netloc or trip.payment_url


def _buttons(trip: PaymentTrip) -> str:
    names = ", ".join(f'"{name}"' for name in trip.buttons)
    return f" On the page could be clicked: {names}." if names else ""
