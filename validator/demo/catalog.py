"""The products, shipping and payment methods of the shop Norte Quay, and its price format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

BRAND = "Norte Quay"
MAX_QUANTITY = 20
COUNTRIES = ("France", "Germany", "Ireland", "Italy", "Netherlands", "Portugal", "Spain")


@dataclass(frozen=True, slots=True)
class Product:
    """One article. Its picture is ``static/pictures/{id}.svg``."""

    id: str
    name: str
    cents: int
    category: str
    description: str


def _by_id(*products: Product) -> Mapping[str, Product]:
    return MappingProxyType({product.id: product for product in products})


CATALOG = _by_id(
    Product(
        "hoodie",
        "Harbour hoodie",
        6450,
        "/Clothing/Hoodies",
        "Brushed organic cotton with a hood deep enough for a sea breeze, cut roomy for layers.",
    ),
    Product(
        "beanie",
        "Watch beanie",
        2800,
        "/Clothing/Hats",
        "Ribbed merino that keeps its shape through every watch, wet or dry.",
    ),
    Product(
        "blanket",
        "Deck blanket",
        11900,
        "/Home/Blankets",
        "Heavy lambswool, woven in stripes you can read from the shore.",
    ),
    Product(
        "lantern",
        "Storm lantern",
        7425,
        "/Camp/Light",
        "A rechargeable lamp in a steel cage: forty hours of warm light, and rain does not matter.",
    ),
    Product(
        "flask",
        "Steel flask",
        3840,
        "/Camp/Drinks",
        "Three quarters of a litre, hot for a whole day on the water.",
    ),
    Product(
        "mug",
        "Enamel mug",
        1690,
        "/Home/Mugs",
        "Chip-resistant enamel with a rolled rim, good on the stove and better in the hand.",
    ),
    Product(
        "dry-bag",
        "Dry bag, 20 litres",
        4595,
        "/Camp/Bags",
        "Welded seams and a roll top: what goes in dry comes out dry.",
    ),
    Product(
        "longboard",
        "Cedar longboard",
        118000,
        "/Water/Boards",
        "Nine feet two of red cedar over a hollow frame, shaped and oiled by hand.",
    ),
)


@dataclass(frozen=True, slots=True)
class Shipping:
    name: str
    cents: int
    delay: str


SHIPPING = MappingProxyType(
    {
        "standard": Shipping("Standard", 495, "with you in 3 to 5 working days"),
        "express": Shipping("Express", 995, "with you on the next working day"),
    }
)


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way to pay. ``thanks`` is its text on the order confirmation."""

    name: str
    description: str
    thanks: str
    at_bank: bool = False


PAYMENT_METHODS = MappingProxyType(
    {
        "card": PaymentMethod(
            "Credit card",
            "You pay at the secure page of Litoral Bank, and come back here.",
            "Your payment has arrived. We are packing your parcel.",
            at_bank=True,
        ),
        "transfer": PaymentMethod(
            "Bank transfer",
            "We send your parcel when the money has arrived, usually in two days.",
            "Please transfer the total to ES00 0000 0000 0000 0000 0000, with your order number.",
        ),
        "on-delivery": PaymentMethod(
            "Cash on delivery",
            "You pay the courier at your door.",
            "Please have the total ready when the courier comes.",
        ),
    }
)


def to_euros(cents: int) -> Decimal:
    """Return an amount in euros, always with two decimals."""
    return Decimal(cents).scaleb(-2)


def format_euros(cents: int) -> str:
    """Return a price as customers see it: ``€1,234.50``."""
    return f"€{to_euros(cents):,}"
