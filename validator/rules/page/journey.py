"""Does the customer come back from the payment page, where no tag can be shown?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from validator.core.capture import UNPAID, CaseRun, PaymentVisit
from validator.core.finding import Consequence, Severity
from validator.core.urls import origin_of, short
from validator.rules.rule import Problem, Rule, Subject
from validator.rules.sources import LOSSES, SCRIPT


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


def _never_back(trip: PaymentVisit) -> Problem:
    is_inside = trip.place == "iframe" and origin_of(trip.last_url) != origin_of(trip.payment_url)
    within = f"within {trip.within_ms / 1000:g} s"
    what = (
        f"came back inside of the iframe only: the page around it did not go on {within}."
        if is_inside
        else f"was not brought back to the shop {within}: no order confirmation, so no purchase is "
        "recorded."
    )
    return Problem(
        f"The customer paid at {_host(trip)} and {what}{_buttons(trip)}",
        expected="an automatic redirect to the order confirmation",
        actual=f"still at {short(trip.last_url)}",
        recorded="nothing",
        severity=Severity.ERROR,
        consequence=Consequence.PURCHASE_LOST,
        scenario=trip.location,
    )


def _back_by_hand(trip: PaymentVisit) -> Problem:
    what = f'click "{trip.clicked}"' if trip.clicked else "click"
    return Problem(
        f"After paying at {_host(trip)} the customer must {what} to come back to the shop: "
        "whoever closes the page instead is a lost purchase.",
        expected="an automatic redirect to the order confirmation",
        actual=f'a click on "{trip.clicked}" was needed' if trip.clicked else "a click was needed",
        scenario=trip.location,
    )


def _host(trip: PaymentVisit) -> str:
    return urlsplit(trip.payment_url).netloc or trip.payment_url


def _buttons(trip: PaymentVisit) -> str:
    if trip.ways_back:
        named = " or ".join(f'"{name}"' for name in trip.ways_back)
        return f" To come back, a customer would have to click {named}."
    names = ", ".join(f'"{name}"' for name in trip.buttons)
    return f" On the page could be clicked: {names}." if names else ""


def lost(subject: Subject) -> Iterator[Problem]:
    """After a fault or an ending, there are fewer purchases than there should be."""
    case = subject.capture.case
    if case is None or len(case.purchases) >= case.due or _is_left(subject, case):
        return
    is_gone = case.name == "close_tab"
    yield Problem(
        f"{_capital(case.happened)}. {_shop_has(case)}",
        expected=_number(case.due),
        actual=_number(len(case.purchases)),
        severity=Severity.WARNING if is_gone else Severity.ERROR,
        consequence=Consequence.PURCHASE_LOST,
        hint=_HINTS.get(case.name, ""),
    )


def again(subject: Subject) -> Iterator[Problem]:
    """After a fault or an ending, there are more purchases than there should be."""
    case = subject.capture.case
    if case is None or len(case.purchases) <= case.due or not case.due:
        return
    ids = dict.fromkeys(case.purchases)
    is_same = len(ids) <= case.due
    named = ", ".join(f'"{each}"' for each in ids)
    yield Problem(
        f"{_capital(case.happened)}, and the purchase was sent {len(case.purchases)} times, "
        + (
            f"each time with the purchase_id {named}: whether Connectif then counts it once is "
            "not documented."
            if is_same
            else f"with the purchase_ids {named}: Connectif would count them all."
        ),
        expected=_number(case.due),
        actual=_number(len(case.purchases)),
        severity=Severity.WARNING if is_same else Severity.ERROR,
    )


def unpaid(subject: Subject) -> Iterator[Problem]:
    """A purchase is sent although nothing was paid."""
    case, trips = subject.capture.case, subject.capture.payments
    if case is not None:
        if case.purchases and not case.due:
            yield _unpaid(case.happened, len(case.purchases))
        return
    sent = [e for e in subject.capture.sent_events if e.type == "purchase" and not e.here]
    if trips and trips[-1].outcome in UNPAID and sent:
        yield _unpaid(f"the payment was {trips[-1].outcome}", len(sent))


def _unpaid(happened: str, number: int) -> Problem:
    return Problem(
        f"{_capital(happened)}, and a purchase was sent to Connectif all the same.",
        expected=_number(0),
        actual=_number(number),
    )


def _is_left(subject: Subject, case: CaseRun) -> bool:
    """Tell whether the customer was just not brought back: that is a finding of its own."""
    return case.name == "return" and any(t.returned == "never" for t in subject.capture.payments)


def _shop_has(case: CaseRun) -> str:
    if case.order:
        return f"The shop has order {case.order}, Connectif would not."
    if case.order_from:
        return "Neither the shop nor Connectif would have the purchase."
    return "Connectif would not have the purchase."


def _number(purchases: int) -> str:
    return f"{purchases} purchase" + "s" * (purchases != 1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_HINTS = {
    "session_lost": "Find the order by what the bank sends back, not by the session: a cookie with "
    "SameSite=Lax is not sent with a POST that comes from the bank's page, and one with Strict "
    "not with a GET either.",
    "session_expired": "Find the order by what the bank sends back, not by the session.",
    "close_tab": "No tag can record who does not come back: synchronise purchases through the "
    "API as well.",
    "notification_late": "Show the tag once the payment is confirmed: keep the order while the "
    "notification is awaited, and let the page load itself again.",
}


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
    Rule(
        "purchase-lost-on-return",
        "The shop has an order that Connectif would not have",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "What goes wrong between the payment page and the shop happens to customers every day: "
        "who has paid and does not see the confirmation is not recorded.",
        "Have the way back work whatever state the customer's browser is in, and synchronise "
        "purchases through the API as well.",
        LOSSES,
        lost,
        before="session['order']  # gone with the cookie that was not sent",
        after="order_of(request.form['Order'])  # what the bank sends back, and has signed",
    ),
    Rule(
        "purchase-recorded-again",
        "One purchase is sent to Connectif several times",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script sends what a page shows each time the page is loaded: it does not know that "
        "it has sent a purchase before.",
        "Show the tag once for each order, and keep its purchase_id the same.",
        SCRIPT,
        again,
        before='<div class="cn_purchase"> … </div>  each time the page is loaded',
        after='<div class="cn_purchase"> … </div>  the first time',
    ),
    Rule(
        "purchase-without-payment",
        "A purchase is sent though nothing was paid",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script records what a tag says wherever it finds one: a purchase, paid or not.",
        "Render the tag only once the payment is confirmed.",
        SCRIPT,
        unpaid,
        before='<h1>Payment declined</h1><div class="cn_purchase"> … </div>',
        after="<h1>Payment declined</h1>",
    ),
)
