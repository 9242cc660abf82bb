"""The endpoints for purchases, the contacts and products of a purchase, and exports.

Source: https://api-docs.connectif.cloud/connectif-api
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from validator.demo.api import exports
from validator.demo.api.fault_injector import DROPPED, FaultInjector, drop_connection
from validator.demo.api.options import FULL_ACCESS_KEY, READ_ONLY_KEY, ApiOptions
from validator.demo.api.responses import (
    invalid_response,
    problem_response,
    rejected_response,
    resource_response,
)
from validator.demo.api.store import ApiStore, LoggedRequest
from validator.demo.api.validation import validate_product, validate_purchase


def create_api(options: ApiOptions, store: ApiStore, misbehaviour: FaultInjector) -> Flask:
    app = Flask(__name__)
    app.extensions |= {"options": options, "store": store, "misbehaviour": misbehaviour}
    routes: tuple[tuple[str, str, Callable[..., ResponseReturnValue]], ...] = (
        ("POST", "/purchases/", create_purchase),
        ("GET", "/purchases/purchase-id/<path:shop_id>", get_purchase),
        ("GET", "/purchases/<own_id>", get_purchase),
        ("DELETE", "/purchases/purchase-id/<path:shop_id>", delete_purchase),
        ("DELETE", "/purchases/<own_id>", delete_purchase),
        ("PATCH", "/contacts/email/<path:email>", patch_contact),
        ("PATCH", "/products/product-id/<path:product_id>", patch_product),
        ("POST", "/exports/", create_export),
        ("GET", "/exports/<identity>", get_export),
    )
    for method, rule, endpoint in routes:
        name = f"{method} {rule}".replace(".", " ")
        app.add_url_rule(rule, name, _with_access_control(endpoint), methods=[method])
    app.add_url_rule("/files/<identity>.zip", "file", get_file)
    app.add_url_rule("/", "home", _home)
    app.register_error_handler(HTTPException, _unknown)
    return app


def _with_access_control(
    endpoint: Callable[..., ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """Add to an endpoint: access control, injected faults, and the log of requests."""

    def answer(**names: str) -> ResponseReturnValue:
        def proper() -> Response:
            return _check_access() or current_app.make_response(endpoint(**names))

        misbehaviour: FaultInjector = current_app.extensions["misbehaviour"]
        response, trouble = misbehaviour.around(proper)
        asked = LoggedRequest(
            request.method, request.full_path.rstrip("?"), response.status_code, trouble
        )
        _store().note(asked)
        if trouble in DROPPED:
            drop_connection()
        return response

    return answer


def _store() -> ApiStore:
    store: ApiStore = current_app.extensions["store"]
    return store


def _options() -> ApiOptions:
    options: ApiOptions = current_app.extensions["options"]
    return options


def _check_access() -> Response | None:
    """Return the error for a request without a sufficient key, or None.

    Source: https://api-docs.connectif.cloud/connectif-api/guides/authentication
    """
    given = re.fullmatch(r"apiKey ([^:\s]+:\S+)", request.headers.get("Authorization", ""))
    if given is None or given[1] not in (FULL_ACCESS_KEY, READ_ONLY_KEY):
        detail = "The header Authorization: apiKey {keyId}:{keySecret} names no key."
        return problem_response(401, "Unauthorized", detail)
    if given[1] == READ_ONLY_KEY and request.method not in ("GET", "HEAD"):
        return problem_response(403, "Forbidden", "The key has no scope for this.")
    return None


def create_purchase() -> Response:
    body: Any = request.get_json(silent=True)
    if faults := validate_purchase(body):
        return invalid_response(faults)
    if _store().purchase(shop_id=body["purchaseId"]):
        return _conflict(body)
    if refusal := _refusal(body):
        return refusal
    # The documented default is true.
    triggers = request.args.get("triggerPurchaseEvent", "true") != "false"
    created = _store().add_purchase(body, triggers=triggers)
    return resource_response(created, 201) if created else _conflict(body)


def _conflict(body: dict[str, Any]) -> Response:
    return problem_response(409, "Conflict", f"Purchase {body['purchaseId']} already exists.")


def _refusal(body: dict[str, Any]) -> Response | None:
    email = body.get("contactEmail")
    if email and not _store().has_contact(email):
        return rejected_response("E0101", f"Contact {email} does not exist.")
    products = body["products"]
    if strange := [each["productId"] for each in products if _is_elsewhere(each)]:
        return _wrong_domain("E0103", strange)
    unknown = [each["productId"] for each in products if not _store().product(each["productId"])]
    if unknown:
        return rejected_response("E0102", "Some products do not exist.", productIds=unknown)
    return None


def _is_elsewhere(product: dict[str, Any]) -> bool:
    domains = _options().domains
    address = product.get("productDetailUrl")
    return bool(domains and address and urlsplit(address).hostname not in domains)


def _wrong_domain(code: str, products: list[str]) -> Response:
    detail = "Some products have a URL of a domain that is not authorised."
    return rejected_response(
        code, detail, productIds=products, allowedDomains=list(_options().domains)
    )


def get_purchase(shop_id: str = "", own_id: str = "") -> Response:
    found = _store().purchase(shop_id=shop_id, own_id=own_id)
    return (
        resource_response(found)
        if found
        else problem_response(404, "Not Found", "There is no such purchase.")
    )


def delete_purchase(shop_id: str = "", own_id: str = "") -> ResponseReturnValue:
    _store().delete_purchase(shop_id=shop_id, own_id=own_id)
    return "", 204


def patch_contact(email: str) -> Response:
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict) or "@" not in email:
        return invalid_response([{"path": "", "reason": "must be a contact"}])
    return resource_response(_store().put_contact(email, body))


def patch_product(product_id: str) -> Response:
    body: Any = request.get_json(silent=True)
    if faults := validate_product(body, is_new=_store().product(product_id) is None):
        return invalid_response(faults)
    if _is_elsewhere(body):
        return _wrong_domain("E0201", [product_id])
    return resource_response(_store().put_product(product_id, body))


def create_export() -> Response:
    return exports.create(_store())


def get_export(identity: str) -> Response:
    return exports.poll(_store(), identity, _options().polls)


def get_file(identity: str) -> ResponseReturnValue:
    """Return the file of an export. It needs no key: only who asked for it knows its URL."""
    return exports.file(_store(), identity)


def _home() -> Response:
    """Return a list of the purchases for people. The real API has no such page."""
    store = _store()
    lines = [f"{len(store.purchases())} purchases"]
    lines += [
        f"{each['purchaseId']}\t{each['totalPrice']}\t{each['purchaseDate']}"
        for each in store.purchases()
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _unknown(error: HTTPException) -> Response:
    return problem_response(error.code or 500, error.name, error.description or "")
