"""Rules on the return from the payment page, where no tag can be shown."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from validator.core.capture import UNPAID_OUTCOMES, Capture, PaymentCaseRun, PaymentVisit
from validator.core.finding import Consequence, Severity
from validator.core.urls import find_site, parse_origin, shorten_url
from validator.rules.message_text import format_purchases, join_with_and
from validator.rules.references import CLIENT_SCRIPT_SOURCE, PURCHASE_ERRORS_DOCS
from validator.rules.rule import Rule, RuleContext, Violation


def payment_return_not_automatic(context: RuleContext) -> Iterator[Violation]:
    case = context.capture.case
    if case is not None and case.name != "return":
        return  # the payment case itself reports what a fault does to the return
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
        f"came back only inside the iframe: the page around it did not continue {within}."
        if is_inside
        else f"was not brought back to the shop {within}. Without the order confirmation, no "
        "purchase is recorded."
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
    return f" The customer could click: {names}." if names else ""


def payment_return_other_host(context: RuleContext) -> Iterator[Violation]:
    for visit in context.capture.payments:
        if visit.new_host and visit.returned != "never":
            yield Violation(
                f"After paying at {_payment_host(visit)}, the customer came back to "
                f"{visit.new_host}, a host of the shop where the journey had not been before.",
                expected="a return to the host that the customer left",
                actual=f"a return to {visit.new_host}",
                scenario=visit.location,
            )


def describe_withheld_cookies(capture: Capture) -> str:
    """Say which cookies of the shop were not sent on the way back from a payment page, or ""."""
    site = find_site(capture.url)
    withheld = [
        (hop.method, name)
        for hop in capture.hops
        if find_site(hop.origin) == site
        for name in hop.withheld
    ]
    if not withheld:
        return ""
    names = join_with_and([name for _, name in dict.fromkeys(withheld)])
    return (
        f" The customer came back from the payment page by {withheld[0][0]} without the cookie "
        f"{names}, which browsers do not send when another site leads to the shop."
    )


def purchase_lost_on_return(context: RuleContext) -> Iterator[Violation]:
    """Report fewer purchases than expected after a payment case."""
    case = context.capture.case
    if case is None or len(case.purchases) >= case.due or _is_return_failure(context, case):
        return
    is_gone = case.name == "close_tab"
    yield Violation(
        f"{_capitalize(case.happened)}. {_describe_shop_order(case)}",
        expected=format_purchases(case.due),
        actual=format_purchases(len(case.purchases)),
        severity=Severity.WARNING if is_gone else Severity.ERROR,
        consequence=Consequence.PURCHASE_LOST,
        hint=_HINTS_BY_CASE.get(case.name, ""),
    )


def purchase_recorded_again(context: RuleContext) -> Iterator[Violation]:
    """Report more purchases than expected after a payment case."""
    case = context.capture.case
    if case is None or len(case.purchases) <= case.due or not case.due:
        return
    ids = dict.fromkeys(case.purchases)
    is_same = len(ids) <= case.due
    named = ", ".join(f'"{each}"' for each in ids)
    yield Violation(
        f"{_capitalize(case.happened)}, and the purchase was sent {len(case.purchases)} times, "
        + (
            f"each time with the purchase_id {named}. It is not documented whether Connectif "
            "then counts it once."
            if is_same
            else f"with the purchase_ids {named}: Connectif would count them all."
        ),
        expected=format_purchases(case.due),
        actual=format_purchases(len(case.purchases)),
        severity=Severity.WARNING if is_same else Severity.ERROR,
    )


def purchase_without_payment(context: RuleContext) -> Iterator[Violation]:
    """Report a purchase that is sent although nothing was paid."""
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
        f"{_capitalize(happened)}, but a purchase was sent to Connectif.",
        expected=format_purchases(0),
        actual=format_purchases(number),
    )


def _is_return_failure(context: RuleContext, case: PaymentCaseRun) -> bool:
    """Tell whether the customer was not brought back, which another rule reports."""
    return case.name == "return" and any(
        visit.returned == "never" for visit in context.capture.payments
    )


def _describe_shop_order(case: PaymentCaseRun) -> str:
    if case.order:
        return f"The shop has order {case.order}, but Connectif would not have it."
    if case.order_from:
        return "Neither the shop nor Connectif would have the purchase."
    return "Connectif would not have the purchase."


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


_HINTS_BY_CASE = {
    "session_lost": "Find the order by what the bank sends back, not by the session. A cookie with "
    "SameSite=Lax is not sent with a POST from the bank's page, and one with SameSite=Strict is "
    "not sent with a GET either.",
    "session_expired": "Find the order by what the bank sends back, not by the session.",
    "close_tab": "No tag can record a customer who does not come back: synchronise purchases "
    "through the API as well.",
    "notification_late": "Show the tag after the payment is confirmed: keep the order until the "
    "notification arrives, and let the page reload itself.",
}


RULES = (
    Rule(
        "payment-return-not-automatic",
        "The customer is not brought back from the payment page automatically",
        Severity.WARNING,
        Consequence.ADVICE,
        "The purchase is recorded on the order confirmation. A customer who has paid but does not "
        "reach it, because a click is needed or nothing leads back, is not recorded.",
        "Configure the payment provider to redirect to the order confirmation automatically, or "
        "synchronise purchases through the API as well.",
        PURCHASE_ERRORS_DOCS,
        payment_return_not_automatic,
        needs_confirmation=False,
        before='<p>Paid. <a href="/order-confirmation">Return to the shop</a></p>',
        after='<meta http-equiv="refresh" content="0; url=/order-confirmation">',
    ),
    Rule(
        "payment-return-other-host",
        "The customer comes back from the payment page to another host of the shop",
        Severity.INFO,
        Consequence.ADVICE,
        "Browsers keep cookies and storage for each host, unless a cookie names the domain. On the "
        "other host the customer may have another session and count as another visitor.",
        "Give the payment provider the return address at the host where customers check out.",
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Cookies#define_where_cookies_are_sent",
        payment_return_other_host,
        needs_confirmation=False,
        before="https://shop.example/order-confirmation  for a checkout at www.shop.example",
        after="https://www.shop.example/order-confirmation",
    ),
    Rule(
        "purchase-lost-on-return",
        "The shop has an order that Connectif would not have",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "Failures between the payment page and the shop happen to customers every day. A customer "
        "who has paid and does not see the confirmation is not recorded.",
        "Make the return work in every state of the customer's browser, and synchronise purchases "
        "through the API as well.",
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
        "The script sends the purchase of a page each time the page is loaded. It does not know "
        "that it has sent the purchase before.",
        "Show the tag once for each order, and keep its purchase_id the same.",
        CLIENT_SCRIPT_SOURCE,
        purchase_recorded_again,
        needs_confirmation=False,
        before='<div class="cn_purchase"> … </div>  each time the page is loaded',
        after='<div class="cn_purchase"> … </div>  the first time',
    ),
    Rule(
        "purchase-without-payment",
        "A purchase is sent although nothing was paid",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script sends the purchase of every tag that it finds, paid or not.",
        "Render the tag only after the payment is confirmed.",
        CLIENT_SCRIPT_SOURCE,
        purchase_without_payment,
        needs_confirmation=False,
        before='<h1>Payment declined</h1><div class="cn_purchase"> … </div>',
        after="<h1>Payment declined</h1>",
    ),
)
