"""Records the purchases that a page has sent, so that the API has them."""

from __future__ import annotations

from typing import Any

from validator.demo.api.store import ApiStore, now
from validator.demo.inbox import Payload


def record_purchases(payload: Payload, store: ApiStore) -> None:
    """Store the purchases of a payload.

    The documentation does not say what happens to a second purchase with the same id; here the
    first one stays.
    """
    for event in _dict_items(payload.get("events")):
        purchase = event.get("purchase")
        if isinstance(purchase, dict) and purchase.get("purchaseId"):
            store.add_purchase(_purchase(purchase, payload), triggers=True)


def _purchase(sent: dict[str, Any], payload: Payload) -> dict[str, Any]:
    info = payload.get("entityInfo")
    email = info.get("primary_key") if isinstance(info, dict) else None
    contact = {"contactEmail": email} if email else {}
    return {"purchaseDate": now(), **contact, **sent}


def _dict_items(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
