"""The endpoints of purchases, contacts and products as functions.

The API has no list of purchases, no search and no change of one: a purchase is found by its id, and
replaced by deleting and creating it.

Source: https://api-docs.connectif.cloud/connectif-api/reference/purchases/post-purchase
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import httpx

from validator.connectif_api.api_settings import ApiSettings
from validator.connectif_api.purchases import PurchaseCreation, PurchaseProduct, RecordedPurchase
from validator.connectif_api.responses import build_api_error, parse_body
from validator.connectif_api.transport import Transport, open_transport

_FIRST_POLL_SECONDS = 1.0
_MAX_POLL_SECONDS = 30.0


class CreationOutcome(StrEnum):
    """The result of creating a purchase."""

    CREATED = "created"
    ALREADY_THERE = "already there"


class ConnectifApi:
    """The API. Every call may raise an ApiError: see ``errors``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def find_purchase(self, purchase_id: str) -> RecordedPurchase | None:
        """Return the purchase with this id of the shop; None where it is not recorded."""
        path = f"/purchases/purchase-id/{quote(purchase_id, safe='')}"
        response = await self._ask("GET", path)
        if response.status_code == 404:
            return None
        return RecordedPurchase.of(self._good(response), purchase_id)

    async def wait_for_purchase(
        self, purchase_id: str, *, within: float, first_poll: float = _FIRST_POLL_SECONDS / 2
    ) -> RecordedPurchase | None:
        """Ask for a purchase, less and less often, till it is recorded; None: not ``within`` s."""
        poll, end = first_poll, time.monotonic() + within
        while (found := await self.find_purchase(purchase_id)) is None:
            left = end - time.monotonic()
            if left <= 0:
                return None
            await asyncio.sleep(min(poll, left))
            poll = min(poll * 2, _MAX_POLL_SECONDS / 2)
        return found

    async def create_purchase(
        self, purchase: PurchaseCreation, *, triggers: bool
    ) -> CreationOutcome:
        """Create a purchase; a repeated call is safe.

        ``triggers``: whether the On-Purchase workflows run. After a lost answer the API is asked
        for the purchase before it is sent again.
        """

        async def is_there() -> bool:
            return await self.find_purchase(purchase.purchase_id) is not None

        response = await self._transport.request(
            "POST",
            "/purchases/",
            json=purchase.body(),
            params={"triggerPurchaseEvent": "true" if triggers else "false"},
            is_done=is_there,
        )
        if response is None:
            return CreationOutcome.CREATED
        if response.status_code == 409:
            return CreationOutcome.ALREADY_THERE
        self._good(response)
        return CreationOutcome.CREATED

    async def delete_purchase(self, purchase_id: str) -> None:
        """Delete the purchase with this id of the shop. It need not exist."""
        response = await self._ask(
            "DELETE", f"/purchases/purchase-id/{quote(purchase_id, safe='')}"
        )
        if response.status_code not in (204, 404):
            self._good(response)

    async def ensure_contact(self, email: str) -> None:
        """Create a contact where there is none; an existing contact is not changed.

        Only the address is sent: the other fields of a contact differ by store.
        """
        self._good(await self._ask("PATCH", f"/contacts/email/{quote(email, safe='')}", {}))

    async def ensure_product(self, product: PurchaseProduct) -> None:
        """Create a product in the catalogue, or update it from the order."""
        path = f"/products/product-id/{quote(product.product_id, safe='')}"
        self._good(await self._ask("PATCH", path, product.catalogue_body()))

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        response = await self._transport.request(method, path, json=body)
        assert response is not None  # noqa: S101 - None only where is_done was given
        return response

    def _good(self, response: httpx.Response) -> Mapping[str, Any]:
        if response.is_success:
            return parse_body(response) if response.content else {}
        raise build_api_error(response, self._transport.redactor)


@asynccontextmanager
async def open_connectif_api(
    settings: ApiSettings, on_wait: Callable[[str, float], None] | None = None
) -> AsyncIterator[ConnectifApi]:
    """Connect. ``on_wait`` receives the reason and the seconds of each wait."""
    arguments = (settings, on_wait) if on_wait else (settings,)
    async with open_transport(*arguments) as transport:
        yield ConnectifApi(transport)
