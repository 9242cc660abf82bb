"""What the machine does to a run: what was finished is kept, and the exit code tells the truth."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import environment
from validator.core.capture import Reason
from validator.core.exit_code import ExitCode
from validator.report.json_reader import load_report
from validator.results.history import open_history
from validator.run.options import RunOptions
from validator.run.progress import SilentProgress
from validator.scenario.load import load_scenarios

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(site: Site, tmp_path: Path) -> threading.Event:
    """Two scenarios, of which the second waits for ever; is set once its page was asked for."""
    event = threading.Event()

    class Pages(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            if path == "/hangs":
                event.set()
            return super().get(path, default)

    site.pages = Pages(site.pages)
    site.page("/thanks", "<h1>Thanks</h1>")
    site.hanging_page("/hangs")
    for name, steps in (
        ("a", [{"goto": "/thanks"}]),
        ("b", [{"goto": "/thanks"}, {"goto": "/hangs"}]),
    ):
        scenario = {
            "name": name,
            "base_url": site.url,
            "steps": steps,
            "confirmation": {"css": "h1"},
            "expect": {"cn_purchase": "none", "within": "100ms"},
        }
        (tmp_path / f"{name}.yaml").write_text(json.dumps(scenario))
    return event


def start(folder: Path, browser: Path, *arguments: str, **streams: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "validator", "run", *arguments, "--workers", "1"]
    return subprocess.Popen(
        command, cwd=folder, env=environment(browser), text=True, **streams,
    )  # fmt: skip


def the_run(folder: Path) -> Path:
    (run,) = folder.glob("cn-validator-results/*")
    return run


def test_a_run_that_was_killed_can_be_reported_on_and_is_no_pass(
    asked: threading.Event, browser_path: Path, tmp_path: Path
) -> None:
    process = start(tmp_path, browser_path, "a.yaml", "b.yaml", stderr=subprocess.DEVNULL)
    assert asked.wait(60)
    process.kill()
    process.wait()
    report = load_report(the_run(tmp_path))
    assert [result.subject for result in report.results] == ["a"]
    assert report.exit_code is ExitCode.INTERRUPTED
    assert report.notes == ("the run did not end: 1 of 2 have a result",)


def test_a_run_that_was_killed_before_its_first_result_can_be_reported_on(
    asked: threading.Event, browser_path: Path, tmp_path: Path
) -> None:
    process = start(tmp_path, browser_path, "b.yaml", stderr=subprocess.DEVNULL)
    assert asked.wait(60)
    process.kill()
    process.wait()
    report = load_report(the_run(tmp_path))
    assert report.results == ()
    assert report.exit_code is ExitCode.INTERRUPTED


def test_a_run_that_has_ended_is_reported_as_it_ended(
    asked: threading.Event, browser_path: Path, tmp_path: Path
) -> None:
    process = start(tmp_path, browser_path, "a.yaml", stderr=subprocess.DEVNULL)
    assert process.wait(60) == 0
    assert load_report(the_run(tmp_path)).exit_code is ExitCode.OK
    assert not asked.is_set()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_with_a_report(
    asked: threading.Event, browser_path: Path, tmp_path: Path, number: int
) -> None:
    reports = ("--report", "json=r.json")
    process = start(tmp_path, browser_path, "a.yaml", "b.yaml", *reports, stderr=subprocess.DEVNULL)
    assert asked.wait(60)
    process.send_signal(number)
    assert process.wait(60) == 130
    report = json.loads((tmp_path / "r.json").read_text())
    assert [result["subject"] for result in report["results"]] == ["a"]


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_closed_streams_change_no_exit_code(
    asked: threading.Event, browser_path: Path, tmp_path: Path, closed: tuple[int, ...]
) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    process = start(
        tmp_path, browser_path, "a.yaml", "--report", "json=r.json", "--report", "terminal",
        preexec_fn=close,
    )  # fmt: skip
    assert process.wait(60) == 0
    assert (tmp_path / "r.json").exists()
    assert not asked.is_set()


def test_a_full_disk_costs_the_folder_of_the_run_and_no_report(
    asked: threading.Event, kept_browser: KeptBrowser, tmp_path: Path
) -> None:
    (tmp_path / "out" / "r").mkdir(parents=True)
    (tmp_path / "out" / "r" / "results.ndjson").symlink_to("/dev/full")
    scenarios = load_scenarios([tmp_path / "a.yaml"], environ={}, run_id="r")
    options = RunOptions("r", tmp_path / "out" / "r")
    report = kept_browser.play(scenarios, options, SilentProgress())
    assert report.exit_code is ExitCode.BROKEN
    assert "lacks results that could not be written: No space left on device" in report.notes[-1]
    assert not asked.is_set()


def test_an_order_that_cannot_be_written_down_is_not_placed(
    site: Site, kept_browser: KeptBrowser, tmp_path: Path
) -> None:
    site.page("/", "<form action=/ordered><button>Place order</button></form>")
    scenario = {
        "name": "s",
        "base_url": site.url,
        "steps": [{"goto": "/"}, {"click": {"role": "button", "name": "Place order"}}],
        "confirmation": {"url": "**/ordered?"},
    }
    (tmp_path / "s.yaml").write_text(json.dumps(scenario))
    folder = tmp_path / "out" / "r"
    # A folder in its place cannot be replaced by a file.
    (folder / "orders.ndjson").mkdir(parents=True)
    loaded = load_scenarios([tmp_path / "s.yaml"], environ={}, run_id="r")
    report = kept_browser.play(loaded, RunOptions("r", folder), SilentProgress())
    (result,) = report.results
    assert result.breakdown
    assert result.breakdown.reason is Reason.REFUSED
    assert "the ledger of orders cannot be written" in result.breakdown.message
    assert not result.breakdown.order_placed
    assert [path for path, _ in site.seen if path.startswith("/ordered")] == []


def test_too_few_open_files_are_said_at_once(
    asked: threading.Event, browser_path: Path, tmp_path: Path
) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    process = start(tmp_path, browser_path, "a.yaml", stderr=subprocess.PIPE, preexec_fn=limit)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "a browser needs 256 open files, and this process may open 64" in err
    assert "to fix: raise the limit: ulimit -n 4096" in err
    assert not asked.is_set()


def test_two_runs_that_create_one_history_both_have_it(tmp_path: Path) -> None:
    barrier = threading.Barrier(8)

    def create(_number: int) -> None:
        barrier.wait()
        with open_history(tmp_path / "h.db"):
            pass

    for _ in range(5):
        with ThreadPoolExecutor(8) as pool:
            assert len([*pool.map(create, range(8))]) == 8
        (tmp_path / "h.db").unlink()


def test_a_report_with_a_loss_is_never_a_pass(
    asked: threading.Event, kept_browser: KeptBrowser, tmp_path: Path
) -> None:
    scenarios = load_scenarios([tmp_path / "a.yaml"], environ={}, run_id="r")
    report = kept_browser.play(scenarios, RunOptions("r"), SilentProgress())
    assert report.exit_code is ExitCode.OK
    assert report.with_failure(ExitCode.BROKEN).exit_code is ExitCode.BROKEN
    interrupted = replace(report, interrupted=True).with_failure(ExitCode.INTERNAL)
    assert interrupted.exit_code is ExitCode.INTERRUPTED
    assert not asked.is_set()
