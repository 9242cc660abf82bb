from __future__ import annotations

import json
from typing import Any

import pytest

from validator.contract.fields import parse_tag_schema
from validator.contract.schema import load_schema
from validator.core.document import Document, Json
from validator.core.result import TagReading
from validator.page.recorded_event import build_reading

PURCHASE = parse_tag_schema(load_schema("cn_purchase"))
SCALARS: dict[str, Json] = {"purchase_id": "7", "total_quantity": "2", "total_price": "180.750000"}
ITEM: dict[str, Json] = {"name": "a", "url": "/a", "product_id": "1", "unit_price": "90.375"}


def products(reading: TagReading) -> list[Any]:
    purchase: Any = (reading.event or {})["purchase"]
    return list(purchase["products"])


def test_the_event_is_the_one_the_script_sends() -> None:
    item = ITEM | {"quantity": "2", "price": "180.75", "category": ["/a", "/b"], "tag": []}
    optional: dict[str, Json] = {"cart_id": "c", "purchase_date": "x", "payment_method": "card"}
    reading = build_reading(
        PURCHASE, Document("x", SCALARS | optional | {"product_basket_item": [item]})
    )
    assert reading.event == {
        "type": "purchase",
        "purchase": {
            "purchaseId": "7",
            "totalQuantity": 2,
            "totalPrice": 180.75,
            "cartId": "c",
            "purchaseDate": "x",
            "paymentMethod": "card",
            "products": [
                {
                    "name": "a",
                    "productDetailUrl": "/a",
                    "productId": "1",
                    "unitPrice": 90.375,
                    "quantity": 2,
                    "price": 180.75,
                    "categories": ["/a", "/b"],
                }
            ],
        },
    }


def test_there_is_a_list_of_products_and_no_other_empty_one() -> None:
    data = SCALARS | {"product_basket_item": [ITEM | {"tag": [""]}]}
    with_item, bare = (
        build_reading(PURCHASE, Document("x", each)).event for each in (data, SCALARS)
    )
    recorded = {"purchaseId": "7", "totalQuantity": 2, "totalPrice": 180.75}
    product = {"name": "a", "productDetailUrl": "/a", "productId": "1", "unitPrice": 90.375}
    assert with_item == {"type": "purchase", "purchase": recorded | {"products": [product]}}
    assert bare == {"type": "purchase", "purchase": recorded | {"products": []}}


def test_what_the_script_does_not_read_is_not_sent() -> None:
    item = ITEM | {"published_at": "2024-09-13"}
    data = SCALARS | {"source_name": "web", "product_basket_item": [item]}
    purchase = (build_reading(PURCHASE, Document("x", data)).event or {})["purchase"]
    assert "web" not in str(purchase)
    assert "2024" not in str(purchase)


@pytest.mark.parametrize(
    ("field", "text", "because"),
    [
        ("purchase_id", None, "purchase_id is missing"),
        ("purchase_id", "", "purchase_id is empty"),
        ("total_price", "€180", 'total_price "€180" does not begin with a number'),
        ("total_price", "-1", 'total_price "-1" is negative'),
        ("total_quantity", ".5", 'total_quantity ".5" does not begin with a number'),
        ("total_price", "-0.01", 'total_price "-0.01" is negative'),
        ("total_price", "1e400", 'total_price "1e400" is too large a number'),
        ("total_price", "-Infinity", 'total_price "-Infinity" is too large a number'),
        ("total_price", "NaN", 'total_price "NaN" does not begin with a number'),
        ("total_price", "\uff11", 'total_price "\uff11" does not begin with a number'),
        ("total_quantity", "-1", 'total_quantity "-1" is negative'),
        ("total_quantity", "Infinity", 'total_quantity "Infinity" does not begin with a number'),
        ("total_quantity", None, "total_quantity is missing"),
        ("total_quantity", "", "total_quantity is empty"),
    ],
)
def test_a_purchase_the_script_drops_says_why(field: str, text: str | None, because: str) -> None:
    data = {name: value for name, value in SCALARS.items() if name != field}
    if text is not None:
        data[field] = text
    reading = build_reading(PURCHASE, Document("x", data))
    assert (reading.event, reading.lost_because) == (None, because)


