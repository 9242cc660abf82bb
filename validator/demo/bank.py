"""Litoral Bank's payment page: another origin, another look, and its own idea of coming back."""

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

from validator.core.cards import luhn_holds
from validator.demo.faults import PaymentReturn
from validator.demo.orders import State
from validator.demo.signature import is_genuine, signed
from validator.demo.way import Way, parse_way

DECLINED_CARD = "4000000000000002"


SOON_SECONDS = 2.0
SESSION = "litoral"


@dataclass(frozen=True, slots=True)
class BankSettings:
    """``own_url`` and ``issuer_url`` are the bank's origin, and that of who issued the card."""

    payment_return: PaymentReturn
    secret: str = field(repr=False)
    own_url: str
    issuer_url: str
    unsent: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Order → the message to the shop that is sent by hand, and where to."""


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
    asked = _asked()
    if _way(asked).bank == "down":
        return render_template("bank_refused.html", text="We are closed for maintenance."), 503
    page = make_response(_render_form(asked, {}, ""))
    page.set_cookie(SESSION, asked["order"], secure=True, samesite="None")
    return page


def _render_form(asked: dict[str, str], entered: dict[str, str], problem: str) -> str:
    card = _way(asked).card
    return render_template(
        "bank_pay.html", asked=asked, entered=entered, problem=problem, card=card
    )


def _field(name: str) -> str:
    """Show one field of the card alone, as banks do so that no page around it can read it."""
    return render_template("bank_field.html", name=name)


def _pay() -> ResponseReturnValue:
    asked = _asked()
    if "number" not in request.form:
        return _form()  # the shop's own form was posted here: nobody has paid yet
    if _way(asked).bank == "cookie" and request.cookies.get(SESSION) != asked["order"]:
        return render_template("bank_refused.html", text="Your session at the bank is over."), 403
    if problem := _problem(request.form):
        return _render_form(asked, request.form, problem), 422
    challenge = _way(asked).challenge
    if challenge == "none":
        return _accepted(asked)
    done = urlencode({"done": f"{_settings().own_url}/challenged?{request.query_string.decode()}"})
    url = f"{_settings().issuer_url}/challenge?{done}"
    if challenge == "page":
        return redirect(url, 303)
    return render_template("bank_challenge.html", url=url)


def _challenged() -> ResponseReturnValue:
    return _accepted(_asked())


def _accepted(asked: dict[str, str]) -> ResponseReturnValue:
    """Take the money, tell the shop, and bring the customer back: or not."""
    way = _way(asked)
    paid = signed({"order": asked["order"], "state": State.PAID}, _settings().secret)
    _tell_shop(asked, way, urlencode(paid).encode())
    return_url = f"{asked['return_url']}?{urlencode(paid)}"
    if way.back.isdecimal():
        return redirect(return_url, int(way.back))
    if way.back == "inside":
        return redirect(f"{return_url}&inside=1", 303)
    return render_template("bank_accepted.html", asked=asked, return_url=return_url, back=way.back)


def _tell_shop(asked: dict[str, str], way: Way, message: bytes) -> None:
    # The address was signed by the shop, so no stranger can aim this request.
    if way.notify == "by-hand":
        _settings().unsent[asked["order"]] = (asked["notify_url"], message)
    elif way.notify == "soon":
        later = Timer(SOON_SECONDS, _send_if_open, (asked["notify_url"], message))
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
    """Send the message about an order that was held back."""
    url, message = _settings().unsent.pop(request.args.get("order", ""), ("", b""))
    if not url:
        abort(404)
    _send(url, message)
    return "", 204


def _way(asked: dict[str, str]) -> Way:
    """Return how a payment goes; the bank's start-up decides about the way back."""
    usual = {"automatic": "meta"}.get(_settings().payment_return, _settings().payment_return)
    return parse_way(asked.get("way", "")).over(Way(back=usual))


def _asked() -> dict[str, str]:
    """Return what the shop asks to be paid, as it signed it; refuse anything else."""
    asked = request.args.to_dict()
    if not is_genuine(asked, _settings().secret):
        abort(403)
    return asked


def _problem(card: dict[str, str]) -> str:
    """Say what is wrong with a card, as far as its face tells; "" for nothing."""
    number = re.sub(r"\s", "", card.get("number", ""))
    if not re.fullmatch(r"[0-9]{13,19}", number) or not luhn_holds(number):
        return "Check the card number: it has a wrong digit."
    if not re.fullmatch(r"(0[1-9]|1[0-2])\s*/\s*[0-9]{2}", card.get("expiry", "").strip()):
        return "Write the expiry date as on the card: MM/YY."
    if not re.fullmatch(r"[0-9]{3,4}", card.get("cvc", "").strip()):
        return "The CVC is the three or four digits beside the signature."
    if number == DECLINED_CARD:
        return "Your bank has declined this card. Please try another one."
    return ""
