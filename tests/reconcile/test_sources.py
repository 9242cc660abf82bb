"""Files as shops and spreadsheets write them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.reconcile.conftest import Ask
from validator.reconcile.duckdb_engine import Engine

RECORDED = "id,total\n1,1234.50\n2,7\n"


@pytest.mark.parametrize(
    ("orders", "told"),
    [
        (b"\xef\xbb\xbfid,total\n1,1234.50\n2,7\n", ""),
        (b"id;total;note\n1;1234,50;x\n2;7,00;y\n", ""),
        (b"id\ttotal\n1\t1234.50\n2\t7\n", ""),
        (b"id|total\n1|1234.50\n2|7\n", ""),
        ("id;total;name\n1;1.234,50 €;Peña\n2;7,00 €;x\n".encode("cp1252"), "Windows-1252"),
        ("id;total;name\n1;1234,50;Peña\n2;7,00;x\n".encode("latin-1"), "Latin-1"),
        ("id,total\n1,1234.50\n2,7\n".encode("utf-16"), "UTF-16"),
        (b'id,total,note\r\n1,"1,234.50","two\r\nlines, and ""quotes"""\r\n2,7.00,x\r\n', ""),
        (b"id,total\n1,1 234.50\n2,7\n", ""),
        ("id;total\n1;1\u202f234,50\n2;7,0\n".encode(), ""),
        (b"id;total\n1;1'234.50 CHF\n2;7.0 CHF\n", ""),
        (gzip.compress(b"id,total\n1,1234.50\n2,7\n", mtime=0), ""),
        (b"id,total\n\n1,1234.50\n2,7\n\n", ""),
    ],
)
def test_a_text_file_is_read_as_it_was_meant(ask: Ask, orders: bytes, told: str) -> None:
    answer = ask(orders, RECORDED)
    assert answer.code == 0, answer.err + answer.out
    assert answer.data["notCompared"] == ["quantities", "dates"]
    assert told in " ".join(answer.data["orders"]["notes"])


def test_names_in_an_old_encoding_come_out_right(ask: Ask, tmp_path: Path) -> None:
    ask("id;total;name\n1;10,00;x\n3;5,50;Peña\n".encode("cp1252"), RECORDED, "--report", "jsonl=m")
    (missing,) = map(json.loads, (tmp_path / "m").read_text().splitlines())
    assert missing == {
        "purchaseId": "3",
        "purchaseDate": None,
        "totalPrice": 5.5,
        "totalQuantity": None,
        "cartId": None,
        "contactEmail": None,
        "paymentMethod": None,
        "name": "Peña",
    }


def test_a_byte_that_no_encoding_has_is_asked_about(ask: Ask) -> None:
    orders = b"id,name\n1,a\x81\xff\n"
    answer = ask(orders, RECORDED)
    assert answer.code == 2
    assert "which encoding is this?" in answer.err
    assert ask(orders, RECORDED, "--orders-encoding", "latin-1").code == 0


