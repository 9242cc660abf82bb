from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.connectif_api.conftest import MUG, PURCHASE, Client, client_of, know, local_api
from validator.connectif_api.client import ConnectifApi, CreationOutcome
from validator.connectif_api.errors import (
    ApiError,
    ContactMissingError,
    DomainError,
    ForbiddenError,
    InvalidValuesError,
    ProductDomainError,
    ProductsMissingError,
    ServerError,
    TooManyRequestsError,
    UnauthorizedError,
    UnexpectedResponseError,
    UnreachableError,
)
from validator.connectif_api.purchases import PurchaseCreation
from validator.demo import Api
from validator.demo.api.options import READ_ONLY_KEY, FaultRates
from validator.page.purchase_difference import compare_purchases

if TYPE_CHECKING:
    from tests.conftest import Site


async def created(api: ConnectifApi, purchase: PurchaseCreation = PURCHASE) -> CreationOutcome:
    await know(api)
    return await api.create_purchase(purchase, triggers=False)


def test_a_purchase_is_created_and_found_as_it_was_sent(local: tuple[Api, Client]) -> None:
    api, client = local
    assert client.ask(created) is CreationOutcome.CREATED
    found = client.ask(lambda api: api.find_purchase(PURCHASE.purchase_id))
    assert found is not None
    assert (
        compare_purchases(PURCHASE.fields() | {"products": PURCHASE.body()["products"]}, found.data)
        == ()
    )
    assert found.data["totalPrice"] == Decimal("38.75")
    assert api.store.count_triggered() == 0


def test_workflows_run_where_they_are_asked_for(local: tuple[Api, Client]) -> None:
    api, client = local

    async def with_workflows(api: ConnectifApi) -> None:
        await know(api)
        await api.create_purchase(PURCHASE, triggers=True)

    client.ask(with_workflows)
    assert api.store.count_triggered() == 1


def test_a_purchase_that_exists_is_already_there(local: tuple[Api, Client]) -> None:
    api, client = local
    client.ask(created)
    other = replace(PURCHASE, total_price=Decimal(1))
    assert client.ask(lambda api: created(api, other)) is CreationOutcome.ALREADY_THERE
    assert api.store.purchases()[0]["totalPrice"] == 38.75


def test_a_purchase_that_is_not_there_is_none(local: tuple[Api, Client]) -> None:
    assert local[1].ask(lambda api: api.find_purchase("../purchases")) is None


def test_a_purchase_is_deleted_as_often_as_one_likes(local: tuple[Api, Client]) -> None:
    api, client = local
    client.ask(created)
    for _ in range(2):
        client.ask(lambda api: api.delete_purchase(PURCHASE.purchase_id))
    assert api.store.purchases() == ()


def test_an_unknown_contact_is_named(local: tuple[Api, Client]) -> None:
    with pytest.raises(ContactMissingError, match="E0101"):
        local[1].ask(lambda api: api.create_purchase(PURCHASE, triggers=False))


def test_unknown_products_are_named(local: tuple[Api, Client]) -> None:
    async def without_products(api: ConnectifApi) -> None:
        await api.ensure_contact("alba+x@example.test")
        await api.create_purchase(PURCHASE, triggers=False)

    with pytest.raises(ProductsMissingError) as caught:
        local[1].ask(without_products)
    assert caught.value.product_ids == ("mug/blue",)


def test_a_domain_that_is_not_authorised_is_named() -> None:
    async def without_products(api: ConnectifApi) -> None:
        await api.ensure_contact("alba+x@example.test")
        await api.create_purchase(PURCHASE, triggers=False)

    with local_api(domains=("other.example",)) as (_, client):
        with pytest.raises(DomainError) as caught:
            client.ask(without_products)
        with pytest.raises(ProductDomainError):
            client.ask(lambda api: api.ensure_product(MUG))
    assert "allowed domains" in caught.value.hint


def test_what_is_not_valid_is_named(local: tuple[Api, Client]) -> None:
    wrong = replace(PURCHASE, contact_email="nobody", cart_id=None)
    with pytest.raises(InvalidValuesError) as caught:
        local[1].ask(lambda api: api.create_purchase(wrong, triggers=False))
    assert ("contactEmail", "must be an email") in caught.value.faults
    assert ("cartId", "is required") in caught.value.faults


@pytest.mark.parametrize(
    ("key", "error"),
    [("demo-key:another", UnauthorizedError), (READ_ONLY_KEY, ForbiddenError)],
)
def test_a_key_that_does_not_open_is_named(
    local: tuple[Api, Client], key: str, error: type[ApiError]
) -> None:
    client = client_of(local[0].url, key)
    with pytest.raises(error) as caught:
        client.ask(lambda api: api.ensure_contact("a@example.test"))
    assert client.waits == []
    assert key not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize(
    ("trouble", "error", "requests"),
    [
        (FaultRates(error_before=1), ServerError, 6),
        (FaultRates(drop_before=1), UnreachableError, 6),
        (FaultRates(too_many=1), TooManyRequestsError, 10),
    ],
    ids=["500", "lost connection", "429"],
)
def test_what_does_not_pass_is_given_up(
    trouble: FaultRates, error: type[ApiError], requests: int
) -> None:
    with local_api(trouble=trouble) as (api, client):
        with pytest.raises(error):
            client.ask(lambda api: api.ensure_contact("a@example.test"))
        assert len(api.store.requests()) == requests
    assert len(client.waits) == requests - 1


