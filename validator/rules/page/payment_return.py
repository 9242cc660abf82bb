"""Does the customer come back from the payment page, where no tag can be shown?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from validator.core.capture import UNPAID_OUTCOMES, PaymentCaseRun, PaymentVisit
from validator.core.finding import Consequence, Severity
from validator.core.urls import parse_origin, shorten_url
from validator.rules.references import CLIENT_SCRIPT_SOURCE, PURCHASE_ERRORS_DOCS
from validator.rules.rule import Rule, RuleContext, Violation


def payment_return_not_automatic(context: RuleContext) -> Iterator[Violation]:
    case = context.capture.case
    if case is not None and case.name != "return":
        return  # what a fault does to the way back is told by the case itself
    for visit in context.capture.payments:
        if visit.outcome in UNPAID_OUTCOMES:
            continue
        if visit.returned == "never":
            yield _no_return_violation(visit)
        elif visit.returned == "clicked":
            yield _manual_return_violation(visit)


def _no_return_violation(visit: PaymentVisit) -> Violation:
    is_inside = visit.place == "iframe" and parse_origin(visit.last_url) != parse_origin(
        visit.payment_url
    )
    within = f"within {visit.within_ms / 1000:g} s"
    what = (
        f"came back inside of the iframe only: the page around it did not go on {within}."
        if is_inside
        else f"was not brought back to the shop {within}: no order confirmation, so no purchase is "
        "recorded."
    )
    return Violation(
        f"The customer paid at {_payment_host(visit)} and {what}{_describe_buttons(visit)}",
        expected="an automatic redirect to the order confirmation",
        actual=f"still at {shorten_url(visit.last_url)}",
        recorded="nothing",
        severity=Severity.ERROR,
        consequence=Consequence.PURCHASE_LOST,
        scenario=visit.location,
    )


def _manual_return_violation(visit: PaymentVisit) -> Violation:
    what = f'click "{visit.clicked}"' if visit.clicked else "click"
    return Violation(
        f"After paying at {_payment_host(visit)}, the customer must {what} to return to the shop. "
        "If the customer closes the page instead, the purchase is lost.",
        expected="an automatic redirect to the order confirmation",
        actual=f'a click on "{visit.clicked}" was needed'
        if visit.clicked
        else "a click was needed",
        scenario=visit.location,
    )


def _payment_host(visit: PaymentVisit) -> str:
    return urlsplit(visit.payment_url).netloc or visit.payment_url


def _describe_buttons(visit: PaymentVisit) -> str:
    if visit.ways_back:
        named = " or ".join(f'"{name}"' for name in visit.ways_back)
        return f" To come back, a customer would have to click {named}."
    names = ", ".join(f'"{name}"' for name in visit.buttons)
    return f" On the page could be clicked: {names}." if names else ""


def purchase_lost_on_return(context: RuleContext) -> Iterator[Violation]:
    """After a fault or an ending, there are fewer purchases than there should be."""
    case = context.capture.case
    if case is None or len(case.purchases) >= case.due or _is_return_failure(context, case):
        return
    is_gone = case.name == "close_tab"
    yield Violation(
        f"{_capitalize(case.happened)}. {_describe_shop_order(case)}",
        expected=_count_purchases(case.due),
        actual=_count_purchases(len(case.purchases)),
        severity=Severity.WARNING if is_gone else Severity.ERROR,
        consequence=Consequence.PURCHASE_LOST,
        hint=_HINTS_BY_CASE.get(case.name, ""),
    )


def purchase_recorded_again(context: RuleContext) -> Iterator[Violation]:
    """After a fault or an ending, there are more purchases than there should be."""
    case = context.capture.case
    if case is None or len(case.purchases) <= case.due or not case.due:
        return
    ids = dict.fromkeys(case.purchases)
    is_same = len(ids) <= case.due
    named = ", ".join(f'"{each}"' for each in ids)
    yield Violation(
        f"{_capitalize(case.happened)}, and the purchase was sent {len(case.purchases)} times, "
        + (
            f"each time with the purchase_id {named}: whether Connectif then counts it once is "
            "not documented."
            if is_same
            else f"with the purchase_ids {named}: Connectif would count them all."
        ),
        expected=_count_purchases(case.due),
        actual=_count_purchases(len(case.purchases)),
        severity=Severity.WARNING if is_same else Severity.ERROR,
    )


def purchase_without_payment(context: RuleContext) -> Iterator[Violation]:
    """A purchase is sent although nothing was paid."""
    case, visits = context.capture.case, context.capture.payments
    if case is not None:
        if case.purchases and not case.due:
            yield _unpaid_violation(case.happened, len(case.purchases))
        return
    sent = [e for e in context.capture.sent_events if e.type == "purchase" and not e.here]
    if visits and visits[-1].outcome in UNPAID_OUTCOMES and sent:
        yield _unpaid_violation(f"the payment was {visits[-1].outcome}", len(sent))


def _unpaid_violation(happened: str, number: int) -> Violation:
    return Violation(
        f"{_capitalize(happened)}, and a purchase was sent to Connectif all the same.",
        expected=_count_purchases(0),
        actual=_count_purchases(number),
    )


def _is_return_failure(context: RuleContext, case: PaymentCaseRun) -> bool:
    """Tell whether the customer was just not brought back: that is a finding of its own."""
    return case.name == "return" and any(
        visit.returned == "never" for visit in context.capture.payments
    )


def _describe_shop_order(case: PaymentCaseRun) -> str:
    if case.order:
        return f"The shop has order {case.order}, Connectif would not."
    if case.order_from:
        return "Neither the shop nor Connectif would have the purchase."
    return "Connectif would not have the purchase."


def _count_purchases(purchases: int) -> str:
    return f"{purchases} purchase" + "s" * (purchases != 1)


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


_HINTS_BY_CASE = {
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
        PURCHASE_ERRORS_DOCS,
        payment_return_not_automatic,
        needs_confirmation=False,
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
        PURCHASE_ERRORS_DOCS,
        purchase_lost_on_return,
        needs_confirmation=False,
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
        CLIENT_SCRIPT_SOURCE,
        purchase_recorded_again,
        needs_confirmation=False,
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
        CLIENT_SCRIPT_SOURCE,
        purchase_without_payment,
        needs_confirmation=False,
        before='<h1>Payment declined</h1><div class="cn_purchase"> … </div>',
        after="<h1>Payment declined</h1>",
    ),
)
