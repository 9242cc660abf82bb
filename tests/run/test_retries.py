"""What is played again, and what never is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.exit_code import ExitCode
from validator.core.finding import Finding, Severity
from validator.core.result import Report, Result, Verdict
from validator.run.retries import attempt_folder, with_retries

SEEN = Result("s", Capture("http://shop.example/thanks", rendered=True, tags=()))
WRONG = Result("s", SEEN.outcome, (Finding("total-price", Severity.ERROR, "wrong"),))
BROKE = Result("s", Breakdown(Reason.TIMEOUT, "no answer"))
ORDERED = Result("s", Breakdown(Reason.NOT_CONFIRMED, "where is it?", order_placed=True))
FOUND_ON_THE_WAY = Result("s", BROKE.outcome, WRONG.findings)


def played(*attempts: Result, retries: int = 2) -> Result:
    """Play until the attempts are used up: one too many is an IndexError."""

    async def play(number: int) -> Result:
        return attempts[number - 1]

    return asyncio.run(with_retries(play, retries))


@pytest.mark.parametrize(
    ("attempts", "verdict", "count"),
    [
        ([SEEN], Verdict.PASSED, 1),
        ([BROKE, SEEN], Verdict.FLAKY, 2),
        ([BROKE, BROKE, SEEN], Verdict.FLAKY, 3),
        ([BROKE, BROKE, BROKE], Verdict.BROKEN, 3),
        ([BROKE, WRONG], Verdict.FAILED, 2),
        ([WRONG], Verdict.FAILED, 1),
        ([ORDERED], Verdict.BROKEN, 1),
        ([BROKE, ORDERED], Verdict.BROKEN, 2),
        ([FOUND_ON_THE_WAY], Verdict.BROKEN, 1),
    ],
    ids=[
        "passed",
        "passed at the second attempt",
        "passed at the third attempt",
        "broke each time",
        "found at the second attempt",
        "a finding is not tried again",
        "no second order",
        "no third attempt after an order",
        "a finding on the way is not tried again",
    ],
)
def test_only_what_broke_before_the_order_is_played_again(
    attempts: list[Result], verdict: Verdict, count: int
) -> None:
    result = played(*attempts)
    assert (result.verdict, result.attempts) == (verdict, count)
    assert [broken.message for broken in result.earlier] == ["no answer"] * (count - 1)


def test_without_retries_nothing_is_played_again() -> None:
    assert played(BROKE, retries=0).verdict is Verdict.BROKEN


def test_flaky_fails_a_run_only_where_that_is_asked_for() -> None:
    flaky = played(BROKE, SEEN)
    assert Report((flaky,), "r", "").exit_code is ExitCode.OK
    assert Report((flaky,), "r", "", fails_on_flaky=True).exit_code is ExitCode.FINDINGS
    assert Report((SEEN,), "r", "", fails_on_flaky=True).exit_code is ExitCode.OK


def test_each_attempt_has_a_folder_of_its_own() -> None:
    folder = Path("out/01-card")
    folders = [attempt_folder(folder, attempt) for attempt in (1, 2, 3)]
    assert folders == [folder, folder / "attempt-2", folder / "attempt-3"]
    assert attempt_folder(None, 2) is None
