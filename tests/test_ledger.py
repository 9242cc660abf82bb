"""The orders of this run and of earlier ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.capture import Capture
from validator.check import check
from validator.ledger import FILE, Ledger, earlier_orders
from validator.markup import capture_markup
from validator.result import Result

SHOP = "https://shop.example"
TAG = "<div class=cn_purchase><b class=purchase_id>{}</b><b class=total_price>9.50</b></div>"


def ordered(*ids: str, at: str = f"{SHOP}/thanks") -> Result:
    capture: Capture = capture_markup("".join(map(TAG.format, ids)), at)
    return check(capture, subject="Guest")


def test_an_order_of_this_run_is_known_at_once() -> None:
    ledger = Ledger("run-2")
    ledger.add(ordered("7"))
    assert ledger.used_ids(f"{SHOP}/orders/8") == {"7": '"Guest" of this run'}


def test_another_shop_may_use_the_same_ids() -> None:
    ledger = Ledger("run-2")
    ledger.add(ordered("7"))
    assert ledger.used_ids("https://other.example/thanks") == {}


def test_the_orders_of_earlier_runs_are_known(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    folder.mkdir()
    Ledger("run-1").write(ordered("7", "8"), folder)
    ledger = Ledger("run-2", earlier_orders(tmp_path))
    assert ledger.used_ids(SHOP) == {"7": '"Guest" of run-1', "8": '"Guest" of run-1'}


def test_a_page_without_an_id_leaves_nothing(tmp_path: Path) -> None:
    Ledger("run-1").write(ordered(""), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ["", '{"purchase_id": "7', "[]", "{}", "7", "\xff", '{"run": 1}'])
def test_what_a_crash_has_left_of_a_line_is_passed_over(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "run-1"
    folder.mkdir()
    Ledger("run-1").write(ordered("7"), folder)
    with (folder / FILE).open("a", encoding="latin-1") as stream:
        stream.write(line)
    assert [order.purchase_id for order in earlier_orders(tmp_path)] == ["7"]
