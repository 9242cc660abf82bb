"""The orders of well-known platforms, as the public schemas of their databases have them.

Each query yields our names of fields: what the comparison and its causes need, and a row for each
line item, which ``backfill`` needs. Prices of lines include taxes, as the totals of orders do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from validator.core.errors import InputError
from validator.core.suggestion import find_similar
from validator.reconcile.model import SourceOptions

_TABLE_PREFIX = re.compile(r"\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Preset:
    """``query`` has ``{p}`` for the prefix of the tables. ``source`` is the address of the schema.

    ``paid`` are the statuses of orders that were paid, those that were refunded later among them;
    empty where the shop names its statuses itself.
    """

    query: str
    prefix: str
    paid: tuple[str, ...]
    source: str
    timezone: str = ""
    """IANA name of the zone of its dates; "" where it is the shop's own."""
    timezone_query: str = ""
    """SQL that selects the IANA name of the shop's own zone."""


_WOOCOMMERCE_LINES = """\
LEFT JOIN (SELECT i.order_id AS of_order, i.order_item_id AS item, i.order_item_name AS item_name,
    max(CASE WHEN q.meta_key = '_product_id' THEN q.meta_value END) AS product_id,
    max(CASE WHEN q.meta_key = '_qty' THEN q.meta_value END) + 0 AS units,
    sum(CASE WHEN q.meta_key IN ('_line_total', '_line_tax') THEN q.meta_value + 0 END) AS price
  FROM {p}woocommerce_order_items i
  JOIN {p}woocommerce_order_itemmeta q ON q.order_item_id = i.order_item_id
  WHERE i.order_item_type = 'line_item' GROUP BY i.order_id, i.order_item_id, i.order_item_name
  ) line ON line.of_order = """
