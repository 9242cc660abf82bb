"""``cn-validator diff``: two runs beside each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from validator.core.result import ExitCode
from validator.report.formatting import format_duration, format_field
from validator.report.sanitize import sanitize
from validator.results.comparison import RunComparison, compare_runs
from validator.results.run_summary import FindingSummary, load_run_summary


@click.command(name="diff", short_help="Compare the results of two runs.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=click.Choice(["new"]),
    help="Exit with 1 where there are new findings that fail a run.",
)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def command(old: Path, new: Path, fail_on: str | None, as_json: bool) -> int:
    """Compare the results of two runs: files of --report json=FILE, or folders of runs.

    A finding is the same where scenario, rule and field are. With --fail-on new, a scenario that
    broke or was not run in NEW ends in exit code 3: nothing can be said of its findings.
    """
    found = compare_runs(load_run_summary(old), load_run_summary(new))
    if as_json:
        click.echo(json.dumps({"summary": found.summary, **asdict(found)}, indent=2))
    else:
        click.echo("\n".join(comparison_lines(found)))
    if not fail_on:
        return ExitCode.OK
    if found.new_errors:
        return ExitCode.FINDINGS
    is_open = any(change.after in ("", "broken") for change in found.verdicts)
    return ExitCode.BROKEN if found.unknown or is_open else ExitCode.OK


def comparison_lines(found: RunComparison) -> Iterator[str]:
    """Say what is new first, then the rest; every text of a page is safe to show."""
    for title, findings in (
        ("new", found.new),
        ("fixed", found.fixed),
        ("unknown: not run, broken or not evaluated now", found.unknown),
    ):
        yield from _section(title, map(_finding_line, findings))
    yield from _section("verdicts", _verdict_lines(found))
    yield from _section("changed values", _value_lines(found))
    yield from _section("slower steps", _step_lines(found))
    yield f"{sanitize(found.before)} → {sanitize(found.after)}: {found.summary}"


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    texts = [f"  {line}" for line in lines]
    if texts:
        yield title
        yield from texts
        yield ""


def _finding_line(finding: FindingSummary) -> str:
    text = f"{finding.severity}  {finding.rule}  {finding.message}"
    return f"{sanitize(text)}  [{sanitize(finding.subject, 100)}]"


def _verdict_lines(found: RunComparison) -> Iterator[str]:
    for each in found.verdicts:
        before, after = each.before or "not run", each.after or "not run"
        yield f"{sanitize(each.subject, 100)}: {before} → {after}"


def _value_lines(found: RunComparison) -> Iterator[str]:
    for each in found.values:
        texts = (
            "nothing" if text is None else f'"{sanitize(text, 80)}"'
            for text in (each.before, each.after)
        )
        name = format_field(each.pointer)
        yield f"{sanitize(each.tag)} {name}: {' → '.join(texts)}  [{sanitize(each.subject, 100)}]"


def _step_lines(found: RunComparison) -> Iterator[str]:
    for each in found.slower:
        times = f"{format_duration(each.before_ms)} → {format_duration(each.after_ms)}"
        yield f"{sanitize(each.title, 80)}: {times}  [{sanitize(each.subject, 100)}]"
