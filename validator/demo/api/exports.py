"""Exports of activities: asked for, polled, and taken away as a ZIP.

Source: https://api-docs.connectif.cloud/connectif-api/reference/exports/create-export. The columns
of a purchase in the CSV are not documented: those here are a guess.
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

from validator.demo.api.answers import invalid, problem, refused, resource
from validator.demo.api.store import Resource, Store
from validator.demo.api.validation import export_faults, moment_of

MOST_QUEUED = 5
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


def create(store: Store) -> Response:
    body: Any = request.get_json(silent=True)
    if faults := export_faults(body):
        return invalid(faults)
    export = store.add_export(body, MOST_QUEUED)
    if export is None:
        return refused("E0301", f"At most {MOST_QUEUED} exports can be queued.")
    return resource({**export, "status": "queued"}, 201)


def poll(store: Store, identity: str, polls: int) -> Response:
    found = store.poll_export(identity, polls)
    if found is None:
        return problem(404, "Not Found", "There is no such export.")
    export, is_finished = found
    if not is_finished:
        return resource({**export, "status": "inProgress"})
    address = url_for("file", identity=identity, _external=True)
    return resource({**export, "status": "finished", "fileUrl": address})


def file(store: Store, identity: str) -> ResponseReturnValue:
    found = store.poll_export(identity, 0)
    if found is None:
        return problem(404, "Not Found", "There is no such file.")
    purchases = [each for each in store.purchases() if _is_asked_for(each, found[0])]
    delimiter = found[0].get("delimiter", ",")
    items = (
        {**product, "purchaseId": each["purchaseId"]}
        for each in purchases
        for product in each["products"]
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        name = f"export-activities-{identity}"
        archive.writestr(f"{name}.csv", _table(purchases, PURCHASE_COLUMNS, delimiter))
        columns = ("purchaseId", *PRODUCT_COLUMNS)
        archive.writestr(f"{name}-products.csv", _table(items, columns, delimiter))
    return Response(packed.getvalue(), mimetype="application/zip")


def _is_asked_for(purchase: Resource, export: Resource) -> bool:
    filters = export.get("filters", {})
    kinds = filters.get("activityTypes", ["purchase"])
    moment = moment_of(purchase["purchaseDate"])
    if export["exportType"] != "activities" or "purchase" not in kinds or moment is None:
        return False
    first, last = (
        datetime.fromisoformat(filters[name]).replace(tzinfo=UTC) for name in ("fromDate", "toDate")
    )
    return first <= moment < last + timedelta(days=1)


def _table(rows: Iterable[dict[str, Any]], columns: Sequence[str], delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
