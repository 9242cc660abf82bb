"""The orders of this run and of earlier ones."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from validator.core.capture import Breakdown, Capture, Navigation, Reason
from validator.core.result import Result
from validator.core.run_context import PlacedOrder
from validator.page.static_capture import capture_html
from validator.rules.evaluate import evaluate_capture
from validator.run.order_ledger import (
    LEDGER_FILE,
    OrderLedger,
    load_earlier_orders,
    load_orders,
)

SHOP = "https://shop.example"
TAG = "<div class=cn_purchase><b class=purchase_id>{}</b><b class=total_price>9.50</b></div>"


def ordered(*ids: str, at: str = f"{SHOP}/thanks") -> Result:
    capture: Capture = capture_html("".join(map(TAG.format, ids)), at)
    return evaluate_capture(capture, subject="Guest")


def kept(folder: Path, *results: Result) -> OrderLedger:
    """Write what a run has seen of its orders."""
    ledger = OrderLedger("run-1")
    for index, result in enumerate(results):
        ledger.settle(index, result)
    ledger.save(folder)
    return ledger


def test_an_order_of_this_run_is_known_at_once() -> None:
    ledger = OrderLedger("run-2")
    ledger.add(ordered("7"))
    assert ledger.used_ids(f"{SHOP}/orders/8") == {"7": '"Guest" of this run'}


def test_another_shop_may_use_the_same_ids() -> None:
    ledger = OrderLedger("run-2")
    ledger.add(ordered("7"))
    assert ledger.used_ids("https://other.example/thanks") == {}


def test_the_orders_of_earlier_runs_are_known(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    folder.mkdir()
    kept(folder, ordered("7", "8"))
    ledger = OrderLedger("run-2", load_earlier_orders(tmp_path))
    assert ledger.used_ids(SHOP) == {"7": '"Guest" of run-1', "8": '"Guest" of run-1'}


def test_a_page_without_an_id_leaves_nothing(tmp_path: Path) -> None:
    kept(tmp_path, ordered(""))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ["", '{"purchase_id": "7', "[]", "{}", "7", "\xff", '{"run": 1}'])
def test_what_a_crash_has_left_of_a_line_is_passed_over(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "run-1"
    folder.mkdir()
    kept(folder, ordered("7"))
    with (folder / LEDGER_FILE).open("a", encoding="latin-1") as stream:
        stream.write(line)
    assert [order.purchase_id for order in load_earlier_orders(tmp_path)] == ["7"]


def written(folder: Path) -> list[dict[str, str]]:
    return [asdict(order) for order in load_orders(folder)]


def test_an_order_is_kept_before_it_is_placed(tmp_path: Path) -> None:
    ledger = OrderLedger("run-1")
    ledger.begin(0, "Guest", SHOP, "guest.yaml")
    ledger.save(tmp_path)
    assert written(tmp_path) == [
        {
            "purchase_id": "",
            "total_price": "",
            "origin": SHOP,
            "scenario": "Guest",
            "run": "run-1",
            "payment_page": "",
        }
    ]


def test_what_is_seen_of_an_order_takes_the_place_of_what_was_begun(tmp_path: Path) -> None:
    ledger = OrderLedger("run-1")
    ledger.begin(0, "Guest", SHOP, "guest.yaml")
    ledger.settle(0, ordered("7"))
    ledger.save(tmp_path)
    assert [(each["purchase_id"], each["total_price"]) for each in written(tmp_path)] == [
        ("7", "9.50")
    ]


def test_an_order_whose_confirmation_was_not_seen_is_kept_with_what_is_known(
    tmp_path: Path,
) -> None:
    breakdown = Breakdown(
        Reason.TIMEOUT,
        "late",
        url="https://bank.example/pay",
        hops=(
            Navigation(SHOP, "/order", "POST", 303, 0),
            Navigation("https://bank.example", "/pay", "GET", 200, 9),
        ),
        saved={"order": "1042", "order_total": "9.50"},
        order_placed=True,
    )
    ledger = OrderLedger("run-1")
    ledger.begin(0, "Guest", SHOP, "guest.yaml")
    ledger.settle(0, Result("Guest", breakdown))
    ledger.save(tmp_path)
    (order,) = written(tmp_path)
    assert (order["purchase_id"], order["total_price"]) == ("1042", "9.50")
    assert order["payment_page"] == "https://bank.example/pay"


def test_a_scenario_that_broke_before_it_ordered_leaves_nothing(tmp_path: Path) -> None:
    ledger = OrderLedger("run-1")
    ledger.settle(0, Result("Guest", Breakdown(Reason.TIMEOUT, "late")))
    ledger.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_orders_are_counted_in_all_and_by_file() -> None:
    ledger = OrderLedger("run-1")
    for index, source in enumerate(("a.yaml", "a.yaml", "b.yaml")):
        ledger.begin(index, "Guest", SHOP, source)
    assert (ledger.placed(), ledger.placed("a.yaml")) == (3, 2)


def test_each_change_is_one_line_more(tmp_path: Path) -> None:
    ledger, sizes = OrderLedger("run-1"), []
    for index in range(3):
        ledger.begin(index, f"Guest {index}", SHOP, "guest.yaml")
        ledger.save(tmp_path)
        ledger.save(tmp_path)
        ledger.settle(index, ordered(f"{index}a", f"{index}b"))
        ledger.save(tmp_path)
        sizes.append(len((tmp_path / LEDGER_FILE).read_text().splitlines()))
    assert sizes == [2, 4, 6]
    assert tuple(load_orders(tmp_path)) == ledger.orders
    assert [order.purchase_id for order in ledger.orders] == ["0a", "0b", "1a", "1b", "2a", "2b"]


def test_an_order_that_was_withdrawn_after_it_was_written_is_none(tmp_path: Path) -> None:
    ledger = OrderLedger("run-1")
    ledger.begin(0, "Guest", SHOP, "guest.yaml")
    ledger.save(tmp_path)
    ledger.withdraw(0, "guest.yaml")
    ledger.save(tmp_path)
    assert written(tmp_path) == []


def test_a_ledger_of_an_older_version_is_continued(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    folder.mkdir()
    older = PlacedOrder("7", "9.50", SHOP, "Guest", "run-1")
    lines = [json.dumps(asdict(replace(older, purchase_id=each))) for each in ("7", "8")]
    (folder / LEDGER_FILE).write_text("".join(f"{line}\n" for line in lines))
    kept(folder, ordered("9"))
    assert [order.purchase_id for order in load_orders(folder)] == ["7", "8", "9"]
    assert [order.purchase_id for order in load_earlier_orders(tmp_path)] == ["7", "8", "9"]
