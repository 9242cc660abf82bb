"""A run whose process was killed is resumed: each scenario has one result, no order is repeated."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import environment
from tests.cli.ordering_shop import OrderingShop, build_shop, tag_page
from tests.conftest import Answer
from validator.run.order_ledger import load_orders
from validator.run.resume import LOCK_FILE, locked

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

NAMES = ("a-over", "b-ordering", "c-reading", "d-waiting")


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> OrderingShop:
    return build_shop(site, tmp_path, *NAMES)


def run_until_killed(folder: Path, browser: Path, *asked: threading.Event) -> Path:
    """Run all scenarios, two at once, and kill the run when pages are asked for."""
    process = subprocess.Popen(
        [sys.executable, "-m", "validator", "run", "--workers", "2"],
        cwd=folder,
        env=environment(browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for event in asked:
            assert event.wait(60)
        (run,) = (folder / "cn-validator-results").iterdir()
        with pytest.raises(sqlite3.OperationalError, match="locked"), locked(run / LOCK_FILE):
            pass
    finally:
        process.kill()
        process.wait()
    return run


def read_lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.browser
def test_a_killed_run_is_resumed_and_no_order_is_placed_twice(
    cli: Cli, shop: OrderingShop, site: Site, browser_path: Path, tmp_path: Path
) -> None:
    site.hanging_page("/order/b-ordering", "<h1>Please wait")
    basket = shop["/basket/c-reading"]
    site.hanging_page("/basket/c-reading", "<h1>Please wait")
    asked = shop.asked["/order/b-ordering"], shop.asked["/basket/c-reading"]
    run = run_until_killed(tmp_path, browser_path, *asked)
    results, ledger = run / "results.ndjson", run / "orders.ndjson"
    (first,) = results.read_bytes().splitlines(keepends=True)
    assert cli("report", str(run)).code == 130

    # The crash was in the middle of a line.
    for file in (results, ledger):
        with file.open("a", encoding="utf-8") as stream:
            stream.write('{"subject": "b-ord')
    shop["/order/b-ordering"] = Answer(tag_page("b-ordering"))
    shop["/basket/c-reading"] = basket
    done = cli("run", "--workers", "2", "--resume", str(run), "--report", "json=r.json")

    assert done.code == 3, done.err
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    found = {each["subject"]: each for each in report["results"]}
    assert tuple(found) == NAMES
    assert [each["verdict"] for each in found.values()] == ["passed", "broken", "passed", "passed"]
    outcome = found["b-ordering"]["outcome"]
    assert (outcome["reason"], outcome["order_placed"]) == ("interrupted", True)
    assert "cn-validator run scenarios/b-ordering.yaml" in found["b-ordering"]["replay"]
    assert report["run_id"] == run.name
    assert "the run was resumed: 1 of 4 results are of the part before" in report["notes"]

    assert sorted(shop.orders) == list(NAMES)
    assert shop.visits.count("/basket/a-over") == shop.visits.count("/basket/b-ordering") == 1
    assert shop.visits.count("/basket/c-reading") == 2
    assert results.read_bytes().startswith(first)
    assert sorted(each["subject"] for each in read_lines(results)) == list(NAMES)
    assert sorted(each.scenario for each in load_orders(run)) == list(NAMES)
    assert sorted(each["scenario"] for each in report["orders"]) == list(NAMES)
    assert cli("report", str(run)).code == 3

    # A run that has ended has nothing left to run: its reports are written again.
    visits = list(shop.visits)
    again = cli("run", "--resume", str(run), "--report", "json=2.json", CN_VALIDATOR_BROWSER="/no")
    assert again.code == 3, again.err
    second = json.loads((tmp_path / "2.json").read_text(encoding="utf-8"))
    assert second["results"] == report["results"]
    assert shop.visits == visits


@pytest.mark.usefixtures("shop")
def test_what_cannot_be_resumed_is_refused_before_a_browser_starts(
    cli: Cli, tmp_path: Path
) -> None:
    def refusal(**changes: str) -> str:
        done = cli("run", "--resume", "run", CN_VALIDATOR_BROWSER="/no", **changes)
        assert done.code == 2, done.err
        return done.err

    run = tmp_path / "run"
    assert "run: this is not the folder of a run: it has no run.json" in refusal()
    run.mkdir()
    (run / "run.json").write_text('{"planned": 2, "ended": false}')
    assert "a version that could not resume runs" in refusal()
    (run / "run.json").write_text('{"planned": 2, "run_id": "r", "selection": "x"}')
    assert "the run had other scenarios: it had 2, and these are 4" in refusal()
    with locked(run / LOCK_FILE):
        assert "the run has not ended: a process still runs it" in refusal()
    done = cli("run", "--resume", "run", "--every", "1h")
    assert (done.code, "--every" in done.err) == (2, True)
