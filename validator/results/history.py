"""The verdicts and times of runs over releases, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from validator.core.document import Location
from validator.core.errors import InputError
from validator.report.source_paths import relative_path
from validator.results.run_summary import RunSummary

SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, release TEXT NOT NULL, started TEXT NOT NULL,
  report TEXT NOT NULL DEFAULT ''
);
CREATE TABLE results (
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  subject TEXT NOT NULL, verdict TEXT NOT NULL, attempts INTEGER NOT NULL,
  duration_ms REAL NOT NULL, tag_ms REAL, errors INTEGER NOT NULL
);
CREATE INDEX results_of_run ON results (run_id);
"""
_STEPS = """
CREATE TABLE steps (
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  subject TEXT NOT NULL, title TEXT NOT NULL, ms REAL NOT NULL
);
CREATE INDEX steps_of_run ON steps (run_id);
"""
_FROM_VERSION_1 = f"ALTER TABLE runs ADD COLUMN report TEXT NOT NULL DEFAULT ''; {_STEPS}"


@dataclass(frozen=True, slots=True)
class ReleaseStatistics:
    """One subject in one release. ``tag_ms`` and ``duration_ms`` are medians, in milliseconds.

    ``verdicts`` are those of its runs, oldest first; ``tag_ms`` is None if no tag appeared.
    """

    subject: str
    release: str
    verdicts: tuple[str, ...]
    tag_ms: float | None
    duration_ms: float

    @property
    def is_flaky(self) -> bool:
        """Whether it passed only at a second attempt, or has several verdicts in one release.

        Runs without a release may be of different shops, so their verdicts are not compared.
        """
        kinds = set(self.verdicts)
        return "flaky" in kinds or bool(self.release and len(kinds) > 1)

    @property
    def counts(self) -> str:
        """``3 passed, 1 broken``."""
        counted = Counter(self.verdicts)
        return ", ".join(f"{number} {verdict}" for verdict, number in counted.items())


@dataclass(frozen=True, slots=True)
class SavedResult:
    """One result of a saved run. ``steps`` are title and milliseconds, in the order of play."""

    subject: str
    verdict: str
    duration_ms: float
    tag_ms: float | None
    steps: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class SavedRun:
    """One saved run. ``report`` is its HTML report; None where it is not known."""

    run_id: str
    release: str
    started: str
    report: Path | None
    results: tuple[SavedResult, ...]


def save_run(file: Path, run: RunSummary, release: str = "", report: Path | None = None) -> None:
    """Save a run, or replace it if the history has it already. ``report`` is its HTML report.

    Raises InputError.
    """
    with open_history(file) as history, history:
        history.execute("DELETE FROM runs WHERE run_id = ?", (run.run_id,))
        # Relative to the history: both may be moved together.
        kept = relative_path(report, file.parent) if report else ""
        history.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?)", (run.run_id, release, run.started, kept)
        )
        history.executemany(
            "INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    run.run_id,
                    result.subject,
                    result.verdict,
                    result.attempts,
                    result.duration_ms,
                    result.tag_ms,
                    sum(finding.severity == "error" for finding in result.findings),
                )
                for result in run.results
            ],
        )
        history.executemany(
            "INSERT INTO steps VALUES (?, ?, ?, ?)",
            [
                (run.run_id, result.subject, title, ms)
                for result in run.results
                for title, ms in result.steps
            ],
        )


def load_saved_runs(file: Path) -> tuple[SavedRun, ...]:
    """Return all runs, the oldest first.

    Raises InputError for a file that is not a history, and for one without runs.
    """
    _require_history(file)
    with open_history(file) as history:
        runs = history.execute("SELECT * FROM runs ORDER BY started, rowid").fetchall()
        results = _group_by(history.execute("SELECT * FROM results ORDER BY rowid"), "run_id")
        steps = _group_by(
            history.execute("SELECT * FROM steps ORDER BY rowid"), "run_id", "subject"
        )
    if not runs:
        raise _history_error(file, "it has no runs", "save runs with cn-validator run --history")
    return tuple(
        SavedRun(
            run["run_id"],
            run["release"],
            run["started"],
            file.parent / run["report"] if run["report"] else None,
            tuple(
                SavedResult(
                    row["subject"],
                    row["verdict"],
                    row["duration_ms"],
                    row["tag_ms"],
                    tuple(
                        (step["title"], step["ms"])
                        for step in steps.get((run["run_id"], row["subject"]), ())
                    ),
                )
                for row in results.get((run["run_id"],), ())
            ),
        )
        for run in runs
    )


def _group_by(rows: Iterable[sqlite3.Row], *keys: str) -> dict[tuple[str, ...], list[sqlite3.Row]]:
    grouped: dict[tuple[str, ...], list[sqlite3.Row]] = {}
    for row in rows:
        grouped.setdefault(tuple(row[key] for key in keys), []).append(row)
    return grouped


def load_release_statistics(file: Path) -> tuple[ReleaseStatistics, ...]:
    """Return the statistics by subject, and by release in the order of their first runs.

    Raises InputError for a file that is not a history, and for one without runs.
    """
    _require_history(file)
    found: dict[tuple[str, str], list[sqlite3.Row]] = {}
    with open_history(file) as history:
        for row in history.execute(
            "SELECT * FROM results JOIN runs USING (run_id)"
            " ORDER BY subject, started, results.rowid"
        ):
            found.setdefault((row["subject"], row["release"]), []).append(row)
    if not found:
        raise _history_error(file, "it has no runs", "save runs with cn-validator run --history")
    return tuple(_build_statistics(*key, rows) for key, rows in found.items())


def _build_statistics(subject: str, release: str, rows: list[sqlite3.Row]) -> ReleaseStatistics:
    came = [row["tag_ms"] for row in rows if row["tag_ms"] is not None]
    return ReleaseStatistics(
        subject,
        release,
        tuple(row["verdict"] for row in rows),
        median(came) if came else None,
        median(row["duration_ms"] for row in rows),
    )


def _require_history(file: Path) -> None:
    if not file.is_file():
        raise _history_error(
            file, "the file does not exist", "save runs with cn-validator run --history"
        )


@contextmanager
def open_history(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a history; a file that does not exist is created. Raises InputError."""
    try:
        with closing(sqlite3.connect(file, timeout=10)) as history:
            history.row_factory = sqlite3.Row
            history.execute("PRAGMA foreign_keys = ON")
            if _read_version(history) < SCHEMA_VERSION:
                _update_tables(history)
            if _read_version(history) != SCHEMA_VERSION:
                raise _history_error(
                    file, "it is not a history of this version of cn-validator", ""
                )
            yield history
    except sqlite3.Error as error:
        hint = "name a file that cn-validator run --history made, or a new one"
        raise _history_error(file, str(error), hint) from error


def _read_version(history: sqlite3.Connection) -> int:
    version: int = history.execute("PRAGMA user_version").fetchone()[0]
    return version


def _update_tables(history: sqlite3.Connection) -> None:
    """Create the tables of an empty file, or what version 1 lacks, unless another run does so."""
    history.execute("BEGIN IMMEDIATE")  # waits for the other run
    with history:
        version = _read_version(history)
        is_empty = not history.execute("SELECT 1 FROM sqlite_master").fetchone()
        changes = {0: _SCHEMA + _STEPS if is_empty else "", 1: _FROM_VERSION_1}.get(version, "")
        if changes:
            for statement in changes.split(";"):
                history.execute(statement)
            history.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _history_error(file: Path, reason: str, hint: str) -> InputError:
    message = f"the history cannot be used: {reason}"
    return InputError.single("history-unusable", message, Location(str(file)), hint)
