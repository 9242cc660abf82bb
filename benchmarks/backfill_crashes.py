"""Kills a backfill many times while the API has faults, and counts the purchases at the end.

    python -m benchmarks.backfill_crashes --orders 1000 --kills 100 --seed 1

The API is the bundled local one. It has a third of the orders with a wrong total beforehand, and
the backfill replaces them. Exits 1 if a purchase is lost, duplicated or wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from validator.demo import Api, ApiOptions, api_server
from validator.demo.api.options import FaultRates

TOTAL = 38.75
WRONG = 1.0


def order(number: int) -> dict[str, Any]:
    item = {"productId": f"p{number % 50}", "name": "Mug", "unitPrice": 16.9, "quantity": 2}
    item |= {"price": 33.8, "productDetailUrl": f"https://shop.example/p{number % 50}"}
    return {
        "purchaseId": f"NQ-{number}",
        "purchaseDate": "2026-11-02T14:00:00Z",
        "totalPrice": TOTAL,
        "totalQuantity": 2,
        "cartId": f"c{number}",
        "contactEmail": f"buyer-{number % 200}@example.test",
        "products": [item],
    }


def start(api: Api, orders: Path) -> subprocess.Popen[str]:
    arguments = ["--apply", "--replace", "--yes", "--rate", "60000", "--first-wait", "2ms"]
    return subprocess.Popen(
        [sys.executable, "-m", "validator", "backfill", str(orders), *arguments],
        env={**os.environ, "CONNECTIF_API_URL": api.url, "CONNECTIF_API_KEY": api.key, "CI": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_at(api: Api, orders: Path, number: int) -> bool:
    """Kill a run after ``number`` requests; return False if it ended before."""
    run = start(api, orders)
    while not api.wait_for_request(number, 0.2) and run.poll() is None:
        continue
    run.send_signal(signal.SIGKILL)
    run.communicate()
    return run.returncode == -signal.SIGKILL


def measure(number: int, kills: int, seed: int) -> bool:
    draw = random.Random(seed)  # noqa: S311 - draws the moments of the kills, no secret
    trouble = FaultRates(0.08, 0.04, 0.04, 0.04, 0.04, latency_ms=1, seed=seed)
    begun = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        api_server(ApiOptions(trouble=trouble)) as api,
    ):
        orders = Path(folder) / "missing.jsonl"
        bodies = [order(each) for each in range(number)]
        orders.write_text("\n".join(map(json.dumps, bodies)))
        for body in bodies[::3]:
            api.store.add_purchase({**body, "totalPrice": WRONG}, triggers=True)
        # Spreads the kills over the whole run.
        most = max(2, 2 * 3 * number // (kills + 1))
        killed = sum(
            kill_at(api, orders, len(api.store.requests()) + draw.randint(1, most))
            for _ in range(kills)
        )
        last = start(api, orders)
        said, _ = last.communicate()
        how_often = api.store.count_by_purchase_id()
        wrong = sum(each["totalPrice"] != TOTAL for each in api.store.purchases())
        asked = api.store.requests()
    lost = number - len(how_often)
    doubled = sum(count - 1 for count in how_often.values())
    figures = {
        "orders": number,
        "of these to be replaced": len(bodies[::3]),
        "runs killed with SIGKILL": killed,
        "exit code of the last run": last.returncode,
        "purchases in the API": sum(how_often.values()),
        "duplicates": doubled,
        "lost": lost,
        "with a wrong total": wrong,
        "requests": len(asked),
        "refused as already there (409)": sum(each.status == 409 for each in asked),
        "seconds": round(time.perf_counter() - begun, 1),
    }
    faults = Counter(each.trouble for each in asked if each.trouble)
    figures |= {f"answered with {name}": count for name, count in sorted(faults.items())}
    for name, value in figures.items():
        print(f"{name:<34}{value:>8}")
    if last.returncode:
        print(said)
    return not (lost or doubled or wrong or last.returncode)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(0 if measure(given.orders, given.kills, given.seed) else 1)


if __name__ == "__main__":
    main()
