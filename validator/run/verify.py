"""Asks the Connectif API for the purchases of a page, for scenarios with ``verify``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from validator.connectif_api.api_settings import ApiSettings
from validator.connectif_api.client import ConnectifApi, open_connectif_api
from validator.connectif_api.errors import ApiError, TransientError
from validator.connectif_api.purchases import RecordedPurchase, json_value
from validator.contract.contracts import Contracts
from validator.core.capture import Breakdown, Capture, Placement, Reason
from validator.core.document import Json
from validator.page.recorded_event import find_recorded_purchase
from validator.page.tag_reading import read_tag
from validator.scenario.model.verification import Verification

_TAG = "cn_purchase"
_COMPARED_FIELDS = (
    "purchaseId",
    "totalPrice",
    "totalQuantity",
    "purchaseDate",
    "cartId",
    "paymentMethod",
)
"""The compared fields. Data about the buyer is left out of reports."""


async def with_recorded_purchases(
    capture: Capture, verify: Verification, contracts: Contracts
) -> Capture | Breakdown:
    """Return the capture with the purchases that the API has.

    Asks for each purchase until it is recorded or the time is over. If the API cannot be asked,
    the result is a Breakdown, because an unverified purchase must not pass.
    """
    names = tuple(dict.fromkeys(_purchase_ids(capture, contracts)))
    settings = ApiSettings(verify.key, verify.url)
    try:
        async with open_connectif_api(settings) as api:
            found = await asyncio.gather(*(_fetch_purchase(api, name, verify) for name in names))
    except ApiError as error:
        reason = Reason.UNREACHABLE if isinstance(error, TransientError) else Reason.HTTP_ERROR
        message = f"the purchase could not be verified: {error}"
        return Breakdown(
            reason,
            message,
            verify.location,
            capture.url,
            _hint_for_error(error, names),
            capture.steps,
            capture.evidence,
            stops=capture.stops,
        )
    return replace(capture, recorded=dict(zip(names, found, strict=True)))


def _hint_for_error(error: ApiError, names: Sequence[str]) -> str:
    """Return the hint; after a transient error the order exists, so asking again is enough."""
    if not isinstance(error, TransientError):
        return error.hint
    return f"the order was placed; ask again later: cn-validator recorded {' '.join(names)}"


async def _fetch_purchase(
    api: ConnectifApi, name: str, verify: Verification
) -> Mapping[str, Json] | None:
    found = await api.wait_for_purchase(name, within=verify.within / 1000)
    return _select_compared(found) if found else None


def _purchase_ids(capture: Capture, contracts: Contracts) -> Iterator[str]:
    fields = contracts.fields(_TAG)
    for tag in capture.tags:
        if tag.name == _TAG and tag.placement is Placement.DOCUMENT:
            purchase = find_recorded_purchase(read_tag(tag, fields))
            if purchase:
                yield str(purchase["purchaseId"])


def _select_compared(found: RecordedPurchase) -> Mapping[str, Json]:
    kept = {name: json_value(found.data[name]) for name in _COMPARED_FIELDS if name in found.data}
    products = found.data.get("products")
    if isinstance(products, list):
        kept["products"] = [
            {name: json_value(each.get(name)) for name in ("productId", "quantity", "price")}
            for each in products
            if isinstance(each, dict)
        ]
    return kept
