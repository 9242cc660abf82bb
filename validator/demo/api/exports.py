"""Exports of activities: created, polled, and downloaded as a ZIP.

Source: https://api-docs.connectif.cloud/connectif-api/reference/exports/create-export. The columns
of a purchase in the CSV are not documented; those here are an assumption.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from validator.demo.api.responses import (
    invalid_response,
    problem_response,
    rejected_response,
    resource_response,
)
from validator.demo.api.store import ApiStore, Resource
from validator.demo.api.validation import parse_datetime, validate_export

MAX_QUEUED = 5
PURCHASE_COLUMNS = (
    "purchaseId",
    "purchaseDate",
    "totalPrice",
    "totalQuantity",
    "cartId",
    "paymentMethod",
    "contactEmail",
)
PRODUCT_COLUMNS = ("productId", "name", "quantity", "unitPrice", "price", "productDetailUrl")


def create(store: ApiStore) -> Response:
    body: Any = request.get_json(silent=True)
    if faults := validate_export(body):
        return invalid_response(faults)
    export = store.add_export(body, MAX_QUEUED)
    if export is None:
        return rejected_response("E0301", f"At most {MAX_QUEUED} exports can be queued.")
    return resource_response({**export, "status": "queued"}, 201)


def poll(store: ApiStore, identity: str, polls: int) -> Response:
    found = store.poll_export(identity, polls)
    if found is None:
        return problem_response(404, "Not Found", "There is no such export.")
    export, is_finished = found
    if not is_finished:
        return resource_response({**export, "status": "inProgress"})
    address = url_for("file", identity=identity, _external=True)
    return resource_response({**export, "status": "finished", "fileUrl": address})


def file(store: ApiStore, identity: str) -> ResponseReturnValue:
    found = store.poll_export(identity, 0)
    if found is None:
        return problem_response(404, "Not Found", "There is no such file.")
    purchases = [each for each in store.purchases() if _matches_filters(each, found[0])]
    delimiter = found[0].get("delimiter", ",")
    items = (
        {**product, "purchaseId": each["purchaseId"]}
        for each in purchases
        for product in each["products"]
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        name = f"export-activities-{identity}"
        archive.writestr(f"{name}.csv", _csv_text(purchases, PURCHASE_COLUMNS, delimiter))
        columns = ("purchaseId", *PRODUCT_COLUMNS)
        archive.writestr(f"{name}-products.csv", _csv_text(items, columns, delimiter))
    return Response(packed.getvalue(), mimetype="application/zip")


def _matches_filters(purchase: Resource, export: Resource) -> bool:
    filters = export.get("filters", {})
    kinds = filters.get("activityTypes", ["purchase"])
    moment = parse_datetime(purchase["purchaseDate"])
    if export["exportType"] != "activities" or "purchase" not in kinds or moment is None:
        return False
    first, last = (
        datetime.fromisoformat(filters[name]).replace(tzinfo=UTC) for name in ("fromDate", "toDate")
    )
    return first <= moment < last + timedelta(days=1)


def _csv_text(rows: Iterable[dict[str, Any]], columns: Sequence[str], delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
