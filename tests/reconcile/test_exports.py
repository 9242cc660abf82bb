"""What is written of the missing orders, for spreadsheets, programs and people."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.reconcile.conftest import Ask, table

NAUGHTY = [
    '=HYPERLINK("http://x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "  =1",
    "\uff1d1",
    "\n=1",
    '=1,2;3"',
    "\r+1",
]
HARMLESS = ["-5.00", "+34 600", "a=b", "1.234,50", "", "plain", 'say "hello"', "two\nlines"]


def written(ask: Ask, notes: list[str], tmp_path: Path) -> list[dict[str, str]]:
    rows = [(at, note) for at, note in enumerate(notes, 1)]
    answer = ask(table("id =note", *rows), "id\n99\n", "--allow-disjoint", "--report", "csv=m.csv")
    assert answer.code == 1, answer.err
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_no_cell_becomes_a_formula(ask: Ask, tmp_path: Path) -> None:
    rows = written(ask, NAUGHTY, tmp_path)
    assert [row["'=note"] for row in rows] == [f"'{note}" for note in NAUGHTY]


def test_what_is_no_formula_stays_as_it_is(ask: Ask, tmp_path: Path) -> None:
    harmless = [note for note in HARMLESS if note != "+34 600"]
    assert [row["'=note"] for row in written(ask, harmless, tmp_path)] == harmless


def test_the_missing_orders_begin_with_the_names_of_the_api(ask: Ask, tmp_path: Path) -> None:
    orders = (
        "order_id,total,quantity,created_at,email,cart_id,payment,colour,cartId\n"
        "007,1234.50,2,2026-11-01T10:00:00+01:00,a@x.example,c1,redsys,red,own\n"
        "008,10,1,2026-11-01T10:00:00Z,,,,,\n"
    )
    options = ("--report", "csv=m.csv", "--report", "jsonl=m.jsonl", "--allow-disjoint")
    ask(orders, "id\n1\n", *options, "--orders-column", "cart_id=cart_id")
    header, first, second = (tmp_path / "m.csv").read_text().splitlines()
    assert header == (
        '"purchaseId","purchaseDate","totalPrice","totalQuantity","cartId","contactEmail",'
        '"paymentMethod","colour","cartId (source)"'
    )
    assert first == (
        '"007","2026-11-01T09:00:00Z","1234.5","2","c1","a@x.example","redsys","red","own"'
    )
    assert second == '"008","2026-11-01T10:00:00Z","10","1","","","","",""'
    lines = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()]
    assert lines[0]["totalPrice"] == 1234.5
    assert lines[0]["totalQuantity"] == 2
    assert lines[1]["contactEmail"] is None


def test_three_decimals_are_not_written_as_thousands_would_be(ask: Ask, tmp_path: Path) -> None:
    orders = "id,total\n1,1.234\n2,12.5\n"
    ask(orders, "id\n9\n", "--allow-disjoint", "--orders-decimal", ".", "--report", "csv=m.csv")
    rows = (tmp_path / "m.csv").read_text().splitlines()[1:]
    assert [row.split(",")[2] for row in rows] == ['"1.2340"', '"12.5"']


def test_nothing_missing_is_a_header_alone(ask: Ask, tmp_path: Path) -> None:
    ask("id,a\n1,x\n", "id\n1\n", "--report", "csv=m.csv", "--report", "jsonl=m.jsonl")
    assert len((tmp_path / "m.csv").read_text().splitlines()) == 1
    assert (tmp_path / "m.jsonl").read_text() == ""


def test_a_report_goes_to_standard_output_alone(ask: Ask) -> None:
    answer = ask("id,a\n1,x\n2,y\n", "id\n1\n", "--report", "jsonl")
    assert json.loads(answer.out)["purchaseId"] == "2"


def test_a_report_that_cannot_be_written_is_told_before_the_work(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    answer = ask("id\n1\n", "id\n1\n", "--report", "html=folder")
    assert answer.code == 2
    assert "cannot be written" in answer.err


EVIL = "<script>alert(1)</script>\x1b[2J\u202e"


@pytest.fixture
def evil(ask: Ask) -> str:
    rows = [(f"{EVIL}{at}", "2026-11-01", EVIL, "1") for at in range(50)]
    recorded = table("id", *[(at,) for at in range(60)])
    fine = [(at, "2026-11-01", "card", "1") for at in range(60)]
    orders = table("id date payment_method total", *rows, *fine)
    answer = ask(orders, recorded, "--report", "html=r.html")
    assert answer.data["counts"]["missing"] == 50, answer.err
    return answer.out


def test_what_a_file_says_cannot_become_html(evil: str, tmp_path: Path) -> None:
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert evil
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\x1b" in page
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_what_a_file_says_cannot_move_the_cursor(evil: str) -> None:
    assert "alert(1)" in evil
    assert "\x1b" not in evil
    assert "\u202e" not in evil


@pytest.mark.usefixtures("evil")
def test_the_page_fetches_nothing_and_draws_the_days(tmp_path: Path) -> None:
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert page.count("<rect") == 1
    assert "2026-11-01: 50 missing" in page
    assert "http" not in page.replace("http-equiv", "")
