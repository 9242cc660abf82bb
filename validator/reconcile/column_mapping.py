"""Which column of a source is which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from validator.core.document import Location
from validator.core.errors import InputError

FIELD_COLUMN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        # Names that say what they are stand before those that only may mean it.
        "order_id": "order_id purchase_id id_order id_pedido pedido_id order_number order_no "
        "order_nr number_order increment_id numero_de_pedido numero_pedido n_pedido "
        "order_reference bestellnummer numero_commande numero_ordine id order number pedido "
        "reference referencia",
        "total_price": "total_price grand_total order_total total_paid total_amount amount_total "
        "total_order total price_total importe_total precio_total importe amount revenue totale "
        "gesamtbetrag montant",
        "total_quantity": "total_quantity total_qty total_qty_ordered quantity_total num_items "
        "items_count item_count product_count quantity qty units unidades cantidad",
        "purchase_date": "purchase_date order_date date_purchase date_add date_created created_at "
        "date_added creation_date placed_at ordered_at fecha_pedido fecha_de_compra "
        "fecha_compra fecha date_created_gmt date datetime timestamp created data datum",
        "status": "status order_status financial_status payment_status estado state current_state "
        "order_state statut stato",
        "contact_email": "contact_email email customer_email billing_email e_mail mail correo "
        "correo_electronico",
        "cart_id": "cart_id id_cart quote_id basket_id carrito_id",
        "payment_method": "payment_method payment_gateway payment_type payment gateway "
        "payment_method_title metodo_de_pago metodo_pago forma_de_pago forma_pago pago zahlungsart",
        "device": "device device_type platform dispositivo",
        "country": "country country_code billing_country shipping_country pais land pays paese",
        "language": "language lang locale idioma",
        "currency": "currency currency_code order_currency moneda divisa",
        "release": "release version app_version build deploy",
        "parcels": "parcels parcel_count shipments shipment_count packages package_count bultos "
        "envios",
    }
)
"""Our name of a field → the names by which it is recognised, the surest first."""

RECORDED_FIELDS = ("order_id", "total_price", "total_quantity", "purchase_date")
"""What is compared. ``purchase_id`` is another name of the first."""
_FIELD_ALIASES: Mapping[str, str] = MappingProxyType({"purchase_id": "order_id", "id": "order_id"})
_PURCHASE_ID_COLUMN = "purchase_id"


def map_columns(
    label: str,
    columns: Sequence[str],
    given: Mapping[str, str],
    option: str,
    *,
    is_recorded: bool = False,
) -> dict[str, str]:
    """Return our field → the column of the source. ``option`` is the one that maps columns.

    Raises InputError for a field or a column that is not there, and where no id is found.
    """
    known = _index_by_normalized_name(columns)
    wanted = RECORDED_FIELDS if is_recorded else tuple(FIELD_COLUMN_NAMES)
    chosen = {
        _resolve_field(name, wanted, option): _resolve_column(column, columns, label, option)
        for name, column in given.items()
    }
    for field in wanted:
        recognised = FIELD_COLUMN_NAMES[field].split()
        if is_recorded and field == "order_id":
            recognised = [_PURCHASE_ID_COLUMN, *recognised]
        taken = set(chosen.values())
        found = (known[name] for name in map(normalize_name, recognised) if name in known)
        column = next((column for column in found if column not in taken), None)
        if field not in chosen and column is not None:
            chosen[field] = column
    if "order_id" not in chosen:
        raise InputError.single(
            "column-unknown",
            f"which column holds the ids? There are {_format_columns(columns)}",
            Location(label),
            hint=f"say it: {option} order_id=COLUMN",
        )
    return {field: chosen[field] for field in wanted if field in chosen}


def normalize_name(name: str) -> str:
    """A column's name without case, accents, spaces and signs: "Nº de Pedido" → "nodepedido"."""
    letters = unicodedata.normalize("NFKD", name)
    return re.sub(r"[^a-z0-9]", "", letters.lower())


def _index_by_normalized_name(columns: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for column in columns:
        known.setdefault(normalize_name(column), column)
    return known


def _resolve_field(name: str, wanted: Sequence[str], option: str) -> str:
    field = _FIELD_ALIASES.get(name, name)
    if field not in wanted:
        near = get_close_matches(name, wanted, n=1)
        meant = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(wanted)}"
        raise InputError.single(
            "field-unknown", f'there is no field "{name}"', Location(option), hint=meant
        )
    return field


def _resolve_column(column: str, columns: Sequence[str], label: str, option: str) -> str:
    if column in columns:
        return column
    near = get_close_matches(column, columns, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {_format_columns(columns)}"
    raise InputError.single(
        "column-unknown",
        f'there is no column "{column}", which {option} names',
        Location(label),
        hint=meant,
    )


def _format_columns(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:30])
    return shown + (f" and {len(columns) - 30} more" if len(columns) > 30 else "")
