"""Exports as shops' platforms write them: read rightly, or asked about by name."""

from __future__ import annotations

import json

import pytest

from tests.reconcile.conftest import Ask

FIRST = "purchase_id,total_price,purchase_date\n1001,10,{date}\n"
DATES = {
    "2026-11-20 10:00:00 CET": "2026-11-20T09:00:00Z",
    "Fri, 20 Nov 2026 10:00:00 +0100": "2026-11-20T09:00:00Z",
    "2026-11-20T10:00:00+01:00[Europe/Madrid]": "2026-11-20T09:00:00Z",
    "20261120T100000Z": "2026-11-20T10:00:00Z",
    "20261120": "2026-11-20T00:00:00",
    "20 de noviembre de 2026 10:00": "2026-11-20T10:00:00",
    "3 janv. 2026 à 10h05": "2026-01-03T10:05:00",
    "20. Dez. 2026, 10:00 Uhr": "2026-12-20T10:00:00",
    "20 luglio 2026 alle 10:00": "2026-07-20T10:00:00",
    "20 de março de 2026 às 10:00": "2026-03-20T10:00:00",
    "Nov 20th 2026 12:05 am": "2026-11-20T00:05:00",
    "20/11/2026 1:05 p. m.": "2026-11-20T13:05:00",
    "20.11.2026 10.00": "2026-11-20T10:00:00",
    "20/11/2026 - 10:00": "2026-11-20T10:00:00",
}


@pytest.mark.parametrize("written", DATES)
def test_dates_with_words_in_six_languages_are_read(ask: Ask, written: str) -> None:
    orders = f"order_id;total;order date\n1001;10;{written}\n1002;20;{written}\n"
    recorded = FIRST.format(date=DATES[written].removesuffix("Z") + "Z")
    answer = ask(orders, recorded, "--date-tolerance", "0m")
    assert answer.code == 1, answer.err
    assert [(each["id"], each["date"]) for each in answer.data["differences"]] == [
        ("1002", DATES[written])
    ]


def test_a_date_that_no_words_explain_is_asked_about(ask: Ask) -> None:
    orders = "order_id;total;order date\n1001;10;20 Foo 2026\n1002;20;20 Nov 2026\n"
    answer = ask(orders, FIRST.format(date="2026-11-20"))
    assert answer.code == 2
    assert 'purchase_date "20 Foo 2026" is not written in a known way' in answer.err


def test_the_time_of_day_may_stand_in_a_column_of_its_own(ask: Ask) -> None:
    orders = (
        "Order ID,Order Date,Order Time,Order Total (inc tax)\n"
        "1001,20/11/2026,10:00:00,10\n1002,20/11/2026,11:30:00,20\n"
    )
    answer = ask(orders, FIRST.format(date="2026-11-20T10:00:00Z"), "--date-tolerance", "0m")
    assert [(each["id"], each["date"]) for each in answer.data["differences"]] == [
        ("1002", "2026-11-20T11:30:00")
    ]
    assert "purchase_date has the time of column Order Time" in " ".join(answer.out.split())


@pytest.mark.parametrize(
    ("header", "paid", "unpaid"),
    [
        ("Order stage", "Dispatched", "Voided"),
        ("Settled?", "Y", "N"),
        ("Cobrado", "S", "N"),
        ("Zahlungsstand", "Bezahlt", "Offen"),
    ],
)
def test_a_column_of_statuses_is_asked_about(ask: Ask, header: str, paid: str, unpaid: str) -> None:
    orders = f"order_id,total,{header}\n1001,10,{paid}\n1002,20,{paid}\n1003,30,{unpaid}\n"
    answer = ask(orders, "purchase_id\n1001\n")
    assert answer.code == 2
    assert f"which orders are paid? Column {header}" in answer.err
    assert f'such as --paid-status "{paid}"' in answer.err


@pytest.mark.parametrize("header", ["Paid using", "Bezahlt per", "Réglé par", "Pagato con"])
def test_a_column_of_payment_methods_is_none_of_statuses(ask: Ask, header: str) -> None:
    orders = f"order_id,total,{header}\n1001,10,PayPal\n1002,20,Visa\n"
    answer = ask(orders, "purchase_id\n1001\n")
    assert answer.ids("missing") == ["1002"], answer.err
    assert f"payment_method = {header}" in " ".join(answer.out.split())


def test_a_last_row_with_the_number_of_orders_as_its_id_is_none(ask: Ask) -> None:
    orders = "order_id,date,total\n1001,2026-11-20,10\n1002,2026-11-20,20\n2,,30\n"
    answer = ask(orders, "purchase_id\n1001\n")
    assert answer.ids("missing") == ["1002"]
    assert "left out 1 row without a date" in " ".join(answer.out.split())


@pytest.mark.parametrize("written", ["1 299:-", "SR 1,299.00", "AR$ 1.299,00"])
def test_further_signs_of_currencies_are_read(ask: Ask, written: str) -> None:
    answer = ask(f"order_id;total\n1001;{written}\n1002;1\n", "id,total\n1001,1299\n")
    assert answer.ids("missing") == ["1002"], answer.err
    assert answer.ids("total") == []


_ORDERS = [{"order_id": "A-1", "total": 55.5}, {"order_id": "A-2", "total": 10}]
JSON_FILES = {
    "one after the other": "\n".join(json.dumps(each, indent=1) for each in _ORDERS),
    "in an answer with pages": json.dumps(
        {"data": _ORDERS, "meta": {"page": 1}, "links": {"next": None}, "ok": True}
    ),
    "in an answer of GraphQL": json.dumps(
        {"data": {"orders": {"edges": [{"cursor": "x", "node": each} for each in _ORDERS]}}}
    ),
}


@pytest.mark.parametrize("form", JSON_FILES)
def test_orders_in_json_are_found(ask: Ask, form: str) -> None:
    answer = ask(JSON_FILES[form], "id,total\nA-1,55.5\n", names=("o.json", "recorded.csv"))
    assert answer.ids("missing") == ["A-2"], answer.err


def test_one_order_in_json_with_its_lines_is_one_order(ask: Ask) -> None:
    order = json.dumps({"order_id": "A-1", "total": 5, "line_items": [{"id": 1}, {"id": 2}]})
    answer = ask(order, "id\nA-1\n", names=("o.json", "recorded.csv"))
    assert answer.code == 0, answer.err
