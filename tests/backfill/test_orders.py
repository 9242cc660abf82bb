"""A file of orders: what of it can be sent, and why the rest cannot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from validator.backfill.order_files import (
    OrderTable,
    ReadOptions,
    read_orders_and_items,
    read_table,
)
from validator.backfill.order_parsing import ParsedOrders, parse_orders
from validator.backfill.value_parsers import ParseOptions
from validator.core.errors import InputError

ITEM = {
    "productId": "mug",
    "name": "Enamel mug",
    "productDetailUrl": "https://shop.example/mug",
    "unitPrice": 16.9,
    "quantity": 2,
    "price": 33.8,
}
ORDER: dict[str, Any] = {
    "purchaseId": "NQ-1",
    "purchaseDate": "2026-11-02T14:00:00+01:00",
    "totalPrice": 38.75,
    "totalQuantity": 2,
    "cartId": "c1",
    "contactEmail": "alba@example.test",
    "paymentMethod": "Redsys",
    "products": [ITEM],
}
PLAIN = ParseOptions()
HEAD = (
    "purchaseId,purchaseDate,totalPrice,totalQuantity,cartId,contactEmail,country,"
    "productId,name,productDetailUrl,unitPrice,quantity,price"
)
LINE = (
    "NQ-1,2026-11-02T14:00:00Z,50.65,3,c1,alba@example.test,ES,"
    "mug,Enamel mug,https://shop.example/mug,16.90,2,33.80"
)
WHOLE = LINE.replace("50.65,3", "33.80,2")
"""An order of this one line."""
SECOND = (
    "NQ-1,2026-11-02T14:00:00Z,50.65,3,c1,alba@example.test,ES,"
    "cup,Cup,https://shop.example/cup,16.85,1,16.85"
)


def table(
    tmp_path: Path, source: str | bytes, name: str = "orders.csv", **reading: Any
) -> OrderTable:
    path = tmp_path / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return read_table(path, ReadOptions(reading.pop("columns", {}), **reading))


def from_csv(
    tmp_path: Path, *lines: str, habits: ParseOptions = PLAIN, **reading: Any
) -> ParsedOrders:
    return parse_orders(table(tmp_path, "\n".join(lines), **reading), habits)


def from_json(
    tmp_path: Path, *orders: Mapping[str, Any], habits: ParseOptions = PLAIN
) -> ParsedOrders:
    lines = "\n".join(json.dumps(order) for order in orders)
    return parse_orders(table(tmp_path, lines, "orders.jsonl"), habits)


def test_an_order_in_json_lines_is_sent_as_it_is(tmp_path: Path) -> None:
    (order,) = from_json(tmp_path, ORDER).sendable
    assert order.purchase.body() == ORDER
    assert order.notes == ()


def test_an_array_of_orders_is_read_too(tmp_path: Path) -> None:
    found = parse_orders(table(tmp_path, json.dumps([ORDER]), "orders.json"), ParseOptions())
    assert [order.purchase.purchase_id for order in found.sendable] == ["NQ-1"]


def test_rows_of_one_order_are_its_items(tmp_path: Path) -> None:
    found = from_csv(tmp_path, HEAD, LINE, SECOND)
    (order,) = found.sendable
    assert [product.product_id for product in order.purchase.products] == ["mug", "cup"]
    assert order.purchase.total_price == Decimal("50.65")
    assert order.notes == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_is_read_as_spreadsheets_write_it(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    text = f"{HEAD}\r\n{WHOLE}\r\n".replace("Enamel mug", "Taza ñ").replace(",", delimiter)
    found = parse_orders(table(tmp_path, text.encode(encoding)), ParseOptions())
    assert found.sendable[0].purchase.products[0].name == "Taza ñ"


def test_quoted_cells_may_hold_delimiters_quotes_and_lines(tmp_path: Path) -> None:
    found = from_csv(tmp_path, HEAD, LINE.replace("Enamel mug", '"Mug, ""blue""\nlarge"'), SECOND)
    assert found.sendable[0].purchase.products[0].name == 'Mug, "blue"\nlarge'


def test_columns_are_named_by_the_user_or_spelt_alike(tmp_path: Path) -> None:
    head = HEAD.replace("purchaseId", "order").replace("contactEmail", "Contact e-mail")
    head = head.replace("totalPrice", "TOTAL_PRICE")
    read = table(tmp_path, f"{head}\n{WHOLE}", columns={"purchaseId": "order"})
    assert read.column_by_field["totalPrice"] == "TOTAL_PRICE"
    assert read.column_by_field["contactEmail"] == "Contact e-mail"
    assert read.ignored == ("country",)
    assert len(parse_orders(read, ParseOptions()).sendable) == 1


def test_an_order_id_is_the_purchases_where_no_other_column_is(tmp_path: Path) -> None:
    head = HEAD.replace("purchaseId", "order_id")
    (order,) = from_csv(tmp_path, head, WHOLE).sendable
    assert order.purchase.purchase_id == "NQ-1"
    (order,) = from_csv(tmp_path, f"{HEAD},Order ID", f"{WHOLE},17").sendable
    assert order.purchase.purchase_id == "NQ-1"


@pytest.mark.parametrize("name", ["=1042", "-1042", "@7", "'quoted'"])
def test_the_guard_against_formulas_is_no_part_of_an_id(tmp_path: Path, name: str) -> None:
    guarded = name if name.startswith("'") else f"'{name}"
    (order,) = from_csv(tmp_path, HEAD, WHOLE.replace("NQ-1", guarded)).sendable
    assert order.purchase.purchase_id == name


def test_a_decimal_comma_is_read_where_it_is_announced(tmp_path: Path) -> None:
    head, line = HEAD.replace(",", ";"), WHOLE.replace(",", ";").replace(".", ",")
    line = line.replace("shop,example", "shop.example").replace("example,test", "example.test")
    found = from_csv(tmp_path, head, line, habits=ParseOptions(decimal=","))
    assert found.sendable[0].purchase.total_price == Decimal("33.80")
    (refused,) = from_csv(tmp_path, head, line).not_sendable
    assert "Then say --decimal-comma" in refused.reasons[0]


def test_a_date_without_a_zone_is_of_the_zone_that_is_named(tmp_path: Path) -> None:
    order = {**ORDER, "purchaseDate": "2026-11-02 14:00:00"}
    madrid = ParseOptions(zone=ZoneInfo("Europe/Madrid"))
    (found,) = from_json(tmp_path, order, habits=madrid).sendable
    assert found.purchase.purchase_date == "2026-11-02T14:00:00+01:00"
    assert "say which with --timezone" in from_json(tmp_path, order).not_sendable[0].reasons[0]


@pytest.mark.parametrize("hour", ["2026-10-25T02:30:00", "2026-03-29T02:30:00"])
def test_an_hour_that_comes_twice_or_never_is_refused(tmp_path: Path, hour: str) -> None:
    madrid = ParseOptions(zone=ZoneInfo("Europe/Madrid"))
    (refused,) = from_json(tmp_path, {**ORDER, "purchaseDate": hour}, habits=madrid).not_sendable
    assert "comes twice, or never" in refused.reasons[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"products": []}, "it has no products"),
        ({"products": None}, "it has no products"),
        ({"products": "mug"}, "products is no list of objects"),
        ({"products": [{**ITEM, "name": ""}]}, "product 1: it has no name"),
        ({"products": [{**ITEM, "price": "x"}]}, 'product 1: price "x" is no plain number'),
        ({"products": [{**ITEM, "quantity": 1.5}]}, "product 1: quantity 1.5 is no whole number"),
        ({"products": [{**ITEM, "imageUrl": "/a.png"}]}, "is no absolute URL"),
        ({"purchaseDate": "02/11/2026"}, "is no ISO 8601 date"),
        ({"purchaseDate": None}, "it has no purchaseDate"),
        ({"totalPrice": None}, "it has no totalPrice"),
        ({"totalPrice": "1.234,50"}, "is no plain number"),
        ({"totalPrice": -1}, "is less than 0"),
        ({"totalPrice": "0.1000000000000000055"}, "more digits than a JSON number carries"),
        ({"totalPrice": True}, "is no plain number"),
        ({"contactEmail": None}, "it has no contactEmail and no contactExternalId"),
        ({"contactEmail": "alba"}, "is no e-mail address"),
        ({"purchaseId": "1.2E+10"}, "was shortened by a spreadsheet"),
        ({"purchaseId": " "}, "it has no purchaseId"),
        ({"totalQuantity": 3}, "totalQuantity is 3, its products make 2: lines lack"),
        ({"totalPrice": 150}, "totalPrice is 150, its products make 33.8: lines lack"),
    ],
)
def test_what_cannot_be_sent_says_why(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    found = from_json(tmp_path, {**ORDER, "purchaseId": "ok"}, {**ORDER, **change})
    assert [order.purchase.purchase_id for order in found.sendable] == ["ok"]
    (refused,) = found.not_sendable
    assert reason in "; ".join(refused.reasons)
    assert refused.place.line == 2


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"cartId": None}, "no cartId"),
        ({"totalQuantity": None}, "its products make 2"),
    ],
)
def test_what_may_go_wrong_is_noted(tmp_path: Path, change: dict[str, Any], note: str) -> None:
    (order,) = from_json(tmp_path, {**ORDER, **change}).sendable
    assert note in order.notes[0]


def test_rows_that_do_not_agree_are_not_sent(tmp_path: Path) -> None:
    (refused,) = from_csv(tmp_path, HEAD, LINE, SECOND.replace("50.65", "50.66")).not_sendable
    assert refused.reasons[0].startswith("its rows do not agree on totalPrice")
    assert refused.reasons[0].endswith("orders.csv:3)")


def test_an_order_that_is_there_twice_is_sent_once(tmp_path: Path) -> None:
    assert len(from_json(tmp_path, ORDER, ORDER).sendable) == 1


def test_an_order_that_is_there_twice_and_differs_is_not_sent(tmp_path: Path) -> None:
    found = from_json(tmp_path, ORDER, {**ORDER, "products": [ITEM, ITEM]})
    assert found.sendable == ()
    assert "not each time the same" in found.not_sendable[0].reasons[0]


def test_what_reconcile_writes_without_products_is_named_and_not_sent(tmp_path: Path) -> None:
    head = "purchaseId,purchaseDate,totalPrice,totalQuantity,cartId,contactEmail,paymentMethod,why"
    found = from_csv(tmp_path, head, "7,2026-11-02T14:00:00Z,1.00,1,c,a@example.test,Redsys,x")
    (refused,) = found.not_sendable
    assert refused.reasons == (
        "it has no products: a row an item, a list in JSON Lines, or --items FILE",
    )


def test_line_items_may_come_from_another_file(tmp_path: Path) -> None:
    head = "purchaseId,purchaseDate,totalPrice,totalQuantity,cartId,contactEmail"
    (tmp_path / "orders.csv").write_text(
        f"{head}\nNQ-1,2026-11-02T14:00:00Z,50.65,3,c,a@example.test\n"
    )
    (tmp_path / "items.csv").write_text(
        "order,productId,name,productDetailUrl,unitPrice,quantity,price\n"
        "NQ-1,mug,Mug,https://shop.example/mug,16.90,2,33.80\n"
        "NQ-2,mug,Mug,https://shop.example/mug,16.90,2,33.80\n"
        "NQ-1,cup,Cup,https://shop.example/cup,16.85,1,16.85\n"
    )
    files = tmp_path / "orders.csv", tmp_path / "items.csv"
    orders, items = read_orders_and_items(*files, ReadOptions({"purchaseId": "order"}))
    (order,) = parse_orders(orders, ParseOptions(), items).sendable
    assert [product.product_id for product in order.purchase.products] == ["mug", "cup"]
    with pytest.raises(InputError, match='neither file has a column "method"'):
        read_orders_and_items(
            *files, ReadOptions({"purchaseId": "order", "paymentMethod": "method"})
        )


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        ("", "orders.csv", "the file is empty"),
        (HEAD, "orders.csv", "there are no orders in it"),
        ("a,b\n1,2", "orders.csv", "no column is the order's id"),
        (f"{HEAD}\n{LINE},x", "orders.csv", "14 cells, where the header has 13"),
        (f'{HEAD}\n{LINE}"x', "orders.csv", None),
        (f'{HEAD}\n"{LINE}', "orders.csv", "a quote is opened and never closed"),
        ("{", "orders.jsonl", "this is no JSON"),
        ("[" * 100_000, "orders.json", "too deep"),
        ("7", "orders.jsonl", "must be a JSON object"),
    ],
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, source: str, name: str, message: str | None
) -> None:
    if message is None:  # a quote inside of a cell that is not quoted is a quote
        assert table(tmp_path, source, name).rows
        return
    with pytest.raises(InputError, match=message):
        table(tmp_path, source, name)


def test_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean country"):
        table(tmp_path, f"{HEAD}\n{LINE}", columns={"paymentMethod": "county"})


def test_categories_in_a_cell_stand_between_bars(tmp_path: Path) -> None:
    found = from_csv(tmp_path, f"{HEAD},categories", f"{WHOLE},/Home|/Home/Mugs")
    assert found.sendable[0].purchase.body()["products"][0]["categories"] == [
        "/Home",
        "/Home/Mugs",
    ]
