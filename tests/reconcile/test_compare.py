"""Orders against purchases: each way in which they can differ."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.reconcile.conftest import Ask

ORDERS = """\
order_id,total,quantity,created_at,status,email
0001,10.00,1,2026-11-01T10:00:00Z,paid,a@x.example
0002,20.50,2,2026-11-01T11:00:00Z,paid,b@x.example
0003,30.00,3,2026-11-02T10:00:00Z,paid,test@shop.example
0004,40.00,4,2026-11-03T10:00:00Z,pending,d@x.example
"""
PAID = ("--paid-status", "paid")


def recorded(*rows: str) -> str:
    return "\n".join(["purchase_id,total_price,total_quantity,purchase_date", *rows, ""])


FIRST = "0001,10.00,1,2026-11-01T10:00:05Z"
SECOND = "0002,20.50,2,2026-11-01T11:00:00Z"
THIRD = "0003,30,3,2026-11-02T10:00:00Z"


def test_all_paid_orders_that_were_recorded_pass(ask: Ask) -> None:
    answer = ask(ORDERS, recorded(FIRST, SECOND, THIRD), *PAID)
    assert answer.code == 0
    assert answer.data["verdict"] == "passed"
    assert answer.data["ordersCompared"] == 3
    assert "none of 3 orders is missing" in answer.out


def test_each_missing_paid_order_is_named(ask: Ask) -> None:
    answer = ask(ORDERS, recorded(SECOND), *PAID)
    assert answer.code == 1
    assert answer.ids("missing") == ["0001", "0003"]
    assert answer.data["missingTotalPrice"] == 40
    assert "2 of 3 orders missing in Connectif" in answer.out
    assert "0001" in answer.out


@pytest.mark.parametrize(
    ("row", "kind", "in_shop", "seen"),
    [
        ("0001,10.01,1,2026-11-01T10:00:00Z", "total", "10", "10.01"),
        ("0001,1000,1,2026-11-01T10:00:00Z", "total", "10", "1000"),
        ("0001,10.00,2,2026-11-01T10:00:00Z", "quantity", "1", "2"),
        (
            "0001,10.00,1,2026-11-09T10:00:00Z",
            "date",
            "2026-11-01T10:00:00Z",
            "2026-11-09T10:00:00Z",
        ),
    ],
)
def test_what_was_recorded_otherwise_is_shown_beside_what_the_shop_has(
    ask: Ask, row: str, kind: str, in_shop: str, seen: str
) -> None:
    answer = ask(ORDERS, recorded(row, SECOND, THIRD), *PAID, "--fail-on", kind)
    assert answer.code == 1
    (difference,) = answer.data["differences"]
    assert (difference["kind"], difference["id"]) == (kind, "0001")
    assert (difference["inShop"], difference["recorded"]) == (in_shop, seen)


def test_a_total_within_the_tolerance_is_the_same(ask: Ask) -> None:
    rows = recorded("0001,10.004,1,2026-11-01T10:00:00Z", SECOND, THIRD)
    assert ask(ORDERS, rows, *PAID).code == 0
    assert ask(ORDERS, rows, *PAID, "--tolerance", "0.001").code == 1


def test_an_order_that_was_recorded_twice_is_named(ask: Ask) -> None:
    answer = ask(ORDERS, recorded(FIRST, FIRST, SECOND, THIRD), *PAID)
    assert answer.code == 1
    assert answer.ids("twice") == ["0001"]


def test_of_an_order_recorded_twice_a_wrong_total_is_seen_too(ask: Ask) -> None:
    other = "0001,99,1,2026-11-01T10:00:00Z"
    answer = ask(ORDERS, recorded(FIRST, other, SECOND, THIRD), *PAID)
    assert answer.ids("twice") == answer.ids("total") == ["0001"]


def test_an_unpaid_order_that_was_recorded_is_a_false_purchase(ask: Ask) -> None:
    unpaid = "0004,40.00,4,2026-11-03T10:00:00Z"
    answer = ask(ORDERS, recorded(FIRST, SECOND, THIRD, unpaid), *PAID)
    assert answer.code == 1
    assert answer.ids("unpaid") == ["0004"]


def test_a_purchase_the_shop_does_not_know_is_told_but_no_failure(ask: Ask) -> None:
    extra = "0009,1.00,1,2026-11-01T10:00:00Z"
    rows = recorded(FIRST, SECOND, THIRD, extra)
    answer = ask(ORDERS, rows, *PAID)
    assert (answer.code, answer.ids("extra")) == (0, ["0009"])
    assert ask(ORDERS, rows, *PAID, "--fail-on", "extra").code == 1


def test_which_orders_are_paid_is_asked_and_not_guessed(ask: Ask) -> None:
    answer = ask(ORDERS, recorded(FIRST, SECOND, THIRD))
    assert answer.code == 2
    assert "which orders are paid? Column status has: paid (3), pending (1)" in answer.err
    assert "--paid-status STATUS" in answer.err


def test_a_status_that_no_order_has_is_refused(ask: Ask) -> None:
    answer = ask(ORDERS, recorded(FIRST), "--paid-status", "payed")
    assert answer.code == 2
    assert 'no order has the status "payed"' in answer.err


@pytest.mark.parametrize(
    ("options", "compared", "missing"),
    [
        (["--paid-status", "all"], 4, ["0001", "0003", "0004"]),
        (["--paid-status", "PAID", "--paid-status", "pending"], 4, ["0001", "0003", "0004"]),
        ([*PAID, "--since", "2026-11-01T10:30"], 2, ["0003"]),
        ([*PAID, "--since", "2026-11-01T11:00+02:00", "--until", "2026-11-02"], 2, ["0001"]),
        ([*PAID, "--exclude-email", "*@SHOP.example"], 2, ["0001"]),
        ([*PAID, "--grace", "1d", "--as-of", "2026-11-03"], 2, ["0001"]),
        ([*PAID, "--grace", "3d", "--as-of", "2026-11-03"], 1, []),
    ],
)
def test_only_orders_that_count_can_be_missing(
    ask: Ask, options: list[str], compared: int, missing: list[str]
) -> None:
    answer = ask(ORDERS, recorded(SECOND), *options)
    assert (answer.data["ordersCompared"], answer.ids("missing")) == (compared, missing)


def test_where_no_order_is_left_nothing_is_called_passed(ask: Ask) -> None:
    answer = ask(ORDERS, recorded(FIRST), *PAID, "--since", "2027-01-01")
    assert answer.code == 2
    assert "no order is left to compare" in answer.err


@pytest.mark.parametrize("option", ["--since=2026-01-01", "--grace=2h", "--exclude-email=*@x"])
def test_a_filter_on_a_column_that_is_not_there_is_refused(ask: Ask, option: str) -> None:
    answer = ask("order_id\n1\n", "id\n1\n", option)
    assert answer.code == 2
    assert "--orders-column" in answer.err


@pytest.mark.parametrize(
    ("ours", "theirs", "code"),
    [
        (" 1001 ", "1001", 0),
        ("\u00a01001", "1001\t", 0),
        ("01001", "1001", 1),
        ("A-1", "a-1", 1),
    ],
)
def test_ids_are_text_without_the_blanks_around_it(
    ask: Ask, ours: str, theirs: str, code: int
) -> None:
    answer = ask(f'order_id,x\n"{ours}",1\n7,1\n', f'id,x\n"{theirs}",1\n7,1\n')
    assert answer.code == code, answer.err


def test_ids_of_which_none_is_known_are_asked_about(ask: Ask) -> None:
    orders = "order_number,internal\nAAA,17\nBBB,18\n"
    answer = ask(orders, "id\n17\n18\n")
    assert answer.code == 2
    assert "Are these the same ids?" in answer.err
    assert "--orders-column order_id=internal" in answer.err
    assert ask(orders, "id\n17\n18\n", "--orders-column", "order_id=internal").code == 0


def test_an_id_map_leads_from_the_reference_to_the_recorded_id(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("reference,internal\nAAA,17\nBBB,18\n")
    answer = ask("reference\nAAA\nBBB\n", "id\n17\n", "--id-map", "map.csv")
    assert answer.ids("missing") == ["18"]


def test_an_id_map_with_two_ids_for_one_order_is_refused(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("reference,internal\nAAA,17\nAAA,18\n")
    answer = ask("reference\nAAA\n", "id\n17\n", "--id-map", "map.csv")
    assert answer.code == 2
    assert '"AAA" has several recorded ids' in answer.err


def test_of_a_row_for_each_product_an_order_counts_once(ask: Ask) -> None:
    orders = "order_id,total,quantity\n1,30,1\n1,,2\n2,5,1\n"
    answer = ask(orders, "id,total,quantity\n1,30,3\n2,5,1\n")
    assert answer.code == 0, answer.out
    assert answer.data["ordersCompared"] == 2
    assert "1 orders have several rows: each counts once" in answer.out


@pytest.mark.parametrize("statuses", [("pending", "paid"), ("Paid", "refunded"), (" ", "paid")])
def test_an_order_of_several_rows_is_paid_where_one_of_them_says_so(
    ask: Ask, statuses: tuple[str, str]
) -> None:
    rows = "".join(f"1,10,{status}\n" for status in statuses)
    answer = ask(f"order_id,total,status\n{rows}2,20,paid\n", "id\n2\n", *PAID)
    assert (answer.code, answer.ids("missing")) == (1, ["1"])


def test_what_one_side_leaves_empty_is_not_called_the_same(ask: Ask) -> None:
    answer = ask("id,total,quantity\n1,10,1\n2,20,2\n", "id,total,quantity\n1,,\n2,20,\n")
    said = answer.out.replace("\n  ", " ")
    assert "totals of 1 recorded orders were not compared: one side has none" in said
    assert "quantities of 2 recorded orders were not compared: one side has none" in said


def test_missing_orders_after_the_last_purchase_raise_the_question_of_the_export(ask: Ask) -> None:
    answer = ask(ORDERS, recorded(FIRST, SECOND), *PAID)
    assert "from after the last recorded purchase" in answer.out.replace("\n  ", " ")


def test_what_could_not_be_compared_is_said(ask: Ask) -> None:
    answer = ask(ORDERS, "id\n0001\n0002\n0003\n", *PAID)
    assert answer.data["notCompared"] == ["totals", "quantities", "dates"]
    assert "not compared: totals, quantities, dates" in answer.out


def test_the_json_report_is_as_its_schema_says(ask: Ask, repository: Path) -> None:
    answer = ask(ORDERS, recorded("0001,11,2,2026-12-01T10:00:00Z", SECOND, SECOND), *PAID)
    schema = json.loads((repository / "schemas" / "reconcile.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(answer.data)
    assert {each["kind"] for each in answer.data["differences"]} >= {"missing", "twice", "total"}


def test_what_was_recognised_is_printed(ask: Ask) -> None:
    answer = ask(ORDERS, recorded(FIRST, SECOND, THIRD), *PAID)
    assert "total_price = total" in answer.out
    assert "order_id = purchase_id" in answer.out
