"""``run --every`` and ``watch``: processes that go on until they are told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import IO, TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

TAG = (
    '<div class="cn_purchase"><b class="purchase_id">7</b><b class="cart_id">c</b>'
    '<b class="total_quantity">1</b><b class="total_price">{}</b></div>'
)
Started = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def started(tmp_path: Path, browser_path: Path) -> Iterator[Started]:
    """Start a command that does not end by itself; its streams are one."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        environ = {**os.environ, "CI": "true", "CN_VALIDATOR_BROWSER": str(browser_path)}
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "validator", *arguments],
            cwd=tmp_path, env=environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def hook() -> Iterator[tuple[str, Queue[dict[str, Any]]]]:
    """A webhook: its address, and what it is sent."""
    bodies: Queue[dict[str, Any]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output to what they say."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/secret-path", bodies
    server.shutdown()
    thread.join()
    server.server_close()


def until(stream: IO[str] | None, words: str) -> str:
    """Read up to the line with these words."""
    assert stream is not None
    said = ""
    for line in stream:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it ended without saying {words!r}:\n{said}")


@pytest.mark.browser
def test_every_so_often_it_runs_again_tells_what_changed_and_stops_cleanly(
    started: Started, site: Site, tmp_path: Path, hook: tuple[str, Queue[dict[str, Any]]]
) -> None:
    address, bodies = hook
    site.page("/thanks", TAG.format("5.00"))
    scenario = {"name": "s", "steps": [{"goto": f"{site.url}/thanks"}]}
    (tmp_path / "s.yaml").write_text(json.dumps(scenario))
    running = started(
        "run", "s.yaml", "--every", "300ms", "--notify", f"json={address}", "--metrics", "cn.prom"
    )
    said = until(running.stdout, "next run in")
    site.page("/thanks", TAG.format("5,00"))
    body = bodies.get(timeout=60)
    assert body["changed"] == [{"subject": "s", "before": "passed", "after": "failed"}]
    said += until(running.stdout, "next run in")
    running.send_signal(signal.SIGTERM)
    rest, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Stopped." in rest
    assert "secret-path" not in said + rest
    assert bodies.empty(), "what did not change is not told again"
    assert 'verdict="failed"} 1.0' in (tmp_path / "cn.prom").read_text()
    folders = list(tmp_path.glob("cn-validator-results/*"))
    assert len(folders) >= 2, "each run has a folder of its own"


@pytest.mark.browser
def test_what_is_wrong_with_a_scenario_later_on_is_told_and_tried_again(
    started: Started, site: Site, tmp_path: Path, hook: tuple[str, Queue[dict[str, Any]]]
) -> None:
    address, bodies = hook
    site.page("/thanks", TAG.format("5.00"))
    scenario = {"name": "s", "steps": [{"goto": f"{site.url}/thanks"}]}
    file = tmp_path / "s.yaml"
    file.write_text(json.dumps(scenario))
    running = started("run", "s.yaml", "--every", "300ms", "--notify", f"json={address}")
    until(running.stdout, "next run in")
    file.write_text("name: s\nstepps: []\n")
    until(running.stdout, "s.yaml:2:1")
    body = bodies.get(timeout=60)
    assert body["changed"] == [{"subject": "s", "before": "passed", "after": ""}]
    assert "nothing was checked." in body["text"]
    file.write_text(json.dumps(scenario))
    until(running.stdout, "1 passed")
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130


def test_a_page_is_checked_again_when_its_file_changes(started: Started, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(TAG.format("5,00"))
    running = started("watch", "page.html", "--report", "json=r.json")
    said = until(running.stdout, "watching page.html")
    assert "decimal-format" in said
    draft = tmp_path / "draft"  # as editors save: a new file takes the old one's place
    draft.write_text(TAG.format("5.00"))
    draft.replace(page)
    said = until(running.stdout, "watching page.html")
    assert "changed: page.html" in said
    assert "1 passed" in said
    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=30)
    assert (running.returncode, rest.splitlines()[-1]) == (130, "Stopped.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["watch", "no/where.html"], "no/where.html: No such file"),
        (["watch", "--tag", "cn_cart", "page.html"], "Name the file or URL first"),
        (["run", "--notify", "irc=https://secret.example"], "expected slack=https://"),
        (["run", "--notify", "slack=secret.example"], "expected slack=https://"),
        (["run", "--every", "often"], '"often" is not a duration'),
    ],
    ids=["no file", "an option first", "another chat", "no address", "no duration"],
)
def test_what_cannot_work_is_refused(arguments: list[str], said: str, cli: Cli) -> None:
    done = cli(*arguments)
    assert done.code == 2
    assert said in done.err
    assert "secret" not in done.err
