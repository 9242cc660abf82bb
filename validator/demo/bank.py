"""Litoral Bank's payment page, on an origin of its own."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Timer
from urllib.parse import urlencode
from urllib.request import urlopen

from flask import Flask, abort, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from validator.core.cards import passes_luhn_check
from validator.demo.faults import PaymentReturn
from validator.demo.orders import OrderState
from validator.demo.payment_flow import PaymentFlow, parse_flow
from validator.demo.signature import has_valid_signature, sign

DECLINED_CARD = "4000000000000002"
NOTIFY_DELAY_S = 2.0
SESSION_COOKIE = "litoral"


@dataclass(frozen=True, slots=True)
class BankSettings:
    """``own_url`` is the origin of the bank, ``issuer_url`` the origin of the card's issuer."""

    payment_return: PaymentReturn
    secret: str = field(repr=False)
    own_url: str
    issuer_url: str
    held_messages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Order → the URL and the body of a message to the shop that ``/notify`` sends."""


def create_bank(settings: BankSettings) -> Flask:
    app = Flask(__name__)
    app.extensions["bank-settings"] = settings
    app.jinja_env.filters["money"] = lambda amount: f"{Decimal(amount):,} EUR"
    app.add_url_rule("/", "home", _home)
    app.add_url_rule("/pay", "form", _form)
    app.add_url_rule("/pay", "pay", _pay, methods=["POST"])
    app.add_url_rule("/field/<name>", "field", _field)
    app.add_url_rule("/challenged", "challenged", _challenged, methods=["GET", "POST"])
    app.add_url_rule("/notify", "notify", _notify, methods=["POST"])
    app.register_error_handler(403, _refused)
    return app


def _settings() -> BankSettings:
    settings: BankSettings = current_app.extensions["bank-settings"]
    return settings


def _home() -> str:
    return render_template("bank_refused.html", text="Payments start at a shop's checkout.")


def _refused(_: Exception) -> ResponseReturnValue:
    text = "This payment request was changed on its way. Please start again at the shop."
    return render_template("bank_refused.html", text=text), 403


def _form() -> ResponseReturnValue:
    asked = _signed_request()
    if _payment_flow(asked).bank == "down":
        return render_template("bank_refused.html", text="We are closed for maintenance."), 503
    page = make_response(_render_form(asked, {}, ""))
    page.set_cookie(SESSION_COOKIE, asked["order"], secure=True, samesite="None")
    return page


def _render_form(asked: dict[str, str], entered: dict[str, str], problem: str) -> str:
    card = _payment_flow(asked).card
    return render_template(
        "bank_pay.html", asked=asked, entered=entered, problem=problem, card=card
    )


def _field(name: str) -> str:
    """Show one field of the card, in an iframe whose text the page around it cannot read."""
    return render_template("bank_field.html", name=name)


def _pay() -> ResponseReturnValue:
    asked = _signed_request()
    if "number" not in request.form:
        return _form()  # the shop's own form was posted here: this is not a payment yet
    if (
        _payment_flow(asked).bank == "cookie"
        and request.cookies.get(SESSION_COOKIE) != asked["order"]
    ):
        return render_template("bank_refused.html", text="Your session at the bank is over."), 403
    if problem := _card_problem(request.form):
        return _render_form(asked, request.form, problem), 422
    challenge = _payment_flow(asked).challenge
    if challenge == "none":
        return _accept_payment(asked)
    done = urlencode({"done": f"{_settings().own_url}/challenged?{request.query_string.decode()}"})
    url = f"{_settings().issuer_url}/challenge?{done}"
    if challenge == "page":
        return redirect(url, 303)
    return render_template("bank_challenge.html", url=url)


def _challenged() -> ResponseReturnValue:
    return _accept_payment(_signed_request())


def _accept_payment(asked: dict[str, str]) -> ResponseReturnValue:
    """Accept the payment, notify the shop and, if the flow says so, send the customer back."""
    way = _payment_flow(asked)
    paid = sign({"order": asked["order"], "state": OrderState.PAID}, _settings().secret)
    _notify_shop(asked, way, urlencode(paid).encode())
    return_url = f"{asked['return_url']}?{urlencode(paid)}"
    if way.back.isdecimal():
        return redirect(return_url, int(way.back))
    if way.back == "inside":
        return redirect(f"{return_url}&inside=1", 303)
    return render_template("bank_accepted.html", asked=asked, return_url=return_url, back=way.back)


def _notify_shop(asked: dict[str, str], way: PaymentFlow, message: bytes) -> None:
    # The shop has signed the address, so nobody else can choose where this request goes.
    if way.notify == "by-hand":
        _settings().held_messages[asked["order"]] = (asked["notify_url"], message)
    elif way.notify == "soon":
        later = Timer(NOTIFY_DELAY_S, _send_if_open, (asked["notify_url"], message))
        later.daemon = True
        later.start()
    else:
        _send(asked["notify_url"], message)


def _send(url: str, message: bytes) -> None:
    with urlopen(url, message, timeout=10):  # noqa: S310 - the shop has signed the address
        pass


def _send_if_open(url: str, message: bytes) -> None:
    with suppress(OSError):  # the shop was stopped meanwhile
        _send(url, message)


def _notify() -> ResponseReturnValue:
    """Send the message about an order that was withheld."""
    url, message = _settings().held_messages.pop(request.args.get("order", ""), ("", b""))
    if not url:
        abort(404)
    _send(url, message)
    return "", 204


def _payment_flow(asked: dict[str, str]) -> PaymentFlow:
    """Return the flow of a payment; the option ``payment_return`` is the default way back."""
    usual = {"automatic": "meta"}.get(_settings().payment_return, _settings().payment_return)
    return parse_flow(asked.get("way", "")).over(PaymentFlow(back=usual))


def _signed_request() -> dict[str, str]:
    """Return the signed payment request of the shop; refuse any other request."""
    asked = request.args.to_dict()
    if not has_valid_signature(asked, _settings().secret):
        abort(403)
    return asked


def _card_problem(card: dict[str, str]) -> str:
    """Return what is wrong with the data of a card, or ""."""
    number = re.sub(r"\s", "", card.get("number", ""))
    if not re.fullmatch(r"[0-9]{13,19}", number) or not passes_luhn_check(number):
        return "Check the card number: it has a wrong digit."
    if not re.fullmatch(r"(0[1-9]|1[0-2])\s*/\s*[0-9]{2}", card.get("expiry", "").strip()):
        return "Write the expiry date as on the card: MM/YY."
    if not re.fullmatch(r"[0-9]{3,4}", card.get("cvc", "").strip()):
        return "The CVC is the three or four digits beside the signature."
    if number == DECLINED_CARD:
        return "Your bank has declined this card. Please try another one."
    return ""
