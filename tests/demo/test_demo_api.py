"""The local Connectif API, asked as any client would: against the documented answers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from validator.core.errors import InputError
from validator.demo import Api, ApiOptions, Demo, api_server, demo_servers
from validator.demo.api.options import READ_ONLY_KEY, FaultRates, parse_faults

PRODUCT = {
    "productId": "mug",
    "name": "Enamel mug",
    "productDetailUrl": "https://shop.example/mug",
    "unitPrice": 16.9,
    "price": 33.8,
    "quantity": 2,
}
PURCHASE = {
    "purchaseId": "NQ-1/a",
    "cartId": "cart-1",
    "contactEmail": "alba@example.test",
    "purchaseDate": "2026-11-02T14:00:00Z",
    "paymentMethod": "Credit card",
    "totalPrice": 38.75,
    "totalQuantity": 2,
    "products": [PRODUCT],
}


@contextmanager
def serving(**options: Any) -> Iterator[tuple[Api, httpx.Client]]:
    with api_server(ApiOptions(**options)) as api:
        headers = {"Authorization": f"apiKey {api.key}"}
        with httpx.Client(base_url=api.url, headers=headers) as client:
            yield api, client


@pytest.fixture
def running() -> Iterator[tuple[Api, httpx.Client]]:
    """An API that behaves, which knows the contact and the product."""
    with serving() as (api, client):
        know(client)
        yield api, client


@pytest.fixture
def client(running: tuple[Api, httpx.Client]) -> httpx.Client:
    return running[1]


def know(client: httpx.Client) -> None:
    client.patch("/contacts/email/alba@example.test", json={}).raise_for_status()
    known = ("name", "productDetailUrl", "unitPrice")
    body = {name: PRODUCT[name] for name in known}
    client.patch("/products/product-id/mug", json=body).raise_for_status()


def test_a_purchase_is_created_and_found_by_either_id(client: httpx.Client) -> None:
    created = client.post("/purchases/", json=PURCHASE)
    assert created.status_code == 201
    by_shop = client.get("/purchases/purchase-id/NQ-1%2Fa")
    by_own = client.get(f"/purchases/{created.json()['id']}")
    assert by_shop.json() == by_own.json() == created.json()
    assert {"id", "contactId", "createdAt", "updatedAt"} < created.json().keys()


def test_a_purchase_that_exists_is_a_conflict(running: tuple[Api, httpx.Client]) -> None:
    api, client = running
    client.post("/purchases/", json=PURCHASE)
    answer = client.post("/purchases/", json={**PURCHASE, "totalPrice": 1})
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Purchase NQ-1/a already exists."
    assert api.store.count_by_purchase_id() == {"NQ-1/a": 1}


@pytest.mark.parametrize(
    ("query", "runs"),
    [("", 1), ("?triggerPurchaseEvent=true", 1), ("?triggerPurchaseEvent=false", 0)],
)
def test_workflows_run_unless_they_are_told_not_to(
    running: tuple[Api, httpx.Client], query: str, runs: int
) -> None:
    api, client = running
    client.post(f"/purchases/{query}", json=PURCHASE)
    assert api.store.count_triggered() == runs


def test_a_purchase_that_is_deleted_is_gone(client: httpx.Client) -> None:
    client.post("/purchases/", json=PURCHASE)
    assert client.delete("/purchases/purchase-id/NQ-1%2Fa").status_code == 204
    assert client.get("/purchases/purchase-id/NQ-1%2Fa").status_code == 404
    # No 404 is documented for a second time.
    assert client.delete("/purchases/purchase-id/NQ-1%2Fa").status_code == 204


@pytest.mark.parametrize(
    "header", ["", "Bearer x", "apiKey wrong:key", "apiKey demo-key", "apikey demo-key:demo-secret"]
)
def test_without_a_key_nobody_comes_in(client: httpx.Client, header: str) -> None:
    answer = client.get("/purchases/purchase-id/1", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_key_that_may_only_read_cannot_write(client: httpx.Client) -> None:
    reader = {"Authorization": f"apiKey {READ_ONLY_KEY}"}
    assert client.post("/purchases/", json=PURCHASE, headers=reader).status_code == 403
    assert client.get("/purchases/purchase-id/1", headers=reader).status_code == 404


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"purchaseId": 7}, "purchaseId"),
        ({"totalPrice": "38,75"}, "totalPrice"),
        ({"totalQuantity": 1.5}, "totalQuantity"),
        ({"purchaseDate": "02/11/2026"}, "purchaseDate"),
        ({"purchaseDate": "2026-11-02T14:00:00"}, "purchaseDate"),
        ({"contactEmail": "alba"}, "contactEmail"),
        ({"currency": "EUR"}, "currency"),
        ({"products": [{**PRODUCT, "price": "1"}]}, "products[0].price"),
        ({"products": [{"productId": "mug"}]}, "products[0].name"),
    ],
)
def test_what_is_not_valid_is_named(
    client: httpx.Client, change: dict[str, Any], path: str
) -> None:
    answer = client.post("/purchases/", json={**PURCHASE, **change})
    assert answer.status_code == 422
    assert path in [error["path"] for error in answer.json()["validationErrors"]]


@pytest.mark.parametrize("name", ["cartId", "contactEmail", "purchaseDate", "products"])
def test_what_is_not_marked_optional_is_required(client: httpx.Client, name: str) -> None:
    body = {key: value for key, value in PURCHASE.items() if key != name}
    errors = client.post("/purchases/", json=body).json()["validationErrors"]
    assert {"path": name, "reason": "is required"} in errors


def test_a_contact_that_does_not_exist_is_e0101(client: httpx.Client) -> None:
    answer = client.post("/purchases/", json={**PURCHASE, "contactEmail": "new@example.test"})
    assert (answer.status_code, answer.json()["code"]) == (400, "E0101")


def test_products_not_in_the_catalogue_are_e0102(client: httpx.Client) -> None:
    lamp = {**PRODUCT, "productId": "lamp"}
    answer = client.post("/purchases/", json={**PURCHASE, "products": [PRODUCT, lamp]})
    assert answer.json()["code"] == "E0102"
    assert answer.json()["productIds"] == ["lamp"]


def test_a_url_of_another_domain_is_e0103_and_e0201() -> None:
    with serving(domains=("www.shop.example",)) as (_, client):
        client.patch("/contacts/email/alba@example.test", json={})
        answer = client.post("/purchases/", json=PURCHASE).json()
        body = {"name": "x", "unitPrice": 1, "productDetailUrl": PRODUCT["productDetailUrl"]}
        patched = client.patch("/products/product-id/mug", json=body).json()
    assert (answer["code"], patched["code"]) == ("E0103", "E0201")
    assert (answer["productIds"], answer["allowedDomains"]) == (["mug"], ["www.shop.example"])


@pytest.mark.parametrize(("retry_after", "header"), [(2.0, "2"), (None, None)])
def test_over_the_limit_is_429(retry_after: float | None, header: str | None) -> None:
    with serving(trouble=FaultRates(limit=1, retry_after=retry_after)) as (_, client):
        first, second = (client.get("/purchases/purchase-id/1") for _ in range(2))
    assert (first.status_code, second.status_code) == (404, 429)
    assert second.headers.get("retry-after") == header


@pytest.mark.parametrize(
    ("trouble", "is_stored"),
    [
        (FaultRates(too_many=1), False),
        (FaultRates(error_before=1), False),
        (FaultRates(error_after=1), True),
        (FaultRates(drop_before=1), False),
        (FaultRates(drop_after=1), True),
    ],
    ids=["429", "500", "500 after", "drop", "drop after"],
)
def test_a_fault_on_demand_stores_the_purchase_or_does_not(
    tmp_path: Path, trouble: FaultRates, is_stored: bool
) -> None:
    state = tmp_path / "api.sqlite"
    with serving(state=state) as (_, client):
        know(client)
    with serving(state=state, trouble=trouble) as (api, client):
        try:
            assert client.post("/purchases/", json=PURCHASE).status_code in (429, 500)
        except httpx.TransportError:
            assert trouble.drop_before or trouble.drop_after
        assert api.store.count_by_purchase_id() == ({"NQ-1/a": 1} if is_stored else {})


def test_the_state_outlives_the_server(tmp_path: Path) -> None:
    state = tmp_path / "api.sqlite"
    with serving(state=state) as (_, client):
        know(client)
        client.post("/purchases/", json=PURCHASE)
    with serving(state=state) as (_, client):
        assert client.post("/purchases/", json=PURCHASE).status_code == 409


def test_an_export_is_asked_for_polled_and_taken_away(client: httpx.Client) -> None:
    client.post("/purchases/", json=PURCHASE)
    client.post(
        "/purchases/",
        json={**PURCHASE, "purchaseId": "old", "purchaseDate": "2026-09-02T14:00:00Z"},
    )
    filters = {"activityTypes": ["purchase"], "fromDate": "2026-11-01", "toDate": "2026-11-30"}
    body = {"exportType": "activities", "delimiter": ";", "filters": filters}
    created = client.post("/exports/", json=body)
    assert (created.status_code, created.json()["status"]) == (201, "queued")
    polled = [client.get(f"/exports/{created.json()['id']}").json() for _ in range(2)]
    assert [each["status"] for each in polled] == ["inProgress", "finished"]
    packed = zipfile.ZipFile(io.BytesIO(httpx.get(polled[1]["fileUrl"]).content))
    purchases, products = packed.namelist()
    assert products == purchases.replace(".csv", "-products.csv")
    rows = list(csv.DictReader(io.StringIO(packed.read(purchases).decode()), delimiter=";"))
    assert [row["purchaseId"] for row in rows] == ["NQ-1/a"]


@pytest.mark.parametrize(
    "filters",
    [{}, {"fromDate": "2026-11-01", "toDate": "2026-12-15"}, {"fromDate": "x", "toDate": "y"}],
)
def test_an_export_of_activities_needs_at_most_31_days(
    client: httpx.Client, filters: dict[str, str]
) -> None:
    answer = client.post("/exports/", json={"exportType": "activities", "filters": filters})
    assert answer.status_code == 422


def test_a_sixth_queued_export_is_e0301(client: httpx.Client) -> None:
    answers = [client.post("/exports/", json={"exportType": "contacts"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [400]
    assert answers[5].json()["code"] == "E0301"


def test_a_purchase_at_the_bundled_shop_is_known_to_the_api() -> None:
    with demo_servers(api=ApiOptions()) as demo:
        event = {"type": "purchase", "purchase": {**PURCHASE, "purchaseId": "by tag"}}
        send(demo, {"events": [{"type": "page-visit"}, event]})
        assert demo.api is not None
        found = httpx.get(
            f"{demo.api.url}/purchases/purchase-id/by%20tag",
            headers={"Authorization": f"apiKey {demo.api.key}"},
        )
    assert found.json()["totalPrice"] == 38.75


def send(demo: Demo, payload: dict[str, Any]) -> None:
    store = "5a17c0de-0000-4000-8000-000000000001"
    path = f"/integration-type/system/scrippet-notification/{store}"
    httpx.post(demo.collector_url + path, json=payload).raise_for_status()


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({"429": "often"}, "not a number"),
        ({"429": "2"}, "not between 0 and 1"),
        ({"501": "1"}, 'did you mean "500"?'),
        ({"limit": "1.5"}, "not a number"),
    ],
)
def test_a_fault_that_there_is_not_is_refused(faults: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message.replace("?", r"\?")):
        parse_faults(faults)


def test_a_state_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, and long enough to be read as none" * 9)
    broken: AbstractContextManager[Api] = api_server(ApiOptions(state=tmp_path / "notes.txt"))
    with pytest.raises(InputError, match="cannot store its state"), broken:
        pass
