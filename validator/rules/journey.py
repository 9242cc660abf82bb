"""Does the customer come back from the payment page, where no tag can be shown?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from validator.finding import Consequence, Severity
from validator.rules.frame import Problem, Rule, Subject
from validator.rules.sources import LOSSES
from validator.trip import UNPAID, PaymentTrip
from validator.urls import origin_of, short


def not_automatic(subject: Subject) -> Iterator[Problem]:
    case = subject.capture.case
    if case is not None and case.name != "return":
        return  # what a fault does to the way back is told by the case itself
    for trip in subject.capture.payments:
        if trip.outcome in UNPAID:
            continue
        if trip.returned == "never":
            yield _never_back(trip)
        elif trip.returned == "clicked":
            yield _back_by_hand(trip)


def _never_back(trip: PaymentTrip) -> Problem:
    is_inside = trip.place == "iframe" and origin_of(trip.last_url) != origin_of(trip.payment_url)
    what = "came back inside of the iframe only, and the page around it stayed as it was"
    return Problem(
        f"The customer paid at {_host(trip)} and "
        + (what if is_inside else "was not brought back to the shop")
        + f" within {trip.within_ms / 1000:g} s: no order confirmation, so no purchase is recorded."
        + _buttons(trip),
        expected="an automatic redirect to the order confirmation",
        actual=f"still at {short(trip.last_url)}",
        recorded="nothing",
        severity=Severity.ERROR,
        consequence=Consequence.PURCHASE_LOST,
        scenario=trip.location,
    )


def _back_by_hand(trip: PaymentTrip) -> Problem:
    what = f'click "{trip.clicked}"' if trip.clicked else "click"
    return Problem(
        f"After paying at {_host(trip)} the customer must {what} to come back to the shop: "
        "whoever closes the page instead is a lost purchase.",
        expected="an automatic redirect to the order confirmation",
        actual=f'a click on "{trip.clicked}" was needed' if trip.clicked else "a click was needed",
        scenario=trip.location,
    )


def _host(trip: PaymentTrip) -> str:
    return urlsplit(trip.payment_url).netloc or trip.payment_url


def _buttons(trip: PaymentTrip) -> str:
    if trip.ways_back:
        named = " or ".join(f'"{name}"' for name in trip.ways_back)
        return f" To come back, a customer would have to click {named}."
    names = ", ".join(f'"{name}"' for name in trip.buttons)
    return f" On the page could be clicked: {names}." if names else ""


RULES = (
    Rule(
        "payment-return-not-automatic",
        "The customer is not brought back from the payment page automatically",
        Severity.WARNING,
        Consequence.ADVICE,
        "The purchase is recorded on the order confirmation. Who has paid but does not get there, "
        "because a click is needed or nothing leads back, is not recorded.",
        "Configure the payment provider to redirect to the order confirmation automatically, or "
        "synchronise purchases through the API as well.",
        LOSSES,
        not_automatic,
        before='<p>Paid. <a href="/order-confirmation">Return to the shop</a></p>',
        after='<meta http-equiv="refresh" content="0; url=/order-confirmation">',
    ),
)
