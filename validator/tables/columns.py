"""Which column of a source is which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from types import MappingProxyType

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.suggestion import find_similar
from validator.tables.column_words import COLUMN_PATTERNS

FIELD_COLUMN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        # Names that say what they are stand before those that only may mean it.
        "order_id": "order_id purchase_id id_order id_pedido pedido_id order_number order_no "
        "order_nr number_order increment_id numero_de_pedido numero_pedido n_pedido no_pedido "
        "num_pedido order_reference bestellnummer bestell_nr bestellung_nr auftragsnummer "
        "numero_de_commande numero_commande n_commande no_commande id_commande numero_ordine "
        "numero_dell_ordine n_ordine id_ordine numero_do_pedido numero_da_encomenda encomenda "
        "id order number pedido commande ordine bestellung reference referencia riferimento "
        "referenz transaction_id",
        "total_price": "total_price grand_total grand_total_purchased order_total "
        "order_total_inc_tax order_total_incl_tax order_total_amount order_amount total_paid "
        "total_amount amount_total total_order total_inc_tax total_incl_tax total_ttc "
        "total price_total total_pedido total_del_pedido total_do_pedido total_de_la_commande "
        "total_commande total_ordine totale_ordine importe_total precio_total preco_total "
        "valor_total montant_total importo_totale prezzo_totale gesamtsumme gesamtpreis "
        "gesamtbetrag endbetrag rechnungsbetrag bestellsumme bestellwert grand_total_base "
        "importe amount amount_paid revenue totale gesamt summe betrag montant importo valor",
        "total_quantity": "total_quantity total_qty total_qty_ordered quantity_total num_items "
        "items_count item_count product_count total_items lineitem_quantity line_item_quantity "
        "item_quantity product_quantity quantity_refund quantity_ordered qty_ordered quantity "
        "qty units unidades cantidad quantite quantita quantidade menge anzahl",
        "purchase_date": "purchase_date order_date date_purchase date_add date_created created_at "
        "date_added creation_date placed_at ordered_at purchased_on order_placed fecha_pedido "
        "fecha_del_pedido fecha_de_compra fecha_compra date_de_commande date_de_la_commande "
        "date_commande data_ordine data_dell_ordine data_pedido data_do_pedido data_da_compra "
        "bestelldatum auftragsdatum bestellt_am fecha date_created_gmt date datetime timestamp "
        "created data datum paid_at date_paid payment_date fecha_de_pago",
        "status": "financial_status payment_status order_status status estado_del_pedido "
        "estado_pedido estado_do_pedido statut_de_la_commande statut_commande etat_de_la_commande "
        "etat_commande stato_ordine stato_dell_ordine bestellstatus auftragsstatus zahlungsstatus "
        "estado state current_state order_state statut stato etat post_status",
        "contact_email": "contact_email email customer_email billing_email email_address e_mail "
        "mail email_billing correo correo_electronico courriel adresse_email adresse_e_mail "
        "indirizzo_email indirizzo_e_mail email_cliente e_mail_adresse",
        "cart_id": "cart_id id_cart quote_id basket_id checkout_id carrito_id id_carrito id_panier "
        "id_carrello warenkorb_id",
        "payment_method": "payment_method payment_gateway payment_type payment_method_title "
        "payment_provider payment_method_name payment gateway metodo_de_pago metodo_pago "
        "forma_de_pago forma_pago medio_de_pago medio_pago modo_de_pago tipo_de_pago "
        "mode_de_paiement moyen_de_paiement methode_de_paiement type_de_paiement "
        "mode_de_reglement metodo_di_pagamento metodo_pagamento modalita_di_pagamento "
        "tipo_di_pagamento forma_de_pagamento metodo_de_pagamento meio_de_pagamento zahlungsart "
        "zahlungsweise zahlungsmethode zahlungsmittel zahlart bezahlart bezahlmethode pago "
        "paiement reglement pagamento zahlung",
        "device": "device device_type platform dispositivo appareil geraet gerat",
        "country": "country country_code billing_country billing_country_code shipping_country "
        "shipping_country_code pais land pays paese",
        "language": "language lang locale idioma langue lingua sprache",
        "currency": "currency currency_code order_currency order_currency_code moneda divisa "
        "devise valuta moeda wahrung waehrung",
        "release": "release version app_version build deploy",
        "channel": "channel sales_channel sales_channel_name order_source source created_via canal "
        "canal_de_venta canal_de_vente canale canale_di_vendita vertriebskanal verkaufskanal "
        "origin origen origine herkunft marketplace",
        "parcels": "parcels parcel_count shipments shipment_count packages package_count bultos "
        "envios colis pacchi pakete",
    }
)
"""Our name of a field → the names by which it is recognised, the surest first.