def test_what_passes_is_waited_for() -> None:
    trouble = FaultRates(too_many=0.2, error_before=0.2, drop_before=0.1, seed=1)
    with local_api(trouble=trouble) as (api, client):
        assert client.ask(created) is CreationOutcome.CREATED
        assert {"429", "500", "drop"} <= {asked.trouble for asked in api.store.requests()}


def test_being_told_to_wait_counts_apart_from_what_fails() -> None:
    trouble = FaultRates(too_many=0.9, error_before=0.1, seed=20)
    with local_api(trouble=trouble) as (api, client):
        with pytest.raises(TooManyRequestsError):
            client.ask(lambda api: api.ensure_contact("a@example.test"))
        asked = Counter(each.trouble for each in api.store.requests())
    assert asked["429"] == 10
    assert asked["500"] >= 1


@pytest.mark.parametrize(
    ("trouble", "name"),
    [
        (FaultRates(error_after=0.5, seed=6), "500-after"),
        (FaultRates(drop_after=0.5, seed=6), "drop-after"),
    ],
)
def test_a_purchase_whose_answer_is_lost_is_not_sent_again(trouble: FaultRates, name: str) -> None:
    """Asked for instead: where it is there, the lost answer was a yes."""
    with local_api(trouble=trouble) as (api, client):
        assert client.ask(created) is CreationOutcome.CREATED
        posts = [asked for asked in api.store.requests() if asked.method == "POST"]
        assert [asked.trouble for asked in posts] == [name]
        assert api.store.count_by_purchase_id() == {PURCHASE.purchase_id: 1}


def test_a_server_that_says_how_long_to_wait_is_obeyed() -> None:
    with local_api(trouble=FaultRates(too_many=0.7, retry_after=0.05, seed=1)) as (_, client):
        client.ask(lambda api: api.ensure_contact("a@example.test"))
    assert set(client.waits) == {0.05}


def test_a_server_that_says_to_wait_for_long_is_not_waited_for() -> None:
    with local_api(trouble=FaultRates(too_many=1, retry_after=7200)) as (api, client):
        with pytest.raises(TooManyRequestsError):
            client.ask(lambda api: api.ensure_contact("a@example.test"))
        assert len(api.store.requests()) == 1


def test_a_date_to_wait_for_is_read_too(site: Site) -> None:
    site.page("/purchases/purchase-id/1", "{}", 429, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT")
    client = client_of(site.url, patience=2)
    with pytest.raises(TooManyRequestsError):
        client.ask(lambda api: api.find_purchase("1"))
    assert client.waits == [0.0]


def test_no_more_is_asked_in_a_minute_than_is_allowed(local: tuple[Api, Client]) -> None:
    client = client_of(local[0].url, per_minute=240.0)

    async def five(api: ConnectifApi) -> None:
        for each in range(5):
            await api.find_purchase(str(each))

    begun = time.monotonic()
    client.ask(five)
    assert time.monotonic() - begun >= 4 * 60 / 240 * 0.95


def test_a_server_that_does_not_answer_in_time_is_given_up(site: Site) -> None:
    site.hanging_page("/purchases/purchase-id/1", "{")
    client = client_of(site.url, timeout=0.1, attempts=2)
    with pytest.raises(UnreachableError, match=r"no whole answer within 0\.1 s"):
        client.ask(lambda api: api.find_purchase("1"))


@pytest.mark.parametrize(
    ("body", "status"),
    [("<html>", 200), ("[]", 200), ('{"purchaseId": "2"}', 200), ("", 302), ("{}", 418)],
)
def test_an_answer_that_is_not_documented_is_an_error(site: Site, body: str, status: int) -> None:
    site.page("/purchases/purchase-id/1", body, status, Location="/elsewhere")
    with pytest.raises(UnexpectedResponseError):
        client_of(site.url).ask(lambda api: api.find_purchase("1"))
    assert [path for path, _ in site.seen] == ["/purchases/purchase-id/1"]


def test_the_key_is_hidden_where_the_api_repeats_it(site: Site) -> None:
    said = '{"detail": "no such key: demo-key:s3cretOfTheKey / s3cretOfTheKey", "code": "E9"}'
    site.page("/purchases/purchase-id/1", said, 400)
    client = client_of(site.url, "demo-key:s3cretOfTheKey")
    with pytest.raises(ApiError) as caught:
        client.ask(lambda api: api.find_purchase("1"))
    assert "s3cretOfTheKey" not in str(caught.value)
    assert site.headers_of("/purchases/purchase-id/1")["authorization"] == (
        "apiKey demo-key:s3cretOfTheKey"
    )
    assert "s3cretOfTheKey" not in repr(client.settings)
