"""The terminal report says what is wrong, where, and what to do, in any terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.exit_code import ExitCode
from validator.core.finding import Finding, Severity
from validator.core.result import Report
from validator.report.terminal import MAX_EXPLAINED_FINDINGS, format_input_errors, terminal_report

HOSTILE = ["\x1b]0;owned\x07", "\x9b31m", "\u202e", "\x00", "\u200b", "a\nb", "\ud800"]


def shown(report: Report, width: int = 80, *, color: bool = False, quiet: bool = False) -> str:
    return terminal_report(report, width=width, color=color, quiet=quiet)


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(report: Report, width: int) -> None:
    assert max(map(len, shown(report, width).splitlines())) == width


def test_without_colour_there_is_no_escape(report: Report) -> None:
    assert "\x1b" not in shown(report)
    assert "\x1b[1;31m" in shown(report, color=True)


def test_the_environment_does_not_change_a_report(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown(report, color=True)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.setenv(name, "40")
    assert shown(report, color=True) == before


def test_the_same_finding_is_explained_once(report: Report) -> None:
    text = shown(report)
    assert text.count("Connectif's script reads amounts") == 1
    assert "details   as in 1, above" in text
    assert "why, fix  as in 1, above" in text
    assert "scenarios/cash.yaml:21:3" in text


def test_rules_that_could_not_be_judged_are_counted_and_named_if_asked_for(
    report: Report,
) -> None:
    assert "     2 rules not evaluated (--verbose names them)\n" in shown(report)
    assert (
        "2 rules not evaluated: purchase-tag-missing, duplicate-purchase (the confirmation"
        in terminal_report(report, width=120, color=False, verbose=True)
    )


def test_a_breakdown_says_where_the_journey_ended(report: Report) -> None:
    text = shown(report)
    for part in ("step-failed", "scenarios/instalments.yaml:18:5", "evidence/instalments/failed"):
        assert part in text


@pytest.mark.parametrize(
    ("changes", "code", "last"),
    [
        (lambda r: {"results": r.results[:1]}, 0, "exit 0: everything that was checked is right"),
        (lambda r: {"results": r.results[:2]}, 0, "exit 0: no errors, but 1 warning"),
        (lambda _: {}, 1, "exit 1: the shop's tag or checkout is wrong"),
        (lambda _: {"results": ()}, 2, "exit 2: nothing was checked"),
        (lambda r: {"results": r.results[4:]}, 3, "exit 3: a page was not reached"),
        (lambda _: {"interrupted": True}, 130, "exit 130: stopped before the end"),
    ],
)
def test_the_last_line_says_what_the_exit_code_means(
    report: Report, changes: Callable[[Report], dict[str, object]], code: int, last: str
) -> None:
    other = replace(report, **({"interrupted": False} | changes(report)))  # type: ignore[arg-type]
    assert other.exit_code == code
    assert shown(other).splitlines()[-1].startswith(last)


def test_every_exit_code_of_a_report_has_a_meaning() -> None:
    from validator.report.formatting import EXIT_MEANINGS

    assert set(EXIT_MEANINGS) == set(ExitCode)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("quiet", [False, True])
def test_hostile_text_is_made_visible_wherever_it_comes_from(
    report: Report, hostile: str, quiet: bool
) -> None:
    at = Location(f"file{hostile}", 1, 1, hostile)
    bad = Finding(
        hostile, Severity.ERROR, hostile, hostile, at, None, hostile, hostile, hostile,
        hostile, hostile, hostile, at,
    )  # fmt: skip
    result = replace(report.results[2], subject=hostile, findings=(bad,))
    text = shown(replace(report, results=(result,), notes=(hostile,), run_id=hostile), quiet=quiet)
    assert hostile not in text
    assert all(c == "\n" or c.isprintable() for c in text)


def test_markup_of_a_page_is_text(report: Report) -> None:
    result = replace(report.results[0], subject="[bold red]Sale[/] :smile:")
    assert "[bold red]Sale[/] :smile:" in shown(replace(report, results=(result,)), color=True)


def test_a_huge_value_is_cut(report: Report) -> None:
    huge = "9" * 10_000_000
    finding = replace(report.results[2].findings[0], actual=huge, message=huge, snippet=huge)
    result = replace(report.results[2], findings=(finding,))
    assert len(shown(replace(report, results=(result,)))) < 10_000


def test_a_flood_of_findings_is_counted(report: Report) -> None:
    many = replace(report.results[2], findings=report.results[2].findings[:1] * 500)
    text = shown(replace(report, results=(many,)))
    assert text.count("total-price-format · recorded wrong") == MAX_EXPLAINED_FINDINGS
    assert f"and {500 - MAX_EXPLAINED_FINDINGS} more findings: --report json=FILE lists all" in text


def test_quiet_is_one_line_a_finding_and_the_count(report: Report) -> None:
    lines = shown(report, quiet=True).splitlines()
    assert len(lines) == 7
    assert lines[1].startswith("http://127.0.0.1:8800/order-confirmation/7:43:5: error: total-")
    assert lines[-1] == "2 passed, 2 failed, 1 broken, 2 warnings, interrupted, in 17.7s"


def test_an_input_error_shows_the_line_and_what_to_do() -> None:
    finding = Finding(
        "scenario-unknown-key",
        Severity.ERROR,
        'unknown step "clik"',
        location=Location("shop.yaml", 7, 5),
        expected="one of goto, click, fill",
        hint='did you mean "click"?',
        snippet="  - clik: {role: button}",
    )
    assert format_input_errors([finding]) == (
        'shop.yaml:7:5: unknown step "clik"\n'
        "  7 | - clik: {role: button}\n"
        "    |   ^\n"
        "  expected: one of goto, click, fill\n"
        '  to fix: did you mean "click"?\n'
    )


def test_repeated_input_errors_are_counted() -> None:
    findings = [
        Finding(rule, Severity.ERROR, "wrong", location=Location(source, line))
        for source in ("a.yaml", "b.yaml")
        for rule, count in (("duplicate-key", 1_500), ("other", 20))
        for line in range(1, count + 1)
    ]
    lines = format_input_errors(findings).splitlines()
    assert lines[19:22] == ["a.yaml:20: wrong", "a.yaml:1: wrong", "a.yaml:2: wrong"]
    assert lines[80:] == [
        "a.yaml: 1,480 more duplicate-key not shown",
        "b.yaml: 1,480 more duplicate-key not shown",
    ]
    error = InputError(findings)
    assert len(error.findings) == len(findings)
    assert str(error).splitlines() == lines


def test_an_input_error_without_a_place_says_error() -> None:
    finding = Finding("x", Severity.ERROR, "no scenario matches", hint="look at --list")
    assert (
        format_input_errors([finding]) == "error: no scenario matches\n  to fix: look at --list\n"
    )
