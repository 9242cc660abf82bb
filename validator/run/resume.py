"""Resumes a run that did not end: results are kept, and an order that was begun is never repeated.

The folder of the run says everything: ``run.json`` which scenarios it was to run,
``results.ndjson`` those that are over, ``orders*.ndjson`` those that had begun to place an order.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from validator.core.capture import Breakdown, Reason
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.files import drop_cut_line, write_atomically
from validator.core.redaction import Redactor
from validator.core.result import Result
from validator.core.urls import parse_origin
from validator.report.json_reader import RESULTS_FILE, RUN_FILE, load_report, read_run_state
from validator.run.options import RunOptions
from validator.run.order_ledger import LEDGER_FILES, load_orders
from validator.scenario.model.scenario import Scenario

if TYPE_CHECKING:
    from validator.run.scenario_run import RunState

LOCK_FILE = "run.lock"


def read_run_id(folder: Path) -> str:
    """Return the id of the run with this folder. Raises InputError where it cannot be resumed."""
    state = read_run_state(folder)
    if state is None:
        raise InputError.single(
            "not-a-run",
            "this is not the folder of a run: it has no run.json",
            Location(str(folder)),
            "Name the folder that the run made, such as cn-validator-results/20261123-101500-a1b2.",
        )
    run_id = state.get("run_id")
    if not isinstance(run_id, str) or not isinstance(state.get("selection"), str):
        raise InputError.single(
            "results-version",
            "this run is of a version that could not resume runs",
            Location(str(folder / RUN_FILE)),
            "Cancel its orders (see orders.ndjson), and start a new run.",
        )
    return run_id


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file that one process at a time can hold; it is created.

    It is an empty database of SQLite, whose locks are those of every system, and end with the
    process however it ends. Raises sqlite3.OperationalError.
    """
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def held_folder(options: RunOptions) -> Iterator[None]:
    """Hold the folder of a run, so that no other process resumes it meanwhile.

    Raises InputError where a run cannot be resumed because another process holds its folder.
    """
    with ExitStack() as held:
        if options.output:
            try:
                held.enter_context(locked(options.output / LOCK_FILE))
            except sqlite3.OperationalError as error:
                # A new run has a folder of its own, and may be on a file system without locks.
                if options.resumes:
                    raise _describe_held_folder(options.output, error) from error
        yield


def write_run_state(options: RunOptions, scenarios: Sequence[Scenario], *, ended: bool) -> None:
    """Say in the folder of a run what it is to run, and whether it has ended."""
    state = {
        "run_id": options.run_id,
        "selection": _hash_selection(scenarios),
        "planned": len(scenarios),
        "ended": ended,
    }
    if options.output:
        with suppress(OSError):  # the results are more: the disk may be full
            write_atomically(options.output / RUN_FILE, json.dumps(state) + "\n")


def restore_results(run: RunState, scenarios: Sequence[Scenario]) -> list[int]:
    """Give a run the results and orders that its folder has.

    Returns the indices of the scenarios that had begun to place an order and have no result.
    Raises InputError for the folder of other scenarios, and for files that cannot be read.
    """
    folder = run.options.output
    if folder is None:
        return []
    _require_selection(folder, scenarios)
    orders, results = _read_folder(folder)
    interrupted = []
    for index, scenario in enumerate(scenarios):
        source = scenario.location.source
        # Before its result was known, an order was written with the name as it is.
        redactor = _redactor(scenario)
        shown = redactor.text(scenario.name)
        for _ in range(sum(orders[name] for name in {scenario.name, shown})):
            origin = parse_origin(scenario.base_url or "")
            run.ledger.begin(index, scenario.name, origin, source)
        shown_source = redactor.apply(scenario.location).source
        keys = ((shown_source, shown), (shown_source, scenario.name))
        found = [results[key] for key in keys if key in results]
        if found:
            _restore_result(run, index, found[0])
        elif run.ledger.has_begun(index):
            interrupted.append(index)
    kept = f"{len(run.results)} of {len(scenarios)} results are of the part before"
    run.notes.append(f"the run was resumed: {kept}")
    return interrupted


def build_interrupted_breakdown(scenario: Scenario) -> Breakdown:
    return Breakdown(
        Reason.INTERRUPTED,
        "the run ended while this scenario placed its order, so it was not run again",
        scenario.location,
        hint="look in the shop whether there is an order, and cancel it; then start a new run",
        order_placed=True,
    )


def _read_folder(folder: Path) -> tuple[Counter[str], dict[tuple[str, str], Result]]:
    """Return the number of orders by scenario, and the results by file and name."""
    try:
        (folder / RESULTS_FILE).touch()  # the run may have ended before its first result
        for file in (folder / RESULTS_FILE, *folder.glob(LEDGER_FILES)):
            drop_cut_line(file)
        orders = Counter(order.scenario for order in load_orders(folder))
    except (OSError, ValueError) as error:
        raise InputError.single(
            "results-unreadable",
            f"what the run has done cannot be read: {error}",
            Location(str(folder)),
            "Make its files readable and writable; without them an order could be placed twice.",
        ) from error
    results = load_report(folder).results
    return orders, {(_find_source(result), result.subject): result for result in results}


def _restore_result(run: RunState, index: int, result: Result) -> None:
    run.results[index] = result
    run.notes += (f"{result.subject}: {note}" for note in result.notes)
    if run.ledger.has_begun(index):
        run.ledger.settle(index, result)


def _require_selection(folder: Path, scenarios: Sequence[Scenario]) -> None:
    state = read_run_state(folder) or {}
    if state.get("selection") != _hash_selection(scenarios):
        raise InputError.single(
            "other-scenarios",
            f"the run had other scenarios: it had {state.get('planned', 0)}, "
            f"and these are {len(scenarios)}",
            Location(str(folder)),
            "Give the paths and options of the run again, in the same folder, and add --resume.",
        )


def _hash_selection(scenarios: Sequence[Scenario]) -> str:
    """Return a hash of what identifies the scenarios: their files and names, in order."""
    named = [_redactor(each).apply((each.location.source, each.name)) for each in scenarios]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def _redactor(scenario: Scenario) -> Redactor:
    return Redactor(secret.value for secret in scenario.secrets)


def _find_source(result: Result) -> str:
    return result.location.source if result.location else ""


def _describe_held_folder(folder: Path, error: sqlite3.OperationalError) -> InputError:
    if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
        message, hint = "the run has not ended: a process still runs it", "Wait for its end."
    else:
        message = f"it is unknown whether the run has ended: {error}"
        hint = "Copy its folder to a disk that you may write to and that has file locks."
    return InputError.single("run-not-over", message, Location(str(folder)), hint)
