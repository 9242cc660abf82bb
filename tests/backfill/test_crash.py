"""Killed at any moment, and run again: nothing is sent twice and nothing is forgotten."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backfill.conftest import Shop, environment_of, purchase, shop_with
from validator.demo.api.options import FaultRates

KILLS = 20
ORDERS = 60
LONGEST = 200.0
TROUBLE = FaultRates(
    too_many=0.08,
    error_before=0.04,
    error_after=0.04,
    drop_before=0.04,
    drop_after=0.04,
    latency_ms=2,
    seed=5,
)


def start(shop: Shop, orders: Path) -> subprocess.Popen[str]:
    arguments = ("--apply", "--replace", "--yes", "--rate", "60000", "--first-wait", "1ms")
    return subprocess.Popen(
        [sys.executable, "-m", "validator", "backfill", str(orders), *arguments],
        env=environment_of(shop.api),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_when(shop: Shop, orders: Path, number: int) -> bool:
    """Kill a run as a number of requests have arrived. False where it ended before."""
    run = start(shop, orders)
    while not shop.api.wait_for_request(number, 0.2) and run.poll() is None:
        continue
    run.send_signal(signal.SIGKILL)
    run.communicate()
    return run.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_backfill_killed_twenty_times_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """While the API answers with 429, 500 and lost connections; a third is to be replaced."""
    draw = random.Random(11)  # noqa: S311 - which moments, not a secret
    purchases = [purchase(number) for number in range(ORDERS)]
    orders = tmp_path / "missing.jsonl"
    orders.write_text("\n".join(json.dumps(each.body()) for each in purchases))
    with shop_with(tmp_path, trouble=TROUBLE) as shop:
        for each in purchases[::3]:
            shop.api.store.add_purchase({**each.body(), "totalPrice": 1.0}, triggers=True)
        kills = [
            kill_when(shop, orders, len(shop.api.store.requests()) + draw.randint(1, 10))
            for _ in range(KILLS)
        ]
        last = start(shop, orders)
        said, _ = last.communicate(timeout=LONGEST)
        assert last.returncode == 0, said
        assert sum(kills) == KILLS
        assert shop.api.store.count_by_purchase_id() == {each.purchase_id: 1 for each in purchases}
        assert set(shop.totals().values()) == {38.75}
        assert {"429", "500", "500-after", "drop", "drop-after"} <= {
            asked.trouble for asked in shop.api.store.requests()
        }
