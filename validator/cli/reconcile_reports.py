"""Where the reports of ``reconcile`` go."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from validator.core.document import Location
from validator.core.errors import InputError
from validator.report.sanitize import fit_encoding, sanitize

if TYPE_CHECKING:
    from validator.reconcile.duckdb_engine import Engine
    from validator.reconcile.model import ReconcileResult
    from validator.reconcile.source_loader import LoadedSource

Command = TypeVar("Command", bound=Callable[..., Any])
REPORT_FORMATS = ("terminal", "json", "csv", "jsonl", "html")


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """A report, and its file; None is standard output."""

    kind: str
    path: Path | None = None


class _ReportType(click.ParamType[Any]):
    name = "KIND=PATH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ReconcileReport:
        if isinstance(value, ReconcileReport):
            return value
        kind, equals, path = str(value).partition("=")
        if kind not in REPORT_FORMATS:
            near = get_close_matches(kind, REPORT_FORMATS, n=1)
            hint = (
                f"did you mean {near[0]}?" if near else f"it is one of {', '.join(REPORT_FORMATS)}."
            )
            self.fail(f"there is no report {sanitize(kind)!r}: {hint}", param, ctx)
        if equals and not path:
            self.fail(f"{value} names no file; --report {kind} is standard output.", param, ctx)
        return ReconcileReport(kind, Path(path) if path and path != "-" else None)


def _add_terminal_report(
    _ctx: click.Context, _param: click.Parameter, reports: tuple[ReconcileReport, ...]
) -> tuple[ReconcileReport, ...]:
    to_stream = [report for report in reports if report.path is None]
    if len(to_stream) > 1:
        raise click.BadParameter("two reports cannot both go to standard output; give one a file.")
    files = [report.path.resolve() for report in reports if report.path]
    if len(set(files)) < len(files):
        raise click.BadParameter("two reports cannot both go to the same file.")
    for report in reports:
        if report.path is not None:
            _check_writable(report)
    return reports if to_stream else (*reports, ReconcileReport("terminal"))


reports_option = click.option(
    "--report",
    "reports",
    type=_ReportType(),
    multiple=True,
    callback=_add_terminal_report,
    help="Write a report: terminal; json; csv or jsonl, the missing orders for spreadsheets and "
    "for `cn-validator backfill`; html. Without =PATH to standard output. Repeatable.",
)


def _check_writable(report: ReconcileReport) -> None:
    """Find out before the work whether its file can be written."""
    assert report.path is not None  # noqa: S101 - only asked of reports with a file
    try:
        report.path.parent.mkdir(parents=True, exist_ok=True)
        if report.path.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        draft = _draft_path(report.path)
        draft.write_bytes(b"")
        draft.unlink()
    except OSError as error:
        raise _not_writable_error(report, error) from error


def _draft_path(path: Path) -> Path:
    return path.resolve().with_name(f".cn-validator-{os.getpid()}.tmp")


def _not_writable_error(report: ReconcileReport, error: OSError) -> InputError:
    return InputError.single(
        "report-not-writable",
        f"the {report.kind} report cannot be written: {error.strerror or error}",
        Location(str(report.path)),
        hint="name a file in a folder you may write to",
    )


def write_reports(
    wanted: Sequence[ReconcileReport],
    outcome: ReconcileResult,
    orders: LoadedSource,
    engine: Engine,
    terminal: Callable[[], str],
) -> None:
    """Write every report, each file whole or not at all, that of standard output last."""
    for report in sorted(wanted, key=lambda each: each.path is None):
        if report.kind == "terminal":
            text = fit_encoding(terminal(), sys.stdout.encoding or "ascii")
            if report.path is None:
                click.echo(text, nl=False, color=True)
                continue
        draft = _draft_path(report.path) if report.path else engine.folder / "report"
        try:
            _write_report(report.kind, draft, outcome, orders, engine, terminal)
            if report.path is not None:
                draft.replace(report.path.resolve())
                click.echo(f"{report.kind} report: {sanitize(str(report.path))}", err=True)
        except OSError as error:
            raise _not_writable_error(report, error) from error
        if report.path is None:
            _copy_to_standard_output(draft)


def _write_report(  # noqa: PLR0917 - all that a report may be made of
    kind: str,
    path: Path,
    outcome: ReconcileResult,
    orders: LoadedSource,
    engine: Engine,
    terminal: Callable[[], str],
) -> None:
    from validator.reconcile.missing_orders_export import write_csv, write_json_lines

    if kind == "csv":
        write_csv(engine, orders, path)
    elif kind == "jsonl":
        write_json_lines(engine, orders, path)
    else:
        path.write_text(_render_text(kind, outcome, terminal), encoding="utf-8", newline="\n")


def _render_text(kind: str, outcome: ReconcileResult, terminal: Callable[[], str]) -> str:
    if kind == "terminal":
        return terminal()
    if kind == "html":
        from validator.reconcile.html_report import html_text

        return html_text(outcome)
    from validator.reconcile.json_report import json_text

    return json_text(outcome)


def _copy_to_standard_output(path: Path) -> None:
    try:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.flush()
    except BrokenPipeError:
        # Its reader went away (`| head`): that changes nothing of the verdict.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
