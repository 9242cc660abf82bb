"""Repeated runs without a command line: interval, stop signals and messages."""

from __future__ import annotations

import os
import signal

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Location
from validator.core.errors import BrowserError, InputError
from validator.core.exit_code import ExitCode
from validator.core.result import Report, Result
from validator.run.schedule import Schedule

PASSED = Report((Result("s", Capture("u", rendered=True, tags=())),), "r", "2026-11-23T10:15:00Z")
BROKEN = Report((Result("s", Breakdown(Reason.TIMEOUT, "late")),), "r", "2026-11-23T10:15:00Z")


def schedule(every: float | None) -> Schedule:
    return Schedule(every, webhooks=(), notify_on="change", metrics=None, otel=False)


@pytest.mark.parametrize("report", [PASSED, BROKEN], ids=["passed", "broken"])
def test_a_single_run_ends_with_its_exit_code_and_says_nothing(report: Report) -> None:
    messages: list[str] = []
    assert schedule(None).run(lambda: report, messages.append) is report.exit_code
    assert messages == []


ERRORS = [InputError.single("x", "wrong", Location("s.yaml")), BrowserError("no browser")]


@pytest.mark.parametrize("error", ERRORS, ids=["input", "browser"])
def test_an_error_in_a_later_run_is_a_message(error: Exception) -> None:
    runs: list[int] = []
    messages: list[str] = []

    def once() -> Report:
        runs.append(len(runs))
        if len(runs) == 2:
            raise error
        if len(runs) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return PASSED

    assert schedule(1).run(once, messages.append) is ExitCode.INTERRUPTED
    assert runs == [0, 1, 2]
    assert any(str(error) in message for message in messages)
    assert messages[-1] == "Stopped."


def test_an_error_in_the_first_run_is_raised() -> None:
    def once() -> Report:
        raise BrowserError("no browser")

    with pytest.raises(BrowserError):
        schedule(1).run(once, lambda _message: None)