English, Spanish, French, Italian, Portuguese and German, without accents.
"""
PRODUCT_COLUMN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "productId": "product_id lineitem_sku line_item_sku item_sku product_sku variant_sku sku "
        "item_id id_producto product_reference referencia_producto reference_produit "
        "artikelnummer codigo_producto codice_prodotto",
        "name": "lineitem_name line_item_name item_name product_name name product_title item_title "
        "nombre_producto nombre_del_producto nom_du_produit nome_prodotto nome_do_produto "
        "produktname artikelname item product producto articulo produit article prodotto articolo "
        "produto artikel",
        "productDetailUrl": "product_detail_url product_url product_link item_url url_producto "
        "url_produit url_prodotto",
        "unitPrice": "unit_price lineitem_price line_item_price item_price product_price "
        "item_cost precio_unitario prix_unitaire prezzo_unitario preco_unitario einzelpreis "
        "stueckpreis stuckpreis",
        "quantity": "quantity lineitem_quantity line_item_quantity item_quantity product_quantity "
        "quantity_refund quantity_ordered qty_ordered qty unidades cantidad quantite quantita "
        "quantidade menge anzahl",
        "price": "price line_total lineitem_total line_item_total item_total order_line_total "
        "product_total total_linea total_ligne totale_riga zeilensumme",
    }
)
"""A field of a product, by the API's name → the names by which it is recognised."""
_ORDER_ONLY_NAMES = frozenset({"name", "price", "quantity"})
"""Names of product fields that do not prove a column of line items."""
_LINE_FIELDS = ("productId", "name", "unitPrice")
POSSIBLE_ID_NAMES = "name order_name external_id external_reference"
"""Names of columns that may hold ids beside a column that surely does: Shopify's ``Name``."""
STORE_COLUMN_NAMES = (
    "store store_id store_name store_view shop shop_id shop_name id_shop purchase_point website "
    "website_id tienda boutique negozio loja site"
)
_STORE_WORDS = re.compile(
    r"\b(store|shop|tienda|boutique|negozio|loja|website|storefront|domain|dominio|domaine|"
    r"marketplace|sales channel)\b"
)
_CUSTOMER_WORDS = re.compile(
    r"\b(customer|client|clients?|cliente|kunde|kunden\w*|buyer|comprador|acheteur|acquirente|"
    r"kaufer|billing|shipping|facturacion|facturation|fatturazione|rechnungs\w*|deliver\w*|bill|ship)"
    r"\b.*\b(id|ids|name|nombre|nom|nome|phone|telefono|telephone|telefon|address\w*|direccion|"
    r"adresse|indirizzo|endereco|zip|postcode|city|no|nr|number|numero|lastname|surname|company|to)\b|"
    r"^(customer|client|cliente|kunde|buyer|comprador|acheteur|recipient|phone|telefono)$|kundennummer"
)
CLOCK_COLUMN_NAMES = (
    "order_time time time_created purchase_time hora hora_pedido hora_del_pedido hora_do_pedido "
    "heure heure_commande heure_de_commande ora ora_ordine uhrzeit bestellzeit"
)
"""Columns of the time of day, where the date stands in another one."""
TYPE_COLUMN_NAMES = "type order_type post_type"
"""Columns in which WooCommerce says that a row is a refund of another."""

RECORDED_FIELDS = ("order_id", "total_price", "total_quantity", "purchase_date")
"""What is compared. ``purchase_id`` is another name of the first."""
_FIELD_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "purchase_id": "order_id",
        "id": "order_id",
        "total": "total_price",
        "quantity": "total_quantity",
        "date": "purchase_date",
        "email": "contact_email",
        "payment": "payment_method",
    }
)
NO_COLUMN = "none"
"""As a column's name: the source has no such field, whatever its columns are called."""
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
    chosen: dict[str, str] = {}
    absent: set[str] = set()
    for name, column in given.items():
        field = _resolve_field(name, wanted, option)
        if column == NO_COLUMN and column not in columns and field != "order_id":
            absent.add(field)
        else:
            chosen[field] = _resolve_column(column, columns, label, option)
    for field in wanted:
        if field in absent:
            continue
        recognised = FIELD_COLUMN_NAMES[field].split()
        if is_recorded and field == "order_id":
            recognised = [_PURCHASE_ID_COLUMN, *recognised]
        taken = set(chosen.values())
        found = (known[name] for name in map(normalize_name, recognised) if name in known)
        first = next((column for column in found if column not in taken), None)
        recognised_column = first or next(iter(_match_words(field, columns, taken)), None)
        if field not in chosen and recognised_column is not None:
            chosen[field] = recognised_column
    if "order_id" not in chosen:
        raise InputError.single(
            "column-unknown",
            f"which column holds the ids? There are {_format_columns(columns)}",
            Location(label),
            hint=f"say it: {option} order_id=COLUMN",
        )
    return {field: chosen[field] for field in wanted if field in chosen}


