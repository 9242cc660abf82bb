"""How rules name things to people."""

from __future__ import annotations

import json

from validator.document import Json


def field_name(at: str) -> str:
    """``price of product 2`` for ``/product_basket_item/1/price``; ``the tag`` for the root."""
    match at.split("/")[1:]:
        case [name]:
            return name
        case ["product_basket_item", number]:
            return f"product {int(number) + 1}"
        case ["product_basket_item", number, name, *_]:
            return f"{name} of product {int(number) + 1}"
        case [name, *_]:
            return name
        case _:
            return "the tag"


def shown(recorded: Json) -> str:
    """Return what Connectif records as text: ``180``, or ``nothing``."""
    if recorded is None:
        return "nothing"
    return recorded if isinstance(recorded, str) else json.dumps(recorded, ensure_ascii=False)
