"""The checkout: address, shipping, payment, review, the bank, and the order confirmation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from validator.demo import basket
from validator.demo.catalog import CATALOG, COUNTRIES, PAYMENT_METHODS, SHIPPING, to_euros
from validator.demo.orders import TIME_FORMAT, Customer, Order, OrderLine, OrderState
from validator.demo.page_tags import PRODUCT_URLS
from validator.demo.payment_flow import PaymentFlow, parse_flow
from validator.demo.purchase_event import purchase_event
from validator.demo.server_settings import ShopSettings
from validator.demo.signature import has_valid_signature, sign
from validator.demo.tag_builders import purchase_tag

checkout = Blueprint("checkout", __name__)

EXAMPLE_ORDER = "1042"
"""The number of an order whose confirmation can be seen without buying anything."""
_ADDRESS_FIELDS = ("email", "name", "street", "postcode", "city", "country")


def _settings() -> ShopSettings:
    settings: ShopSettings = current_app.extensions["shop-settings"]
    return settings


@checkout.route("/checkout/address", methods=["GET", "POST"])
def address() -> ResponseReturnValue:
    if not basket.lines():
        return redirect(url_for("basket"), 303)
    entered = {name: request.form.get(name, "").strip() for name in _ADDRESS_FIELDS}
    if request.method == "GET":
        return render_template("address.html", entered=basket.address(), countries=COUNTRIES)
    if not all(entered.values()) or entered["country"] not in COUNTRIES:
        flash("Please fill in every field.", "problem")
        return render_template("address.html", entered=entered, countries=COUNTRIES), 422
    basket.set_session_value("address", entered)
    return redirect(url_for(".shipping"), 303)


@checkout.route("/checkout/shipping", methods=["GET", "POST"])
def shipping() -> ResponseReturnValue:
    if not basket.address():
        return redirect(url_for(".address"), 303)
    if request.form.get("shipping") not in SHIPPING:
        return render_template(
            "shipping.html", chosen=basket.get_session_value("shipping") or "standard"
        )
    basket.set_session_value("shipping", request.form["shipping"])
    return redirect(url_for(".payment"), 303)


@checkout.route("/checkout/payment", methods=["GET", "POST"])
def payment() -> ResponseReturnValue:
    if not basket.get_session_value("shipping"):
        return redirect(url_for(".shipping"), 303)
    if request.form.get("payment") not in PAYMENT_METHODS:
        cancelled = _settings().orders.get(basket.get_session_value("cancelled"))
        show_tag = cancelled and _settings().fault.tag_on_cancel
        return render_template(
            "payment.html",
            chosen=basket.get_session_value("payment") or "card",
            tag=_render_tag(cancelled) if cancelled and show_tag else "",
        )
    basket.set_session_value("payment", request.form["payment"])
    return redirect(url_for(".review"), 303)


@checkout.route("/checkout/review", methods=["GET", "POST"])
def review() -> ResponseReturnValue:
    draft = basket.draft()
    if draft is None:
        return redirect(url_for(".payment"), 303)
    way = _chosen_flow()
    if request.method == "GET":
        return render_template("review.html", order=draft, way=way)
    number = _settings().orders.place(draft)
    _settings().orders.set_flow(number, str(way))
    if PAYMENT_METHODS[draft.payment].at_bank:
        basket.set_session_value("awaited", number)
        return _redirect_to_bank(_bank_url(number, draft.total_cents), way)
    basket.clear()
    return redirect(url_for(".confirmation", number=number), 303)


def _chosen_flow() -> PaymentFlow:
    """Return the payment flow of the next order: the customer's choice, then the shop's."""
    return parse_flow(basket.get_session_value("way")).over(_settings().way)


def _order_flow(number: str) -> PaymentFlow:
    return parse_flow(_settings().orders.way(number)).over(_settings().way)


def _redirect_to_bank(url: str, way: PaymentFlow) -> ResponseReturnValue:
    if way.out.isdecimal():
        return redirect(url, int(way.out))
    if way.out in ("tab", "popup"):
        return redirect(url, 303)
    return render_template("leave.html", bank_url=url, way=way)


def _bank_url(number: str, cents: int) -> str:
    secret = _settings().bank_secret
    cancel = sign({"order": number, "state": OrderState.CANCELLED}, secret)
    request_ = {
        "order": number,
        "amount": str(to_euros(cents)),
        "return_url": url_for(".returned", _external=True),
        "notify_url": url_for(".notified", _external=True),
        "cancel_url": url_for(".cancelled", _external=True, **cancel),
        # The bank decides what the flow leaves open.
        "way": str(parse_flow(basket.get_session_value("way"))) or str(_settings().way),
    }
    return f"{_settings().payment_url}/pay?{urlencode(sign(request_, secret))}"


@checkout.post("/payment/notification")
def notified() -> ResponseReturnValue:
    """Receive the bank's own message, which arrives even if the customer does not return."""
    _settle(request.form.to_dict(), OrderState.PAID)
    return "", 204


