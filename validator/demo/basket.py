"""The basket and the choices of one customer, in the signed session cookie."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import session

from validator.demo.catalog import CATALOG, MAX_QUANTITY, SHIPPING
from validator.demo.orders import Customer, OrderDraft, OrderLine


def lines() -> tuple[OrderLine, ...]:
    chosen: Mapping[str, int] = session.get("basket", {})
    return tuple(OrderLine(id_, quantity, CATALOG[id_].cents) for id_, quantity in chosen.items())


def set_quantity(product_id: str, quantity: int) -> None:
    """Set the quantity of a product; 0 removes it."""
    chosen: dict[str, int] = {**session.get("basket", {}), product_id: quantity}
    session["basket"] = {
        id_: min(count, MAX_QUANTITY) for id_, count in chosen.items() if count > 0
    }


def cart_id() -> str:
    """Return the id of the cart; an empty cart has one too."""
    identity: str = session.setdefault("cart_id", f"cart-{secrets.token_hex(6)}")
    return identity


def get_quantity(product_id: str) -> int:
    quantity: int = session.get("basket", {}).get(product_id, 0)
    return quantity


def clear() -> None:
    """Remove the basket and its id: the next basket is another cart."""
    session.pop("basket", None)
    session.pop("cart_id", None)


def set_session_value(name: str, value: str | dict[str, str]) -> None:
    session[name] = value


def get_session_value(name: str) -> str:
    value: str = session.get(name, "")
    return value


def address() -> Mapping[str, str]:
    value: Mapping[str, str] = session.get("address", {})
    return value


def draft() -> OrderDraft | None:
    """Return the order that can be placed now, or None if a choice is missing."""
    if not (
        lines() and address() and get_session_value("shipping") and get_session_value("payment")
    ):
        return None
    to = address()
    return OrderDraft(
        cart_id=cart_id(),
        customer=Customer(
            to["email"],
            to["name"],
            f"{to['street']}, {to['postcode']} {to['city']}, {to['country']}",
        ),
        payment=get_session_value("payment"),
        shipping=get_session_value("shipping"),
        shipping_cents=SHIPPING[get_session_value("shipping")].cents,
        lines=lines(),
    )
