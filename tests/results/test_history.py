"""Verdicts and times over releases, in a real SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from validator.core.errors import InputError
from validator.results.history import Period, periods, remember
from validator.results.run_summary import PastResult, PastRun


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def run(number: int, *results: PastResult) -> PastRun:
    return PastRun(f"r{number}", results, f"2026-11-{number:02}T10:00:00+00:00")


def test_releases_are_in_the_order_in_which_they_were_seen(history: Path) -> None:
    for number, release in enumerate(["2.0", "2.0", "10.0"], start=1):
        result = PastResult("s", "passed", duration_ms=number * 100, tag_ms=number * 10)
        remember(history, run(number, result), release)
    assert periods(history) == (
        Period("s", "2.0", ("passed", "passed"), 15, 150),
        Period("s", "10.0", ("passed",), 30, 300),
    )


def test_a_run_that_is_kept_again_takes_its_own_place(history: Path) -> None:
    remember(history, run(1, PastResult("s", "broken")), "1")
    remember(history, run(1, PastResult("s", "passed")), "1")
    assert [period.verdicts for period in periods(history)] == [("passed",)]


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
        remember(history, run(number, PastResult("s", verdict)), release)
    (period,) = periods(history)
    assert period.is_flaky is is_flaky


def test_what_changed_between_releases_is_not_flaky(history: Path) -> None:
    remember(history, run(1, PastResult("s", "failed")), "1")
    remember(history, run(2, PastResult("s", "passed")), "2")
    assert [period.is_flaky for period in periods(history)] == [False, False]


def test_no_history_and_an_empty_one_say_what_to_do(history: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        periods(history)
    assert not history.exists(), "asking makes no file"
    remember(history, PastRun("r", ()))
    with pytest.raises(InputError, match="no run is kept"):
        periods(history)


def test_a_file_of_another_kind_is_refused_and_left_as_it_is(history: Path) -> None:
    history.write_text("these are my notes, not a database\n" * 50)
    with pytest.raises(InputError, match="not a database"):
        remember(history, run(1, PastResult("s", "passed")))
    assert history.read_text().startswith("these are my notes")


def test_a_database_of_another_program_is_refused(history: Path) -> None:
    with sqlite3.connect(history) as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    with pytest.raises(InputError, match="no history of this version"):
        remember(history, run(1, PastResult("s", "passed")))
