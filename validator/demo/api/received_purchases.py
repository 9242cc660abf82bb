"""What a page sent becomes a purchase that the API can be asked for, as in Connectif itself."""

from __future__ import annotations

from typing import Any

from validator.demo.api.store import ApiStore, now
from validator.demo.inbox import Payload


def record_purchases(payload: Payload, store: ApiStore) -> None:
    """Keep the purchases in a payload. What becomes of an id that is taken is not documented:
    here the first stays.
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
