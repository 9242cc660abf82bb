"""The reports of ``cn-validator reconcile``, which the engine writes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from validator.cli.options.report_targets import (
    ReportTarget,
    not_writable_finding,
    warn_of_locked_file,
)
from validator.cli.terminal.echo import echo
from validator.core.errors import InputError
from validator.core.files import open_draft
from validator.report.sanitize import fit_encoding, sanitize

if TYPE_CHECKING:
    from validator.reconcile.duckdb_engine import Engine
    from validator.reconcile.model import ReconcileResult
    from validator.reconcile.source_loader import LoadedSource

REPORT_FORMATS = ("terminal", "json", "csv", "jsonl", "html")


def write_reports(
    targets: Sequence[ReportTarget],
    outcome: ReconcileResult,
    orders: LoadedSource,
    engine: Engine,
    terminal: Callable[[], str],
) -> None:
    """Write every report, each file atomically, that of standard output last."""
    for report in sorted(targets, key=lambda each: each.path is None):
        if report.kind == "terminal":
            text = fit_encoding(terminal(), sys.stdout.encoding or "ascii")
            if report.path is None:
                echo(text, nl=False, color=True)
                continue
        written = engine.folder / "report"
        try:
            _write_report(report.kind, written, outcome, orders, engine, terminal)
            if report.path is not None:
                kept = _copy_to_file(written, report.path)
                echo(f"{report.kind} report: {sanitize(str(kept))}", err=True)
        except OSError as error:
            raise InputError([not_writable_finding(report, error)]) from error
        if report.path is None:
            _copy_to_standard_output(written)


def _write_report(  # noqa: PLR0917 - everything that a report may need
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


def _copy_to_file(source: Path, path: Path) -> Path:
    """Copy a report to its file, or beside a file that is locked; return where it is."""
    kept = [path]
    # DuckDB cannot write to a pipe, so it writes to a scratch file first.
    drafting = open_draft(path, on_locked=kept.append)
    with drafting as draft, source.open("rb") as reader, draft.open("wb") as writer:
        shutil.copyfileobj(reader, writer)
    if kept[-1] != path:
        warn_of_locked_file(path, kept[-1])
    return kept[-1]


def _copy_to_standard_output(path: Path) -> None:
    try:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone away, as of `| head`: that changes no verdict.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