def normalize_name(name: str) -> str:
    """Return a name without case, accents, spaces and signs: "Nº de Pedido" → "nodepedido"."""
    letters = unicodedata.normalize("NFKD", name)
    return re.sub(r"[^a-z0-9]", "", letters.lower())


def split_words(text: str) -> str:
    """Return the words of a text without case and accents: "orderStatus" → "order status"."""
    letters = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    return " ".join(re.findall(r"\w+", plain.lower().replace("_", " ")))


def names_an_order(columns: Sequence[str]) -> bool:
    """Return whether one of these texts is a usual name for the column of the orders' ids."""
    names = f"{_PURCHASE_ID_COLUMN} {FIELD_COLUMN_NAMES['order_id']}"
    return bool(find_columns(columns, names))


def find_columns(columns: Sequence[str], names: str) -> tuple[str, ...]:
    """Return the columns that have one of these names, separated by blanks, the first first."""
    known = _index_by_normalized_name(columns)
    found = (known.get(normalize_name(name)) for name in names.split())
    return tuple(dict.fromkeys(column for column in found if column is not None))


def find_line_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that say which product a row is of: each row is a line item then."""
    names = " ".join(
        name
        for field in _LINE_FIELDS
        for name in PRODUCT_COLUMN_NAMES[field].split()
        if name not in _ORDER_ONLY_NAMES
    )
    return find_columns(columns, names)


def names_a_cancellation(column: str) -> bool:
    """Return whether a column says which orders were cancelled: "Cancelled at", "Annulé"."""
    return (
        re.search(r"^(is )?(cancel|anul|annul|storn)\w*( at| on| date)?$", split_words(column))
        is not None
    )


def names_other_status(column: str) -> bool:
    """Return whether a column's name says that it is of a delivery, a product or another thing."""
    return COLUMN_PATTERNS["status"][1].search(split_words(column)) is not None


def find_store_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that say which store an order is of."""
    exact = find_columns(columns, STORE_COLUMN_NAMES)
    words = (each for each in columns if _STORE_WORDS.search(split_words(each)))
    return (*exact, *(each for each in words if each not in exact))


def find_customer_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that say whose an order is, or where it goes."""
    return tuple(each for each in columns if _CUSTOMER_WORDS.search(split_words(each)))


def is_named_exactly(field: str, column: str) -> bool:
    """Return whether a column's whole name is a known one of a field, and not some words of it."""
    names = f"{_PURCHASE_ID_COLUMN} {FIELD_COLUMN_NAMES[field]}".split()
    return normalize_name(column) in map(normalize_name, names)


def find_id_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that may hold the ids of orders, the surest first."""
    names = f"{_PURCHASE_ID_COLUMN} {FIELD_COLUMN_NAMES['order_id']} {POSSIBLE_ID_NAMES}"
    exact = find_columns(columns, names)
    return (*exact, *_match_words("order_id", columns, set(exact)))


def find_order_number_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns whose names can be of an order's number, and not of a line's."""
    exact = find_columns(columns, "increment_id entity_id")
    return (*exact, *_match_words("order_id", columns, set(exact)))


def _match_words(field: str, columns: Sequence[str], taken: Set[str]) -> tuple[str, ...]:
    """Return the columns whose names have words of the field and none of another thing."""
    if field not in COLUMN_PATTERNS:
        return ()
    wanted, other = COLUMN_PATTERNS[field]
    return tuple(
        column
        for column in columns
        if column not in taken
        and wanted.search(split_words(column))
        and not other.search(split_words(column))
    )


def _index_by_normalized_name(columns: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for column in columns:
        known.setdefault(normalize_name(column), column)
    return known


def _resolve_field(name: str, wanted: Sequence[str], option: str) -> str:
    field = _FIELD_ALIASES.get(name, name)
    if field not in wanted:
        near = find_similar(name, wanted)
        meant = f"did you mean {near}?" if near else f"it is one of {', '.join(wanted)}"
        raise InputError.single(
            "field-unknown", f'there is no field "{name}"', Location(option), hint=meant
        )
    return field


def _resolve_column(column: str, columns: Sequence[str], label: str, option: str) -> str:
    if column in columns:
        return column
    near = find_similar(column, columns)
    meant = f"did you mean {near}?" if near else f"there are {_format_columns(columns)}"
    raise InputError.single(
        "column-unknown",
        f'there is no column "{column}", which {option} names',
        Location(label),
        hint=meant,
    )


def _format_columns(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:30])
    return shown + (f" and {len(columns) - 30} more" if len(columns) > 30 else "")
