"""Litoral Bank's payment page: another origin, another look, and its own idea of coming back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode
from urllib.request import urlopen

from flask import Flask, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from validator.demo.faults import PaymentReturn
from validator.demo.orders import State
from validator.demo.signature import is_genuine, signed

DECLINED_CARD = "4000000000000002"


@dataclass(frozen=True, slots=True)
class BankSettings:
    payment_return: PaymentReturn
    secret: str = field(repr=False)


def create_bank(settings: BankSettings) -> Flask:
    app = Flask(__name__)
    app.extensions["bank-settings"] = settings
    app.jinja_env.filters["money"] = lambda amount: f"{Decimal(amount):,} EUR"
    app.add_url_rule("/", "home", _home)
    app.add_url_rule("/pay", "form", _form)
    app.add_url_rule("/pay", "pay", _pay, methods=["POST"])
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


def _form() -> str:
    return render_template("bank_pay.html", asked=_asked(), entered={}, problem="")


def _pay() -> ResponseReturnValue:
    asked = _asked()
    problem = _problem(request.form)
    if problem:
        return render_template(
            "bank_pay.html", asked=asked, entered=request.form, problem=problem
        ), 422
    paid = signed({"order": asked["order"], "state": State.PAID}, _settings().secret)
    # The address was signed by the shop, so no stranger can aim this request.
    with urlopen(asked["notify_url"], urlencode(paid).encode(), timeout=10):  # noqa: S310
        return render_template(
            "bank_accepted.html",
            asked=asked,
            return_url=f"{asked['return_url']}?{urlencode(paid)}",
            payment_return=_settings().payment_return,
        )


def _asked() -> dict[str, str]:
    """Return what the shop asks to be paid, as it signed it; refuse anything else."""
    asked = request.args.to_dict()
    if not is_genuine(asked, _settings().secret):
        abort(403)
    return asked


def _problem(card: dict[str, str]) -> str:
    """Say what is wrong with a card, as far as its face tells; "" for nothing."""
    number = re.sub(r"\s", "", card.get("number", ""))
    if not re.fullmatch(r"[0-9]{13,19}", number) or not _luhn_holds(number):
        return "Check the card number: it has a wrong digit."
    if not re.fullmatch(r"(0[1-9]|1[0-2])\s*/\s*[0-9]{2}", card.get("expiry", "").strip()):
        return "Write the expiry date as on the card: MM/YY."
    if not re.fullmatch(r"[0-9]{3,4}", card.get("cvc", "").strip()):
        return "The CVC is the three or four digits beside the signature."
    if number == DECLINED_CARD:
        return "Your bank has declined this card. Please try another one."
    return ""


def _luhn_holds(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
