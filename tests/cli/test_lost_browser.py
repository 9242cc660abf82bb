"""A browser that dies or stops says nothing of the shop, and the run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import environment
from validator.run.order_ledger import load_orders

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def descendants(process: int) -> Iterator[tuple[int, str]]:
    """Yield the ids and command lines of the processes below one."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    children: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for line in listed.stdout.splitlines():
        number, parent, arguments = line.split(None, 2)
        children[int(parent)].append((int(number), arguments))
    parents = [process]
    while parents:
        # Numbers begin again after the highest: a child's may be lower than its parent's.
        found = children[parents.pop()]
        parents += [number for number, _ in found]
        yield from found


def is_meant(arguments: str, victim: str) -> bool:
    if victim == "driver":
        return "driver/node" in arguments
    if victim == "renderer":
        return "--type=renderer" in arguments
    return "chrom" in arguments and "--type=" not in arguments and "driver/node" not in arguments


@pytest.fixture
def bank_shop(site: Site, other_site: Site, tmp_path: Path) -> threading.Event:
    """A shop whose bank brings the customer back after a while; is set once he has paid."""
    paid = threading.Event()

    class Pages(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            if path == "/paid":
                paid.set()
            return super().get(path, default)

    other_site.pages = Pages(other_site.pages)
    back = f"setTimeout(() => location = '{site.url}/thanks', 2500)"
    other_site.page("/pay", f"<button onclick=\"fetch('/paid'); {back}\">Pay</button>")
    other_site.page("/paid", "ok")
    site.page("/", f'<a href="{other_site.url}/pay">Place order</a>')
    site.page("/thanks", "<h1>Thanks</h1>")
    paying = {
        "name": "paying",
        "base_url": site.url,
        "steps": [
            {"goto": "/"},
            {"click": {"text": "Place order"}},
            {
                "payment": {
                    "at": f"{other_site.url}/**",
                    "steps": [{"click": {"text": "Pay"}}],
                    "within": "5s",
                }
            },
        ],
        "confirmation": {"css": "h1"},
        "expect": {"cn_purchase": "none", "within": "100ms"},
    }
    last = paying | {"name": "last", "steps": [{"goto": "/thanks"}]}
    (tmp_path / "a.yaml").write_text(json.dumps(paying))
    (tmp_path / "b.yaml").write_text(json.dumps(last))
    return paid


def run_and_signal(
    folder: Path, browser: Path, paid: threading.Event, victim: str, *signals: int
) -> tuple[int, str, dict[str, Any]]:
    """Run both scenarios, one after the other, and send signals once the customer has paid."""
    scratch = folder / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "validator", "run", "a.yaml", "b.yaml", "--workers", "1"]
    arguments = [*command, "--retries", "1", "--report", "json=r.json"]
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env=environment(browser, TMPDIR=str(scratch)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert paid.wait(60)
    for number in signals:
        if number == signal.SIGCONT:
            threading.Event().wait(7)  # longer than the customer is waited for
        for pid, arguments_of_pid in [*descendants(process.pid)]:
            if is_meant(arguments_of_pid, victim):
                os.kill(pid, number)
    _, err = process.communicate(timeout=120)
    left = [path.name for path in scratch.iterdir()]
    assert left == []
    return process.returncode, err, json.loads((folder / "r.json").read_text())


@pytest.mark.parametrize("victim", ["browser", "renderer", "driver"])
def test_a_browser_that_dies_on_the_way_back_is_replaced_and_no_finding(
    bank_shop: threading.Event, browser_path: Path, tmp_path: Path, victim: str
) -> None:
    code, err, report = run_and_signal(tmp_path, browser_path, bank_shop, victim, signal.SIGKILL)
    assert code == 3, err
    first, second = report["results"]
    assert first["verdict"] == "broken"
    assert first["outcome"]["reason"] == "browser"
    assert first["outcome"]["order_placed"] is True
    assert first["attempts"] == 1
    assert first["findings"] == []
    assert second["verdict"] == "passed"
    assert "Traceback" not in err
    assert "Exception" not in err


@pytest.mark.parametrize("victim", ["browser", "renderer"])
def test_a_browser_that_stood_still_is_waited_for(
    bank_shop: threading.Event, browser_path: Path, tmp_path: Path, victim: str
) -> None:
    code, err, report = run_and_signal(
        tmp_path, browser_path, bank_shop, victim, signal.SIGSTOP, signal.SIGCONT
    )
    assert code == 0, (err, report["results"])


@pytest.mark.usefixtures("bank_shop")
def test_an_order_that_was_created_before_its_payment_is_not_placed_again(
    cli: Cli, site: Site, tmp_path: Path
) -> None:
    scenario = json.loads((tmp_path / "a.yaml").read_text())
    scenario["steps"][2]["payment"]["steps"] = [{"click": {"text": "no such"}, "timeout": "200ms"}]
    (tmp_path / "a.yaml").write_text(json.dumps(scenario))
    assert cli("run", "a.yaml", "--retries", "2", "--report", "json=r.json").code == 3
    (result,) = json.loads((tmp_path / "r.json").read_text())["results"]
    assert result["attempts"] == 1
    assert result["outcome"]["order_placed"] is True
    (ledger,) = tmp_path.glob("cn-validator-results/*/orders.ndjson")
    assert len(list(load_orders(ledger.parent))) == 1
    assert [path for path, _ in site.seen].count("/") == 1