"""Both layouts of WooCommerce keep line items in the same tables; the order's id follows."""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        # The id is id_order, which Connectif's own module sends, not the reference.
        "prestashop": Preset(
            """
SELECT o.id_order AS order_id, o.reference AS reference, o.total_paid AS total_price,
  (SELECT sum(d.product_quantity) FROM {p}order_detail d WHERE d.id_order = o.id_order)
    AS total_quantity,
  o.date_add AS purchase_date,
  CASE WHEN s.paid = 1 OR EXISTS (SELECT 1 FROM {p}order_history h
    JOIN {p}order_state e ON e.id_order_state = h.id_order_state
    WHERE h.id_order = o.id_order AND e.paid = 1) THEN 'paid' ELSE 'not paid' END AS status,
  c.email AS contact_email, o.id_cart AS cart_id, o.payment AS payment_method,
  t.iso_code AS country, l.iso_code AS language, m.iso_code AS currency,
  line.product_id AS product_id, line.product_name AS item_name,
  line.product_quantity AS line_item_quantity, line.unit_price_tax_incl AS unit_price,
  line.total_price_tax_incl AS line_total
FROM {p}orders o
LEFT JOIN {p}order_detail line ON line.id_order = o.id_order
LEFT JOIN {p}order_state s ON s.id_order_state = o.current_state
LEFT JOIN {p}customer c ON c.id_customer = o.id_customer
LEFT JOIN {p}address a ON a.id_address = o.id_address_invoice
LEFT JOIN {p}country t ON t.id_country = a.id_country
LEFT JOIN {p}lang l ON l.id_lang = o.id_lang
LEFT JOIN {p}currency m ON m.id_currency = o.id_currency
""",
            "ps_",
            ("paid",),
            "https://github.com/PrestaShop/PrestaShop/blob/develop/install-dev/data/db_structure.sql",
            timezone_query="SELECT value FROM {p}configuration WHERE name = 'PS_TIMEZONE' "
            "AND value <> ''",
        ),
        # High-performance order storage, the default since WooCommerce 8.2.
        "woocommerce": Preset(
            """
SELECT o.id AS order_id, o.total_amount AS total_price,
  (SELECT sum(q.meta_value) FROM {p}woocommerce_order_items i
    JOIN {p}woocommerce_order_itemmeta q
      ON q.order_item_id = i.order_item_id AND q.meta_key = '_qty'
    WHERE i.order_id = o.id AND i.order_item_type = 'line_item') AS total_quantity,
  o.date_created_gmt AS purchase_date, o.status AS status, o.billing_email AS contact_email,
  o.payment_method AS payment_method, a.country AS country, o.currency AS currency,
  line.product_id AS product_id, line.item_name AS item_name,
  line.units AS line_item_quantity, round(line.price / nullif(line.units, 0), 4) AS unit_price,
  round(line.price, 4) AS line_total
FROM {p}wc_orders o
"""
            + _WOOCOMMERCE_LINES
            + """o.id
LEFT JOIN {p}wc_order_addresses a ON a.order_id = o.id AND a.address_type = 'billing'
WHERE o.type = 'shop_order'
""",
            "wp_",
            ("wc-processing", "wc-completed", "wc-refunded"),
            "https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/src/"
            "Internal/DataStores/Orders/OrdersTableDataStore.php",
            timezone="UTC",
        ),
        "woocommerce-posts": Preset(
            """
SELECT p.ID AS order_id, total.meta_value AS total_price,
  (SELECT sum(q.meta_value) FROM {p}woocommerce_order_items i
    JOIN {p}woocommerce_order_itemmeta q
      ON q.order_item_id = i.order_item_id AND q.meta_key = '_qty'
    WHERE i.order_id = p.ID AND i.order_item_type = 'line_item') AS total_quantity,
  p.post_date_gmt AS purchase_date, p.post_status AS status,
  email.meta_value AS contact_email, payment.meta_value AS payment_method,
  country.meta_value AS country, currency.meta_value AS currency,
  line.product_id AS product_id, line.item_name AS item_name,
  line.units AS line_item_quantity, round(line.price / nullif(line.units, 0), 4) AS unit_price,
  round(line.price, 4) AS line_total
FROM {p}posts p
"""
            + _WOOCOMMERCE_LINES
            + """p.ID
LEFT JOIN {p}postmeta total ON total.post_id = p.ID AND total.meta_key = '_order_total'
LEFT JOIN {p}postmeta email ON email.post_id = p.ID AND email.meta_key = '_billing_email'
LEFT JOIN {p}postmeta payment ON payment.post_id = p.ID AND payment.meta_key = '_payment_method'
LEFT JOIN {p}postmeta country ON country.post_id = p.ID AND country.meta_key = '_billing_country'
LEFT JOIN {p}postmeta currency ON currency.post_id = p.ID AND currency.meta_key = '_order_currency'
WHERE p.post_type = 'shop_order'
""",
            "wp_",
            ("wc-processing", "wc-completed", "wc-refunded"),
            "https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/"
            "data-stores/class-wc-order-data-store-cpt.php",
            timezone="UTC",
        ),
        "magento": Preset(
            """
SELECT o.increment_id AS order_id, o.entity_id AS entity_id, o.grand_total AS total_price,
  o.total_qty_ordered AS total_quantity, o.created_at AS purchase_date, o.state AS status,
  o.customer_email AS contact_email, o.quote_id AS cart_id,
  (SELECT min(y.method) FROM {p}sales_order_payment y WHERE y.parent_id = o.entity_id)
    AS payment_method,
  (SELECT min(a.country_id) FROM {p}sales_order_address a
    WHERE a.parent_id = o.entity_id AND a.address_type = 'billing') AS country,
  o.order_currency_code AS currency,
  line.product_id AS product_id, line.name AS item_name,
  line.qty_ordered AS line_item_quantity, line.price_incl_tax AS unit_price,
  line.row_total_incl_tax AS line_total
FROM {p}sales_order o
LEFT JOIN {p}sales_order_item line ON line.order_id = o.entity_id AND line.parent_item_id IS NULL
""",
            "",
            ("processing", "complete", "closed"),
            "https://github.com/magento/magento2/blob/2.4-develop/app/code/Magento/Sales/etc/"
            "db_schema.xml",
            timezone="UTC",
        ),
        # An order with the status 0 was begun and never confirmed. Amounts are in the shop's own
        # currency, with the rate of the order's; the tables without a prefix have reserved names.
        "opencart": Preset(
            """
SELECT o.order_id AS order_id, round(o.total * o.currency_value, 2) AS total_price,
  (SELECT sum(p.quantity) FROM {p}order_product p WHERE p.order_id = o.order_id)
    AS total_quantity,
  o.date_added AS purchase_date,
  coalesce((SELECT min(s.name) FROM {p}order_status s
    WHERE s.order_status_id = o.order_status_id), o.order_status_id) AS status,
  o.order_status_id AS status_id,
  o.email AS contact_email,
  CASE WHEN o.payment_method LIKE '{{%' THEN
    json_unquote(json_extract(o.payment_method, '$.name')) ELSE o.payment_method END
    AS payment_method,
  o.payment_country AS country, o.currency_code AS currency,
  line.product_id AS product_id, line.name AS item_name, line.quantity AS line_item_quantity,
  round((line.price + line.tax) * o.currency_value, 4) AS unit_price,
  round((line.total + line.tax * line.quantity) * o.currency_value, 4) AS line_total
FROM `{p}order` o
LEFT JOIN {p}order_product line ON line.order_id = o.order_id
WHERE o.order_status_id > 0
""",
            "oc_",
            (),
            "https://github.com/opencart/opencart/blob/master/upload/system/helper/db_schema.php",
        ),
    }
)


def find_prefix(options: SourceOptions, preset: Preset) -> str:
    """Return the prefix of the tables. Raises InputError where it is none."""
    prefix = preset.prefix if options.prefix is None else options.prefix
    if not _TABLE_PREFIX.fullmatch(prefix):
        raise InputError.single(
            "option-invalid", f'--table-prefix "{prefix}" is no prefix', hint="write wp_ or ps_"
        )
    return prefix


def find_preset(name: str) -> Preset:
    """Return a preset by its name. Raises InputError where there is none."""
    if name not in PRESETS:
        near = find_similar(name, PRESETS)
        meant = f"did you mean {near}?" if near else f"it is one of {', '.join(PRESETS)}"
        raise InputError.single("preset-unknown", f'there is no preset "{name}"', hint=meant)
    return PRESETS[name]
