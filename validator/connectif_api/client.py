"""The endpoints as functions.

Sources: https://api-docs.connectif.cloud/connectif-api/reference/purchases/post-purchase and its
neighbours, …/reference/exports/create-export. There is no list of purchases, no search and no
change of one: it is asked for by id, and replaced by deleting and creating.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from validator.connectif_api.api_settings import ApiSettings
from validator.connectif_api.errors import UnexpectedResponseError
from validator.connectif_api.purchases import PurchaseCreation, PurchaseProduct, RecordedPurchase
from validator.connectif_api.responses import build_api_error, parse_body
from validator.connectif_api.transport import Transport, open_transport
from validator.core.files import open_draft
from validator.core.urls import is_web_url

_FIRST_POLL_SECONDS = 1.0
_MAX_POLL_SECONDS = 30.0
_EXPORT_TIMEOUT_SECONDS = 3_600.0


class CreationOutcome(StrEnum):
    """What became of a purchase that was to be created."""

    CREATED = "created"
    ALREADY_THERE = "already there"


@dataclass(frozen=True, slots=True)
class Export:
    """An export as the API tells of it. ``file_url`` is valid for 100 minutes."""

    id: str
    status: str
    file_url: str | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Export:
        identity, status, url = (body.get(name) for name in ("id", "status", "fileUrl"))
        if not isinstance(identity, str) or not isinstance(status, str):
            raise UnexpectedResponseError("the API answered with an export without id or status")
        return cls(identity, status, url if isinstance(url, str) else None)


class ConnectifApi:
    """Asks the API. Every call may raise an ApiError: see ``errors``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def find_purchase(self, purchase_id: str) -> RecordedPurchase | None:
        """Return what is recorded of a purchase, by the shop's id; None where it is not there."""
        path = f"/purchases/purchase-id/{quote(purchase_id, safe='')}"
        response = await self._ask("GET", path)
        if response.status_code == 404:
            return None
        return RecordedPurchase.of(self._good(response), purchase_id)

    async def wait_for_purchase(
        self, purchase_id: str, *, within: float, first_poll: float = _FIRST_POLL_SECONDS / 2
    ) -> RecordedPurchase | None:
        """Ask for a purchase until it is there, less and less often (seconds); None: not within."""
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
        """Create a purchase; it is safe to ask for it again.

        ``triggers``: whether the On-Purchase workflows run. Where an answer is lost, the API is
        asked whether the purchase is there before it is sent again.
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
        """Delete a purchase, by the shop's id. One that is not there is fine."""
        response = await self._ask(
            "DELETE", f"/purchases/purchase-id/{quote(purchase_id, safe='')}"
        )
        if response.status_code not in (204, 404):
            self._good(response)

    async def ensure_contact(self, email: str) -> None:
        """Create a contact where there is none; one that is there is not changed.

        Nothing but the address is sent: which other fields a contact has differs by store.
        """
        self._good(await self._ask("PATCH", f"/contacts/email/{quote(email, safe='')}", {}))

    async def ensure_product(self, product: PurchaseProduct) -> None:
        """Create a product in the catalogue, or bring it to what the order says of it."""
        path = f"/products/product-id/{quote(product.product_id, safe='')}"
        self._good(await self._ask("PATCH", path, product.catalogue_body()))

    async def export_purchases(
        self, first: date, last: date, *, delimiter: str = ",", version: str | None = None
    ) -> Export:
        """Ask for the purchases recorded from one day to another, at most 31 days apart.

        Which columns the file will have is not documented, and depends on ``version``.
        """
        filters = {
            "activityTypes": ["purchase"],
            "fromDate": first.isoformat(),
            "toDate": last.isoformat(),
        }
        body: dict[str, Any] = {
            "exportType": "activities",
            "delimiter": delimiter,
            "dateFormat": "ISO",
            "filters": filters,
        }
        if version:
            body["version"] = version
        return Export.of(self._good(await self._ask("POST", "/exports/", body)))

    async def wait_for_export(
        self,
        export: Export,
        *,
        first_poll: float = _FIRST_POLL_SECONDS,
        within: float = _EXPORT_TIMEOUT_SECONDS,
    ) -> Export:
        """Wait until an export is finished, asking less and less often (all in seconds).

        Raises UnexpectedAnswerError where it failed or is not finished ``within``.
        """
        poll, end = first_poll, time.monotonic() + within
        while export.status in ("queued", "inProgress"):
            if time.monotonic() + poll > end:
                raise UnexpectedResponseError(f"the export was not finished within {within:g} s")
            await asyncio.sleep(poll)
            poll = min(poll * 1.5, _MAX_POLL_SECONDS)
            path = f"/exports/{quote(export.id, safe='')}"
            export = Export.of(self._good(await self._ask("GET", path)))
        if export.status != "finished" or not export.file_url:
            raise UnexpectedResponseError(f'the export ended as "{export.status[:40]}"')
        return export

    async def download(self, export: Export, path: Path) -> None:
        """Keep the ZIP of a finished export. Raises UnreachableError, OSError."""
        if not export.file_url or not is_web_url(export.file_url):
            raise UnexpectedResponseError("the export names no file at an http(s) address")
        with open_draft(path) as draft, draft.open("wb") as file:
            async for chunk in self._transport.download(export.file_url):
                file.write(chunk)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        response = await self._transport.request(method, path, json=body)
        assert response is not None  # noqa: S101 - only what has a doubt to ask about is given up
        return response

    def _good(self, response: httpx.Response) -> Mapping[str, Any]:
        if response.is_success:
            return parse_body(response) if response.content else {}
        raise build_api_error(response, self._transport.redactor)


@asynccontextmanager
async def open_connectif_api(
    settings: ApiSettings, on_wait: Callable[[str, float], None] | None = None
) -> AsyncIterator[ConnectifApi]:
    """Connect. ``on_wait`` is told why and for how many seconds there is a wait."""
    arguments = (settings, on_wait) if on_wait else (settings,)
    async with open_transport(*arguments) as transport:
        yield ConnectifApi(transport)
