"""Verdicts and times over releases, in a real SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from validator.core.errors import InputError
from validator.results.history import (
    ReleaseStatistics,
    load_release_statistics,
    load_saved_runs,
    save_run,
)
from validator.results.run_summary import ResultSummary, RunSummary


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def run(number: int, *results: ResultSummary) -> RunSummary:
    return RunSummary(f"r{number}", results, f"2026-11-{number:02}T10:00:00+00:00")


def test_releases_are_in_the_order_in_which_they_were_seen(history: Path) -> None:
    for number, release in enumerate(["2.0", "2.0", "10.0"], start=1):
        result = ResultSummary("s", "passed", duration_ms=number * 100, tag_ms=number * 10)
        save_run(history, run(number, result), release)
    assert load_release_statistics(history) == (
        ReleaseStatistics("s", "2.0", ("passed", "passed"), 15, 150),
        ReleaseStatistics("s", "10.0", ("passed",), 30, 300),
    )


def test_a_run_that_is_kept_again_takes_its_own_place(history: Path) -> None:
    save_run(history, run(1, ResultSummary("s", "broken")), "1")
    save_run(history, run(1, ResultSummary("s", "passed")), "1")
    assert [period.verdicts for period in load_release_statistics(history)] == [("passed",)]


@pytest.mark.parametrize(
    ("release", "verdicts", "is_flaky"),
    [
        ("1", ["passed", "passed"], False),
        ("1", ["failed", "failed"], False),
        ("1", ["passed", "broken"], True),
        ("1", ["passed", "failed"], True),
        ("", ["passed", "failed"], False),
        ("", ["flaky"], True),
    ],
)
def test_flaky_is_what_is_not_the_same_in_one_release(
    release: str, verdicts: list[str], is_flaky: bool, history: Path
) -> None:
    for number, verdict in enumerate(verdicts, start=1):
        save_run(history, run(number, ResultSummary("s", verdict)), release)
    (period,) = load_release_statistics(history)
    assert period.is_flaky is is_flaky


def test_what_changed_between_releases_is_not_flaky(history: Path) -> None:
    save_run(history, run(1, ResultSummary("s", "failed")), "1")
    save_run(history, run(2, ResultSummary("s", "passed")), "2")
    assert [period.is_flaky for period in load_release_statistics(history)] == [False, False]


def test_no_history_and_an_empty_one_say_what_to_do(history: Path) -> None:
    with pytest.raises(InputError, match="the file does not exist"):
        load_release_statistics(history)
    assert not history.exists(), "asking makes no file"
    save_run(history, RunSummary("r", ()))
    with pytest.raises(InputError, match="it has no runs"):
        load_release_statistics(history)


def test_a_file_of_another_kind_is_refused_and_left_as_it_is(history: Path) -> None:
    history.write_text("these are my notes, not a database\n" * 50)
    with pytest.raises(InputError, match="not a database"):
        save_run(history, run(1, ResultSummary("s", "passed")))
    assert history.read_text().startswith("these are my notes")


def test_a_database_of_another_program_is_refused(history: Path) -> None:
    with sqlite3.connect(history) as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    with pytest.raises(InputError, match="not a history of this version"):
        save_run(history, run(1, ResultSummary("s", "passed")))


def test_steps_and_the_report_of_a_run_are_saved(history: Path, tmp_path: Path) -> None:
    result = ResultSummary("s", "passed", steps=(("goto /", 20.0), ("click Pay", 90.0)), tag_ms=7)
    save_run(history, run(2, result), "2", tmp_path / "out" / "report.html")
    save_run(history, run(1, ResultSummary("s", "failed")), "1")
    first, second = load_saved_runs(history)
    assert (first.release, first.report, first.results[0].steps) == ("1", None, ())
    assert second.report == tmp_path / "out" / "report.html"
    assert second.results[0].steps == (("goto /", 20.0), ("click Pay", 90.0))


def test_a_history_of_the_version_before_is_kept_and_extended(history: Path) -> None:
    with sqlite3.connect(history) as old:
        old.executescript(
            "CREATE TABLE runs (run_id TEXT PRIMARY KEY, release TEXT NOT NULL,"
            " started TEXT NOT NULL);"
            "CREATE TABLE results (run_id TEXT NOT NULL REFERENCES runs (run_id)"
            " ON DELETE CASCADE, subject TEXT NOT NULL, verdict TEXT NOT NULL,"
            " attempts INTEGER NOT NULL, duration_ms REAL NOT NULL, tag_ms REAL,"
            " errors INTEGER NOT NULL);"
            "INSERT INTO runs VALUES ('r1', '1', '2026-11-01T10:00:00+00:00');"
            "INSERT INTO results VALUES ('r1', 's', 'passed', 1, 100.0, 10.0, 0);"
            "PRAGMA user_version = 1;"
        )
    save_run(history, run(2, ResultSummary("s", "failed", steps=(("goto /", 5.0),))), "2")
    first, second = load_saved_runs(history)
    assert (first.release, first.report, first.results[0].verdict) == ("1", None, "passed")
    assert second.results[0].steps == (("goto /", 5.0),)
