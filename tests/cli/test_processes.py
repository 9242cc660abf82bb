"""Several worker processes: the results are those of one, also where workers are killed."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import environment
from tests.cli.ordering_shop import build_shop, tag_page
from tests.cli.test_lost_browser import descendants
from tests.conftest import Answer
from validator.run.order_ledger import load_orders

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

pytestmark = pytest.mark.browser


@contextmanager
def started(folder: Path, browser: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run all scenarios in two processes, one in each."""
    (folder / "scratch").mkdir()
    command = (sys.executable, "-m", "validator", "run", "--processes", "2", "--workers", "2")
    with subprocess.Popen(
        [*command, *options, "--report", "json=r.json"],
        cwd=folder,
        env=environment(browser, TMPDIR=str(folder / "scratch")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def find_workers(process: subprocess.Popen[str]) -> list[int]:
    return [pid for pid, arguments in descendants(process.pid) if "run.pool.worker" in arguments]


def read_results(folder: Path) -> dict[str, dict[str, Any]]:
    report = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    return {each["subject"]: each for each in report["results"]}


def wait_until_ended(*pids: int) -> None:
    """Wait for processes that this one has not started."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([handle], [], [], 30)
        os.close(handle)
        assert ended, f"process {pid} has not ended"


def test_the_results_are_those_of_one_process(cli: Cli, site: Site, tmp_path: Path) -> None:
    names = ("first", "twin-1", "twin-2", "without-tag", "z-unreachable")
    shop = build_shop(site, tmp_path, *names)
    for twin in ("twin-1", "twin-2"):
        site.page(f"/order/{twin}", tag_page("the-same-id"))
    site.page("/order/without-tag", "<h1>Thanks")
    site.page("/basket/z-unreachable", "not here", 404)

    found = []
    for processes in ("1", "2"):
        shop.orders.clear()
        options = ("--processes", processes, "--report", "json=r.json", "--output", processes)
        done = cli("run", "--workers", "4", *options)
        assert done.code == 1, done.err
        assert sorted(shop.orders) == sorted(names[:4])
        report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
        (folder,) = (tmp_path / processes).iterdir()
        orders = [order.scenario for order in load_orders(folder)]
        kept = {each["subject"]: each for each in report["results"]}
        assert tuple(kept) == names
        twins = [kept.pop("twin-1"), kept.pop("twin-2")]
        found.append(
            {
                "versions": report["versions"],
                "orders": sorted(orders),
                "twins": sorted((each["verdict"], len(each["findings"])) for each in twins),
                "rules": {
                    name: [each["rule"] for each in result["findings"]]
                    for name, result in kept.items()
                },
                "readings": {name: result["readings"] for name, result in kept.items()},
                "evidence": {
                    name: sorted(each["kind"] for each in result["outcome"]["evidence"])
                    for name, result in kept.items()
                },
                "verdicts": {name: result["verdict"] for name, result in kept.items()},
            }
        )
    assert found[0] == found[1]
    assert [verdict for verdict, _ in found[1]["twins"]] == ["failed", "passed"]


@pytest.mark.slow
def test_scenarios_of_a_killed_worker_run_again_unless_they_had_placed_their_order(
    site: Site, browser_path: Path, tmp_path: Path
) -> None:
    names = ("a-over", "b-ordering", "c-reading", "d-waiting")
    shop = build_shop(site, tmp_path, *names)
    basket = shop["/basket/c-reading"]
    site.hanging_page("/order/b-ordering", "<h1>Please wait")
    site.hanging_page("/basket/c-reading", "<h1>Please wait")
    with started(tmp_path, browser_path) as process:
        assert shop.asked["/order/b-ordering"].wait(60)
        assert shop.asked["/basket/c-reading"].wait(60)
        shop["/order/b-ordering"] = Answer(tag_page("b-ordering"))
        shop["/basket/c-reading"] = basket
        below = [pid for pid, _ in descendants(process.pid)]
        workers = find_workers(process)
        assert len(workers) == 2
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    results = read_results(tmp_path)
    assert tuple(results) == names
    assert [each["verdict"] for each in results.values()] == [
        *("passed", "broken", "passed", "passed")
    ]
    outcome = results["b-ordering"]["outcome"]
    assert (outcome["reason"], outcome["order_placed"]) == ("worker-lost", True)
    assert "the worker process was ended by SIGKILL" in outcome["message"]
    assert sorted(shop.orders) == list(names)
    assert shop.visits.count("/basket/b-ordering") == 1
    assert shop.visits.count("/basket/c-reading") == 2
    assert "Traceback" not in err
    wait_until_ended(*below)
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
def test_the_workers_end_with_the_run(
    site: Site, browser_path: Path, tmp_path: Path, number: signal.Signals
) -> None:
    shop = build_shop(site, tmp_path, "a-over", "b-ordering", "c-waiting")
    site.hanging_page("/order/b-ordering", "<h1>Please wait")
    site.hanging_page("/basket/c-waiting", "<h1>Please wait")
    with started(tmp_path, browser_path) as process:
        assert shop.asked["/order/b-ordering"].wait(60)
        assert shop.asked["/basket/c-waiting"].wait(60)
        below = [pid for pid, _ in descendants(process.pid)]
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert "Traceback" not in err
    wait_until_ended(*below)
    assert sorted(shop.orders) == ["a-over", "b-ordering"]
    (folder,) = (tmp_path / "cn-validator-results").iterdir()
    assert sorted(order.scenario for order in load_orders(folder)) == ["a-over", "b-ordering"]


@pytest.mark.parametrize(
    ("options", "code"),
    [(("--browser", "/no/browser"), 3), (("--device", "No Phone"), 2)],
    ids=["browser", "device"],
)
def test_what_a_worker_cannot_start_is_said_as_in_one_process(
    cli: Cli, site: Site, tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    build_shop(site, tmp_path, "first", "second")
    one, two = (cli("run", "--processes", each, *options) for each in ("1", "2"))
    assert one == two
    assert two.code == code
