"""The shop: products and basket. The checkout is a blueprint of its own."""

from __future__ import annotations

from flask import Flask, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from validator.demo import basket, page_tags
from validator.demo.catalog import (
    BRAND,
    CATALOG,
    MAX_QUANTITY,
    PAYMENT_METHODS,
    SHIPPING,
    format_euros,
)
from validator.demo.checkout import checkout
from validator.demo.server_settings import STORE_ID, ShopSettings


def create_shop(settings: ShopSettings) -> Flask:
    app = Flask(__name__)
    app.secret_key = settings.session_secret
    app.config.update(SESSION_COOKIE_NAME="norte-quay", SESSION_COOKIE_SAMESITE="Lax")
    app.extensions["shop-settings"] = settings
    app.jinja_env.filters["euros"] = format_euros
    app.jinja_env.globals.update(
        brand=BRAND,
        catalog=CATALOG,
        shipping_methods=SHIPPING,
        payment_methods=PAYMENT_METHODS,
        most=MAX_QUANTITY,
        store_id=STORE_ID,
        client_script_url=settings.client_script_url,
        script=settings.fault.script,
        basket_lines=basket.lines,
        cart=page_tags.cart,
        contact=page_tags.contact,
        shown_product=page_tags.shown_product,
    )
    app.add_url_rule("/", "products", _products)
    app.add_url_rule("/products/<product_id>", "product", _product)
    app.add_url_rule("/basket", "basket", _basket)
    app.add_url_rule("/basket/add", "add", _add, methods=["POST"])
    app.add_url_rule("/basket/change", "change", _change, methods=["POST"])
    app.register_error_handler(404, _not_found)
    app.register_blueprint(checkout)
    if policy := settings.fault.policy:

        @app.after_request
        def _forbid(answer: Response) -> Response:
            answer.headers["Content-Security-Policy"] = policy
            return answer

    return app


def _products() -> str:
    return render_template("products.html")


def _product(product_id: str) -> ResponseReturnValue:
    if product_id not in CATALOG:
        return _not_found_page(missing=product_id)
    return render_template("product.html", product=CATALOG[product_id])


def _basket() -> str:
    return render_template("basket.html")


def _add() -> ResponseReturnValue:
    product_id, quantity = _read_choice()
    if not 1 <= quantity <= MAX_QUANTITY:
        flash(f"Please choose a quantity from 1 to {MAX_QUANTITY}.", "problem")
        return redirect(url_for("product", product_id=product_id), 303)
    basket.set_quantity(product_id, basket.get_quantity(product_id) + quantity)
    flash(f"{CATALOG[product_id].name} is in your basket.", "news")
    return redirect(url_for("basket"), 303)


def _change() -> ResponseReturnValue:
    product_id, quantity = _read_choice()
    basket.set_quantity(product_id, max(quantity, 0))
    return redirect(url_for("basket"), 303)


def _read_choice() -> tuple[str, int]:
    product_id = request.form.get("product", "")
    if product_id not in CATALOG:
        abort(404)
    return product_id, request.form.get("quantity", -1, type=int)


def _not_found(_: Exception) -> ResponseReturnValue:
    return _not_found_page()


def _not_found_page(missing: str = "") -> ResponseReturnValue:
    text = "We looked on every shelf, but there is nothing at this address."
    return render_template("problem.html", title="Not found", text=text, missing=missing), 404