@pytest.mark.parametrize(
    ("orders", "place", "asked"),
    [
        ("id,total\n1,7.5\n2,abc\n", "orders.csv:3", 'total_price "abc" is no amount'),
        ('id,total\n1,"1,234"\n', "orders.csv:2", 'total_price "1,234" 1234, or 1.234'),
        ("id,total\n1,1.234\n", "orders.csv:2", "say which sign is for decimals"),
        ('id,total\n1,"1,5"\n2,2.5\n', "orders.csv:3", "both signs for decimals"),
        ("id,date\n1,03/04/2026\n", "orders.csv:2", "begin with the day or with the month?"),
        ("id,date\n1,13/04/2026\n2,04/13/2026\n", "orders.csv:3", "others the month"),
        ("id,date\n1,2026-02-30\n", "orders.csv:2", "is no date"),
        ("id,date\n1,yesterday\n", "orders.csv:2", "not written in a known way"),
        ("id,total\n1,5\n2,6,7\n", "orders.csv:3", "3 cells, where the header has 2"),
        ('id,note\n1,"a\nb"\n2\n', "orders.csv:4", "1 cells, where the header has 2"),
        ('id,note\n1,x\n2,"open\n3,y\n', "orders.csv:3", "a quote is opened and never closed"),
        ('id,note\n1,x\n2,"a"b\n', "orders.csv:3", "the quotes are broken"),
        ('id,note,total\n1,"a\nb",5\n2,x,y\n', "orders.csv:4", '"y" is no amount'),
        ("a;b,c\n1;2,3\n", "orders.csv:1", "what separates the cells"),
        (" \n", "orders.csv", "which column holds the ids?"),
        ("name,total\nx,5\n", "orders.csv", "There are name, total"),
        (b"id\0\n", "orders.csv", "not a text file"),
    ],
)
def test_what_is_broken_or_ambiguous_is_refused_with_its_place_and_the_remedy(
    ask: Ask, orders: str | bytes, place: str, asked: str
) -> None:
    answer = ask(orders, RECORDED, "--allow-disjoint")
    assert answer.code == 2
    assert answer.err.startswith(f"{place}: "), answer.err
    assert asked in answer.err
    assert "to fix:" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("orders", "option"),
    [
        ("id,total\n1,1.234\n", ["--orders-decimal", ","]),
        ('id,total\n1,"1,234"\n', ["--orders-decimal", "."]),
        ('id,total\n1,"1,234"\n2,7.00\n', []),
        ("id;total\n1;1.234\n2;7,00\n", []),
    ],
)
def test_the_question_of_thousands_is_answered_by_an_option_or_by_the_column(
    ask: Ask, orders: str, option: list[str]
) -> None:
    answer = ask(orders, "id,total\n1,1234\n2,7\n", *option)
    assert answer.code == 0, answer.err + answer.out


@pytest.mark.parametrize(
    ("date", "options"),
    [
        ("2026-04-03", []),
        ("2026-04-03T10:00:00Z", []),
        ("2026-04-03T12:00:00+0200", []),
        ("2026-04-03 12:00:00+02:00", []),
        ("2026-04-03 12:00:00.123", ["--orders-timezone", "Europe/Madrid"]),
        ("1775210400", []),
        ("1775210400000", []),
        ("03/04/2026 10:00", ["--orders-date-format", "day-first"]),
        ("4/3/2026 10:00 AM", ["--orders-date-format", "month-first"]),
        ("03.04.2026, 10:00:00", ["--orders-date-format", "day-first"]),
        ("3 Apr 2026 10h", ["--orders-date-format", "%d %b %Y %Hh"]),
    ],
)
def test_dates_are_understood(ask: Ask, date: str, options: list[str]) -> None:
    rest = ["--fail-on", "date", "--date-tolerance", "12h"]
    answer = ask(f'id,date\n1,"{date}"\n', "id,date\n1,2026-04-03T10:00Z\n", *options, *rest)
    assert answer.code == 0, answer.err + answer.out
    assert answer.data["notCompared"] == ["totals", "quantities"]
    there = ask("", "id,date\n1,2026-04-05T10:00Z\n", *options, *rest)
    assert there.ids("date") == ["1"]


def test_another_date_of_the_column_answers_for_an_ambiguous_one(ask: Ask) -> None:
    answer = ask("id,date\n1,03/04/2026\n2,13/04/2026\n", "id,date\n1,2026-04-03\n2,2026-04-13\n")
    assert answer.code == 0, answer.err
    assert "day first" in " ".join(answer.data["orders"]["notes"])


