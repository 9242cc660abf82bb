"""Compares reconcile with scripts of pandas, polars and DuckDB that do the same join.

    python -m benchmarks.reconcile --orders 10000000 --missing 0.007

Each runs as a process of its own on the same two CSV files. Prints its time, its peak memory
(resident set size, from the kernel) and how much more CPU time reconcile takes. All must find as
many missing orders as were generated.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import click

HERE = Path(__file__).parent
RAW_SCRIPTS = {
    "duckdb": "raw_reconcile_duckdb.py",
    "polars": "raw_reconcile_polars.py",
    "pandas": "raw_reconcile.py",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of wall time, CPU seconds of all cores, peak memory, and missing orders found."""

    seconds: float
    cpu: float
    mebibytes: float
    missing: int


def generate(folder: Path, orders: int, share: float) -> int:
    """Write orders.csv and recorded.csv; return how many orders are missing."""
    from validator.reconcile.duckdb_engine import Engine, quote_literal

    with Engine() as engine:
        engine.run(
            "CREATE TABLE shop AS SELECT printf('%09d', n) AS order_id, "
            "printf('%.2f', 5 + hash(n) % 50000 / 100) AS total, 1 + hash(n + 1) % 5 AS quantity, "
            "strftime(TIMESTAMP '2026-10-01' + to_seconds((hash(n + 2) % 2592000)::BIGINT), "
            "'%Y-%m-%dT%H:%M:%SZ') AS created_at, "
            "['redsys', 'paypal', 'transfer', 'bizum'][1 + (hash(n + 3) % 4)::INT] "
            "AS payment_method, ['phone', 'desktop'][1 + (hash(n + 4) % 2)::INT] AS device, "
            "hash(n + 5) % 1000000 >= ? AS arrived FROM range(?) r(n)",
            round(share * 1_000_000),
            orders,
        )
        written = {
            "orders.csv": "order_id, total, quantity, created_at, payment_method, device FROM shop "
            "ORDER BY order_id",
            # In the order of arrival, which differs from the order of the ids.
            "recorded.csv": "order_id AS purchase_id, total AS total_price, quantity AS "
            "total_quantity, created_at AS purchase_date FROM shop WHERE arrived "
            "ORDER BY created_at, order_id",
        }
        for file, selected in written.items():
            engine.run(f"COPY (SELECT {selected}) TO {quote_literal(str(folder / file))} (HEADER)")
        missing: int = engine.row("SELECT count(*) FROM shop WHERE NOT arrived")[0]
    return missing


def measure(name: str, command: list[str], answer: Path, good: tuple[int, ...]) -> Measured:
    """Run one process, which writes its result as JSON to the file ``answer``."""
    start = time.perf_counter()
    code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode
    seconds = time.perf_counter() - start
    if code not in good:
        raise click.ClickException(f"{name} ended with exit code {code}")
    # main starts an interpreter for each measurement, so this one has a single child.
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    missing = json.loads(answer.read_text())["counts"]["missing"]
    return Measured(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, missing)


@click.command()
@click.option("--orders", default=10_000_000, show_default=True, type=click.IntRange(1000))
@click.option("--missing", "share", default=0.007, show_default=True, type=float)
@click.option("--memory", default="2GB", show_default=True, help="Limit for reconcile.")
@click.option("--only", type=click.Choice(["ours", *RAW_SCRIPTS]), hidden=True)
@click.option("--folder", type=click.Path(path_type=Path), hidden=True)
def main(orders: int, share: float, memory: str, only: str | None, folder: Path | None) -> None:
    """Measure all and print a table."""
    if only and folder:
        click.echo(json.dumps(_one(only, folder, memory)))
        return
    missing = [name for name in RAW_SCRIPTS if importlib.util.find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"{' and '.join(missing)} cannot be imported; to fix: pip install --group bench"
        )
    with tempfile.TemporaryDirectory(prefix="cn-benchmark-") as name:
        there = Path(name)
        expected = generate(there, orders, share)
        click.echo(f"{orders:,} orders, {expected:,} of them missing")
        ours = 0.0
        for which in ("ours", *RAW_SCRIPTS):
            command = [sys.executable, "-m", "benchmarks.reconcile", "--only", which]
            command += ["--folder", name, "--memory", memory]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seen = json.loads(done.stdout)
            if seen["missing"] != expected:
                raise click.ClickException(f"{which} found {seen['missing']:,} missing orders")
            ours = ours or seen["cpu"]
            ratio = (
                ""
                if which == "ours"
                else f"; reconcile takes {ours / seen['cpu']:.1f} times its CPU"
            )
            click.echo(
                f"{which:7} {seen['seconds']:7.1f} s {seen['cpu']:7.1f} s of cores "
                f"{seen['mebibytes']:8,.0f} MiB at most{ratio}"
            )


def _one(which: str, folder: Path, memory: str) -> dict[str, float]:
    answer = folder / f"{which}.json"
    files = [str(folder / "orders.csv"), str(folder / "recorded.csv")]
    ours = [sys.executable, "-m", "validator", "reconcile", *files, "--memory", memory]
    ours += ["--report", f"json={answer}"]
    script = str(HERE / RAW_SCRIPTS.get(which, ""))
    raw = [sys.executable, script, *files, str(answer)]
    done = measure(which, ours if which == "ours" else raw, answer, (0, 1))
    return asdict(done)


if __name__ == "__main__":
    main()
