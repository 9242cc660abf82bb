"""Compares the cost of the validator with that of raw scripts that do the same work.

The two of each pair alternate, as whole processes against the bundled shop, so that both run under
the same load of the machine. Only ratios compare across machines. Seconds on the clock depend on
what else runs: they are shown only if the machine was quiet, CPU time always.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.process_cost import Comparison, compare
from validator.browser.chromium.discover import find_browser
from validator.demo import Demo, demo_servers

HERE = Path(__file__).parent
ROOT = HERE.parent
RESULTS = HERE / "results.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- ratios: begin -->\n", "<!-- ratios: end -->"
QUIET_LOAD = 0.3
"""Processes that wait for a core, for each core, before the measurement."""
FEW_ITEMS, MANY_ITEMS = 500, 2_000
"""More than 2,000 are an error in themselves."""
ITEM = (
    '<div class="product_basket_item"><span class="quantity">1</span>'
    '<span class="price">1.00</span><span class="unit_price">1.00</span>'
    '<span class="name">Shirt {0}</span><span class="product_id">sku-{0}</span>'
    '<span class="url">https://shop.example/products/{0}</span></div>\n'
)
TAG = (
    '<!doctype html><div class="cn_purchase"><span class="purchase_id">10427</span>'
    '<span class="cart_id">88213</span><span class="total_quantity">{0}</span>'
    '<span class="total_price">{0}.00</span>\n{1}</div>\n'
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two commands that do the same work. Both must exit 0."""

    name: str
    ours: Sequence[str]
    raw: Sequence[str]
    goal: float
    """The most that the ratio should be."""
    is_slow: bool = False
    """Whether one run of each has to be enough."""


def pairs(demo: Demo, browser: str, confirmation: str, folder: Path) -> Iterator[Pair]:
    """Yield the pairs to compare; ``folder`` is for pages."""
    python, quiet = sys.executable, ("--quiet", "--browser", browser)
    ours = (python, "-m", "validator")
    page = write_page(folder, 1)
    yield Pair("`--help`, next to Python alone", (*ours, "--help"), (python, "-c", "pass"), 6)
    yield Pair(
        "`check FILE`, next to the imports of its parsers",
        (*ours, "check", str(page), "--quiet"),
        (python, str(HERE / "raw_import.py")),
        1.3,
    )
    yield Pair(
        f"a tag of {MANY_ITEMS} items, next to one of {FEW_ITEMS}",
        (*ours, "check", str(write_page(folder, MANY_ITEMS)), "--quiet"),
        (*ours, "check", str(write_page(folder, FEW_ITEMS)), "--quiet"),
        MANY_ITEMS / FEW_ITEMS,
        is_slow=True,
    )
    yield Pair(
        "`check URL`, next to raw Playwright",
        (*ours, "check", confirmation, *quiet),
        (python, str(HERE / "raw_check.py"), browser, confirmation),
        0.8,
    )
    yield Pair(
        "checkout by card through the payment page, next to raw Playwright",
        (*ours, "run", str(ROOT / "scenarios" / "guest-pays-by-card.yaml"), *quiet),
        (python, str(HERE / "raw_checkout.py"), browser, demo.shop_url),
        1.0,
    )


def write_page(folder: Path, items: int) -> Path:
    """Write a page with a tag without findings, and return its path."""
    page = folder / f"{items}.html"
    page.write_text(TAG.format(items, "".join(map(ITEM.format, range(items)))), encoding="utf-8")
    return page


def run_pairs(browser: str, runs: int) -> Iterator[Comparison]:
    """Yield the comparison of each pair as soon as it is measured."""
    with demo_servers() as demo, TemporaryDirectory() as folder:
        environ = {**os.environ, "SHOP_URL": demo.shop_url, "PAYMENT_URL": demo.payment_url}
        # The warm-up runs compile the modules, as the installation of a package does.
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        ordered = subprocess.run(  # prints the URL for `check URL`
            [sys.executable, HERE / "raw_checkout.py", browser, demo.shop_url, "--print-url"],
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        for pair in pairs(demo, browser, ordered.stdout.strip(), Path(folder)):
            yield compare(
                pair.name,
                pair.ours,
                pair.raw,
                goal=pair.goal,
                runs=1 if pair.is_slow else runs,
                environ=environ,
            )


def build_table(comparisons: Sequence[Comparison], machine: Mapping[str, object]) -> str:
    """Return the Markdown of the results, with what they were measured on."""
    is_quiet = bool(machine["quiet"])
    lines = [
        f"{machine['browser']}, Python {machine['python']}, {machine['cores']} cores, "
        f"{machine['runs']} runs of each. "
        + (
            "The machine was quiet."
            if is_quiet
            else "The machine was busy with other work, so the times on the clock mean nothing and "
            "are left out."
        ),
        "",
        "| whole process | CPU, ours | CPU, the other | ratio of CPU | ratio of time "
        "| goal for time |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for each in comparisons:
        wall = f"{each.wall_ratio:.2f}" if is_quiet else "not compared"
        lines.append(
            f"| {each.name} | {each.ours.cpu:.2f} s | {each.raw.cpu:.2f} s | "
            f"{each.cpu_ratio:.2f} | {wall} | ≤ {each.goal:.2f} |"
        )
    return "\n".join(lines) + "\n"


@click.command()
@click.option(
    "--runs", default=9, show_default=True, type=click.IntRange(1), help="Runs of each command."
)
@click.option("--write", is_flag=True, help="Also write results.json and docs/performance.md.")
def main(runs: int, *, write: bool) -> None:
    """Compare the validator with raw scripts, interleaved."""
    browser = find_browser(None, os.environ)
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0] / cores
    machine = {
        "browser": f"{browser.version} ({browser.kind})",
        "python": platform.python_version(),
        "cores": cores,
        "runs": runs,
        "load_per_core_before": round(load, 2),
        "quiet": load <= QUIET_LOAD,
    }
    comparisons = list(run_pairs(str(browser.path), runs))
    table = build_table(comparisons, machine)
    print(table, end="")
    if write:
        results = {"machine": machine, "comparisons": [asdict(each) for each in comparisons]}
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}{table}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