def test_json_lines_keep_texts_and_numbers_apart(ask: Ask) -> None:
    lines = [
        {"purchaseId": "001", "totalPrice": 1.234, "note": {"deep": [1]}},
        {"purchaseId": 2, "totalPrice": 7},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    names = ("orders.jsonl", "recorded.csv")
    assert ask(text, "id,total\n001,1.2340\n2,7\n", names=names).code == 0
    answer = ask(text + "{broken\n", RECORDED, names=names)
    assert (answer.code, answer.err.split(": ")[0]) == (2, "orders.jsonl:3")


def test_parquet_is_read(ask: Ask, tmp_path: Path) -> None:
    with Engine() as engine:
        engine.run(
            "COPY (SELECT '001' AS order_id, 1.234::DOUBLE AS total, 2 AS quantity, "
            "TIMESTAMP '2026-04-03 10:00:00' AS created_at) TO '"
            + str(tmp_path / "orders.parquet")
            + "' (FORMAT parquet)"
        )
    names = ("orders.parquet", "recorded.csv")
    recorded = "id,total,quantity,date\n001,1.2340,2,2026-04-03T10:00:00Z\n"
    answer = ask("", recorded, names=names)
    assert (answer.code, answer.data["notCompared"]) == (0, []), answer.err


def test_a_spreadsheet_is_read(ask: Ask, tmp_path: Path) -> None:
    from datetime import datetime

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Order ID", "Total", "Fecha"])
    sheet.append([1001, 1.234, datetime(2026, 4, 3, 10)])  # noqa: DTZ001 - spreadsheets know no zones
    sheet.append(["0002", 7, datetime(2026, 4, 3, 10)])  # noqa: DTZ001 - likewise
    book.save(tmp_path / "orders.xlsx")
    recorded = "id,total,date\n1001,1.2340,2026-04-03\n0002,7,2026-04-03\n"
    answer = ask("", recorded, names=("orders.xlsx", "recorded.csv"))
    assert answer.code == 0, answer.err
    assert answer.data["orders"]["columns"]["purchase_date"] == "Fecha"


def test_a_broken_spreadsheet_is_refused(ask: Ask) -> None:
    answer = ask(b"PK no", RECORDED, names=("orders.xlsx", "recorded.csv"))
    assert answer.code == 2
    assert "no readable spreadsheet" in answer.err


def packed(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return content.getvalue()


def test_of_an_activities_export_the_products_are_left_aside(ask: Ask) -> None:
    export = packed(
        **{
            "export-activities-0f": '"Purchase ID","Total price"\n"1","5"\n',
            "export-activities-0f-products": '"Purchase ID","x"\n"1","5"\n',
        }
    )
    answer = ask("id,total\n1,5\n2,6\n", export, names=("orders.csv", "export.zip"))
    assert answer.ids("missing") == ["2"]
    assert answer.data["recorded"]["source"] == "export.zip:export-activities-0f.csv"


def test_columns_that_are_not_recognised_are_named_by_option(ask: Ask) -> None:
    recorded = "external,kind,worth\n1,purchase,5\n2,purchase,7\n2,visit,7\n"
    answer = ask(
        "id,total\n1,5\n2,6\n",
        recorded,
        "--recorded-column",
        "purchase_id=external",
        "--recorded-column",
        "total_price=worth",
        "--recorded-only",
        "kind=purchase",
    )
    assert (answer.ids("total"), answer.ids("twice")) == (["2"], [])


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--orders-column=order_id=orderid", 'there is no column "orderid"'),
        ("--orders-column=ordr_id=id", "did you mean order_id?"),
        ("--orders-column=order_id", "is not written as FIELD=COLUMN"),
        ("--group-by=colour", 'there is no column "colour"'),
        ("--recorded-only=colour=red", 'there is no column "colour"'),
        ("--orders-encoding=utf-99", 'there is no encoding "utf-99"'),
        ("--orders-timezone=Mars", 'there is no time zone "Mars"'),
        ("--grace=soon", "write 30m, 2h or 1d"),
        ("--since=yesterday", "write 2026-11-02"),
        ("--memory=much", "is no size"),
        ("--tolerance=-1", "is not an amount"),
        ("--query=SELECT 1", "is a file"),
        ("--id-map=nowhere.csv", "there is no such file"),
        ("--report=xlsx", "there is no report"),
    ],
)
def test_a_wrong_option_is_answered_with_what_it_should_be(
    ask: Ask, option: str, said: str
) -> None:
    answer = ask("id,total\n1,5\n", RECORDED, option)
    assert answer.code == 2
    assert said in " ".join(answer.err.split()), answer.err


def test_a_file_that_is_not_there_is_named(ask: Ask) -> None:
    answer = ask("", RECORDED)
    assert (answer.code, answer.err.split(": ")[0]) == (2, "orders.csv")


@pytest.mark.parametrize("name", ["orders[1].csv", "orders*.jsonl"])
def test_a_file_s_name_is_no_pattern(ask: Ask, tmp_path: Path, name: str) -> None:
    (tmp_path / "orders1.csv").write_text("id,total\n9,9\n")
    text = "id,total\n1,1234.50\n" if name.endswith("csv") else '{"id": 1, "total": 1234.5}\n'
    answer = ask(text, RECORDED, names=(name, "recorded.csv"))
    assert answer.code == 0, answer.err
    assert answer.data["orders"]["source"] == name