@checkout.route("/payment/return", methods=["GET", "POST"])
def returned() -> ResponseReturnValue:
    message = request.args.to_dict()
    is_inside = message.pop("inside", None) is not None
    way = _order_flow(message.get("order", ""))
    if way.confirms == "session":
        _verify_message(message, OrderState.PAID)
        number = basket.get_session_value("awaited")
        if not number:
            flash("Your basket is empty.", "problem")
            return redirect(url_for("basket"), 303)
    elif way.confirms == "notification":
        number = _verify_message(message, OrderState.PAID)
    else:
        number = _settle(message, OrderState.PAID)
    basket.clear()
    url = url_for(".confirmation", number=number)
    if way.out == "iframe" and not is_inside:
        return render_template("break_out.html", url=url)
    return redirect(url, 303)


@checkout.get("/payment/cancelled")
def cancelled() -> ResponseReturnValue:
    number = _settle(request.args.to_dict(), OrderState.CANCELLED)
    basket.set_session_value("cancelled", number)
    flash("The payment was cancelled. Nothing was charged; your basket is still here.", "problem")
    return redirect(url_for(".payment"), 303)


def _settle(message: dict[str, str], state: OrderState) -> str:
    """Settle an order as a signed message of the bank says; return the order's number."""
    number = _verify_message(message, state)
    _settings().orders.settle(number, state)
    return number


def _verify_message(message: dict[str, str], state: OrderState) -> str:
    """Return the order number of a message; refuse one that the bank has not signed."""
    if message.get("state") != state or not has_valid_signature(message, _settings().bank_secret):
        abort(403)
    return message["order"]


@checkout.get("/order-confirmation/<number>")
def confirmation(number: str) -> ResponseReturnValue:
    order = _settings().orders.get(number) or _find_example_order(number)
    if order is None:
        abort(404)
    if _settings().fault.confirmation_fails:
        text = "Something broke on our side. Your order is safe; please try again later."
        return render_template("problem.html", title="Internal error", text=text), 500
    way = _order_flow(number)
    if PAYMENT_METHODS[order.payment].at_bank and order.state is not OrderState.PAID:
        if order.state is OrderState.AWAITING_PAYMENT and way.confirms == "notification":
            return render_template("pending.html", order=order)
        return redirect(url_for(".payment"), 303)
    page = render_template("confirmation.html", order=order, tag=_render_shown_tag(order, way))
    # Going back would otherwise show the cached page with its tag once more.
    return page, {"Cache-Control": "no-store"} if way.tag == "once" else {}


def _find_example_order(number: str) -> Order | None:
    """Return the order that is always there, to check its confirmation; it is not stored."""
    if number != EXAMPLE_ORDER:
        return None
    return Order(
        cart_id="cart-6f1b3a90c2de",
        customer=Customer("qa@example.test", "Alba Serra", "Calle del Faro 7, 43840 Salou, Spain"),
        payment="transfer",
        shipping="standard",
        shipping_cents=SHIPPING["standard"].cents,
        lines=(OrderLine("hoodie", 1, CATALOG["hoodie"].cents),),
        number=EXAMPLE_ORDER,
        placed=datetime.now(UTC).strftime(TIME_FORMAT),
        state=OrderState.PAID,
    )


def _render_shown_tag(order: Order, way: PaymentFlow) -> Markup | str:
    """Return the tag, or "" if the flow shows it only once and has shown it."""
    shown = _settings().orders.show(order.number)
    if way.tag == "once" and shown:
        return ""
    if way.tag == "numbered" and shown:
        return _render_tag(replace(order, number=f"{order.number}-{shown + 1}"))
    return _render_tag(order)


@checkout.get("/orders.json")
def listed() -> ResponseReturnValue:
    """Return the orders as JSON, like the API of a real shop."""
    return jsonify(
        [
            {"number": each.number, "state": each.state, "total": str(to_euros(each.total_cents))}
            for each in _settings().orders.all()
        ]
    )


@checkout.before_app_request
def _remember_flow() -> ResponseReturnValue | None:
    """Remember the flow that the query of a URL chooses for the customer's next payments."""
    if "way" not in request.args or request.method != "GET":
        return None
    try:
        parse_flow(request.args["way"])
    except ValueError as error:
        text = f"There is no such way to pay: {error}."
        return render_template("problem.html", title="No such way", text=text), 400
    basket.set_session_value("way", request.args["way"])
    return None


@checkout.app_errorhandler(403)
def _forged(_: Exception) -> ResponseReturnValue:
    text = "This message does not carry our bank's signature, so nothing was changed."
    return render_template("problem.html", title="Refused", text=text), 403


def _render_tag(order: Order) -> Markup:
    fault = _settings().fault
    tag = fault.texts(purchase_tag(order, PRODUCT_URLS))
    # The template has escaped every text; a fault only moves or repeats its output.
    html = fault.markup(render_template("cn_purchase.html", tag=tag))
    if fault.event:
        purchase = fault.event(purchase_event(tag))
        html += render_template("purchase_event.html", purchase=purchase)
    return Markup(html)  # noqa: S704 - the templates escape every text
