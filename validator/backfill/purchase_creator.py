"""Creates a purchase, and first the contact and the products that the API does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from validator.connectif_api.client import ConnectifApi, CreationOutcome
from validator.connectif_api.errors import ContactMissingError, ProductsMissingError, RefusedError
from validator.connectif_api.purchases import PurchaseCreation, PurchaseProduct
from validator.page.purchase_difference import is_amount, to_decimal


class PurchaseCreator:
    """Creates contacts and products only where a purchase was refused for want of them.

    What is in the catalogue already is newer than an old order, so it is not written over.
    """

    def __init__(self, api: ConnectifApi, *, triggers: bool) -> None:
        self._api = api
        self._triggers = triggers

    async def create(self, purchase: PurchaseCreation) -> CreationOutcome:
        """Create it. Raises the ApiErrors of the client; RefusedError for what stays unknown."""
        return await self._create(purchase, triggers=self._triggers)

    async def restore(self, old: Mapping[str, Any], purchase: PurchaseCreation) -> None:
        """Put back what was deleted, as it was; its workflows ran when it was first recorded."""
        await self._create(_parse_recorded_purchase(old, purchase), triggers=False)

    async def _create(self, purchase: PurchaseCreation, *, triggers: bool) -> CreationOutcome:
        mended: set[type[RefusedError]] = set()
        while True:
            try:
                return await self._api.create_purchase(purchase, triggers=triggers)
            except (ContactMissingError, ProductsMissingError) as error:
                if type(error) in mended or not await self._create_missing(purchase, error):
                    raise
                mended.add(type(error))

    async def _create_missing(self, purchase: PurchaseCreation, error: RefusedError) -> bool:
        """Create what is missing; False where that cannot be done."""
        if isinstance(error, ContactMissingError):
            if purchase.contact_email is None:
                return False
            await self._api.ensure_contact(purchase.contact_email)
            return True
        wanted = set(error.product_ids)
        for product in purchase.products:
            if not wanted or product.product_id in wanted:
                await self._api.ensure_product(product)
        return True


def _parse_recorded_purchase(
    data: Mapping[str, Any], purchase: PurchaseCreation
) -> PurchaseCreation:
    """Read a recorded purchase as one to create; it names its contact by an id of Connectif's."""
    products = data.get("products")
    return PurchaseCreation(
        purchase_id=purchase.purchase_id,
        purchase_date=str(data.get("purchaseDate", purchase.purchase_date)),
        total_price=_exact_or_default(data.get("totalPrice"), purchase.total_price),
        total_quantity=int(_exact_or_default(data.get("totalQuantity"), purchase.total_quantity)),
        products=tuple(map(_parse_product, products if isinstance(products, list) else [])),
        cart_id=data.get("cartId", purchase.cart_id),
        contact_email=data.get("contactEmail", purchase.contact_email),
        contact_external_id=data.get("contactExternalId", purchase.contact_external_id),
        payment_method=data.get("paymentMethod"),
    )


def _exact_or_default(value: Any, otherwise: Any) -> Any:
    return to_decimal(value) if is_amount(value) else otherwise


_MODELLED_FIELDS = ("productId", "name", "productDetailUrl", "unitPrice", "quantity", "price", "id")


def _parse_product(data: Mapping[str, Any]) -> PurchaseProduct:
    return PurchaseProduct(
        product_id=str(data.get("productId", "")),
        name=str(data.get("name", "")),
        product_detail_url=str(data.get("productDetailUrl", "")),
        unit_price=to_decimal(data.get("unitPrice", 0)),
        quantity=int(data.get("quantity", 0)),
        price=to_decimal(data.get("price", 0)),
        more={name: value for name, value in data.items() if name not in _MODELLED_FIELDS},
    )
