"""Asks Connectif's API for the purchases of a page, as a scenario's ``verify`` wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from validator.connectif_api.client import ConnectifApi, connectif_api
from validator.connectif_api.errors import ApiError, PassingError
from validator.connectif_api.model import RecordedPurchase, plain
from validator.connectif_api.settings import ApiSettings
from validator.contract.contracts import Contracts
from validator.core.capture import Breakdown, Capture, Placement, Reason
from validator.core.document import Json
from validator.page.recorded_event import purchase_of, read
from validator.page.tag_fields import read_tag
from validator.scenario.model.verification import Verification

_TAG = "cn_purchase"
_KEPT = ("purchaseId", "totalPrice", "totalQuantity", "purchaseDate", "cartId", "paymentMethod")
"""What is compared. Who bought it is nobody's business in a report."""


async def with_recorded(
    capture: Capture, verify: Verification, contracts: Contracts
) -> Capture | Breakdown:
    """Return the capture with what the API has of its purchases.

    Asks for each until it is there or the time is over. An API that cannot be asked is a
    Breakdown: what was not verified is not a pass.
    """
    names = tuple(dict.fromkeys(_purchase_ids(capture, contracts)))
    settings = ApiSettings(verify.key, verify.url)
    try:
        async with connectif_api(settings) as api:
            found = await asyncio.gather(*(_recorded(api, name, verify) for name in names))
    except ApiError as error:
        reason = Reason.UNREACHABLE if isinstance(error, PassingError) else Reason.HTTP_ERROR
        message = f"the purchase could not be verified: {error}"
        return Breakdown(
            reason,
            message,
            verify.location,
            capture.url,
            _hint(error, names),
            capture.steps,
            capture.evidence,
            stops=capture.stops,
        )
    return replace(capture, recorded=dict(zip(names, found, strict=True)))


def _hint(error: ApiError, names: Sequence[str]) -> str:
    """What was bought is bought: it is enough to ask again."""
    if not isinstance(error, PassingError):
        return error.hint
    return f"the order was placed; ask again later: cn-validator recorded {' '.join(names)}"


async def _recorded(
    api: ConnectifApi, name: str, verify: Verification
) -> Mapping[str, Json] | None:
    found = await api.await_purchase(name, within=verify.within / 1000)
    return _kept(found) if found else None


def _purchase_ids(capture: Capture, contracts: Contracts) -> Iterator[str]:
    fields = contracts.fields(_TAG)
    for tag in capture.tags:
        if tag.name == _TAG and tag.placement is Placement.DOCUMENT:
            purchase = purchase_of(read(fields, *read_tag(tag, fields, rendered=capture.rendered)))
            if purchase:
                yield str(purchase["purchaseId"])


def _kept(found: RecordedPurchase) -> Mapping[str, Json]:
    kept = {name: plain(found.data[name]) for name in _KEPT if name in found.data}
    products = found.data.get("products")
    if isinstance(products, list):
        kept["products"] = [
            {name: plain(each.get(name)) for name in ("productId", "quantity", "price")}
            for each in products
            if isinstance(each, dict)
        ]
    return kept