def test_a_purchase_of_nothing_for_nothing_is_kept() -> None:
    data: dict[str, Json] = {"purchase_id": "7", "total_quantity": "0", "total_price": "-0"}
    assert build_reading(PURCHASE, Document("x", data)).event is not None


def test_all_that_a_purchase_is_dropped_for_is_said() -> None:
    reading = build_reading(PURCHASE, Document("x", {"total_price": "x"}))
    because = "purchase_id is missing, total_quantity is missing"
    assert reading.lost_because == f'{because}, total_price "x" does not begin with a number'


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"name": ""}, "name is empty"),
        ({"url": ""}, "url is empty"),
        ({"product_id": ""}, "product_id is empty"),
        ({"unit_price": ""}, "unit_price is empty"),
        ({"unit_price": "abc"}, 'unit_price "abc" does not begin with a number'),
        ({"unit_price": "-1"}, 'unit_price "-1" is negative'),
        ({"unit_price": "1e999"}, 'unit_price "1e999" is too large a number'),
        ({"url": "", "name": ""}, "url is empty, name is empty"),
    ],
)
def test_an_item_without_what_the_script_needs_is_left_out_alone(
    changes: dict[str, Json], because: str
) -> None:
    items: list[Json] = [ITEM, ITEM | changes, ITEM | {"name": "b"}]
    reading = build_reading(PURCHASE, Document("x", SCALARS | {"product_basket_item": items}))
    assert [(each.pointer, each.because) for each in reading.dropped_items] == [
        ("/product_basket_item/1", because)
    ]
    assert [product["name"] for product in products(reading)] == ["a", "b"]


@pytest.mark.parametrize("field", ["name", "url", "product_id", "unit_price"])
def test_an_item_that_lacks_a_field_is_left_out(field: str) -> None:
    item: Json = {name: text for name, text in ITEM.items() if name != field}
    reading = build_reading(PURCHASE, Document("x", SCALARS | {"product_basket_item": [item]}))
    assert [each.because for each in reading.dropped_items] == [f"{field} is missing"]
    assert products(reading) == []


def test_a_free_item_without_quantity_and_price_is_kept() -> None:
    items: list[Json] = [ITEM | {"unit_price": "0"}, ITEM | {"unit_price": "-0"}]
    reading = build_reading(PURCHASE, Document("x", SCALARS | {"product_basket_item": items}))
    assert (len(products(reading)), reading.dropped_items) == (2, ())


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("-0", "0"),
        ("9007199254740993", "9007199254740992"),
        ("12345678901234567890123", "1.2345678901234568e+22"),
        ("12345678901234567890", "12345678901234567000"),
        ("1e21", "1e+21"),
        ("180.750000", "180.75"),
    ],
)
def test_a_number_is_sent_as_javascript_writes_it(text: str, sent: str) -> None:
    event = build_reading(PURCHASE, Document("x", SCALARS | {"total_price": text})).event
    assert f'"totalPrice": {sent},' in json.dumps(event)


@pytest.mark.parametrize(
    ("field", "text", "recorded", "differs"),
    [
        ("total_price", "180.750000", 180.75, False),
        ("total_price", "180.75 €", 180.75, False),
        ("total_price", "1.234,56", 1.234, True),
        ("total_price", "180,75", 180, True),
        ("total_price", "1,234", 1, True),
        ("total_price", "€180", None, True),
        ("total_price", "1e3", 1000, False),
        ("total_price", "", None, False),
        ("total_quantity", "2.5", 2, True),
        ("total_quantity", "2.0", 2, False),
        ("total_quantity", "3 units", 3, False),
        ("total_quantity", "9" * 400, None, True),
        ("purchase_id", "1,5", "1,5", False),
        ("source_name", "web", None, False),
    ],
)
def test_a_record_that_is_not_what_a_person_reads_is_told(
    field: str, text: str, recorded: Json, differs: bool
) -> None:
    readings = build_reading(PURCHASE, Document("x", SCALARS | {field: text})).fields
    [reading] = [each for each in readings if each.pointer == f"/{field}"]
    assert (reading.text, reading.recorded, reading.differs) == (text, recorded, differs)
