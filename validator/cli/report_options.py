"""Where reports go: ``--report``, ``--quiet`` and ``--color``, the same for every command."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO, TypeVar

import click

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.core.result import Report
from validator.report import FORMATS, render_report
from validator.report.recorded import undocumented_event_notes
from validator.report.sanitize import fit_encoding, sanitize
from validator.report.terminal import terminal_report

if TYPE_CHECKING:
    from validator.run.scenario_run import Progress

T = TypeVar("T")

GITHUB_FORMAT = "github"
"""The one report that goes to standard output together with another."""


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """A report to write: a format of ``FORMATS``, and its file; None is standard output."""

    kind: str
    path: Path | None = None

    def text(self, report: Report) -> str:
        return render_report(self.kind, report, self.path and self.path.parent)


@dataclass(frozen=True, slots=True)
class Output:
    """What the user asked to see. ``color`` is "auto", "always" or "never"."""

    targets: tuple[ReportTarget, ...] = (ReportTarget("terminal"),)
    quiet: bool = False
    color: str = "auto"
    shows_progress: bool = True
    """Whether a run may draw its progress: not where something else asks and tells."""
    show_recorded: bool = False
    """Standard output is for the events that Connectif would record, standard error for people."""

    def with_recorded(self) -> Output:
        """Show what is recorded too. Raises UsageError where another report is in its place."""
        for target in self.targets:
            if target.path is None and target.kind != "terminal":
                raise click.UsageError(
                    f"--show-recorded and --report {target.kind} both go to standard output; "
                    f"give the report a file: --report {target.kind}=PATH."
                )
        return replace(self, show_recorded=True)

    def progress(self, total: int) -> AbstractContextManager[Progress]:
        """Show on standard error how a run of ``total`` results goes on."""
        from validator.cli.progress import progress

        color = wants_color(self.color, sys.stderr, os.environ)
        return progress(total, quiet=self.quiet or not self.shows_progress, color=color)

    def write(self, report: Report) -> None:
        """Write every report, each file whole or not at all, then what goes to standard output.

        Raises InputError for files that could not be written, after all the others were.
        """
        problems = tuple(_write_files(self.targets, lambda target: target.text(report)))
        failed = {finding.location for finding in problems}
        if self.show_recorded:
            report = replace(report, notes=(*report.notes, *undocumented_event_notes(report)))
            click.echo(self._for_people(report, sys.stderr), err=True, nl=False, color=True)
            _write_to_standard_output(FORMATS["recorded"](report).encode())
        for target in self.targets:
            if target.path is None:
                if not self.show_recorded:
                    self._show(report, target)
            elif not self.quiet and Location(str(target.path)) not in failed:
                click.echo(f"{target.kind} report: {sanitize(str(target.path))}", err=True)
        if problems:
            raise InputError(problems)

    def _show(self, report: Report, target: ReportTarget) -> None:
        content = self._content(report, target)
        if ReportTarget(GITHUB_FORMAT) in self.targets:
            # Imported here: only a run on GitHub needs it.
            from validator.cli.github import add_to_summary, disable_workflow_commands

            if target.kind != GITHUB_FORMAT:
                content = disable_workflow_commands(content)
            else:
                add_to_summary(report, os.environ)
        _write_to_standard_output(content)

    def _content(self, report: Report, target: ReportTarget) -> bytes:
        if target.kind != "terminal":
            return target.text(report).encode()
        return self._for_people(report, sys.stdout).encode(sys.stdout.encoding)

    def _for_people(self, report: Report, stream: TextIO) -> str:
        text = terminal_report(
            report,
            width=terminal_width(),
            color=wants_color(self.color, stream, os.environ),
            quiet=self.quiet,
        )
        return fit_encoding(text, stream.encoding or "ascii")


def output_options(command: Callable[..., T], *, option: str = "--report") -> Callable[..., T]:
    """Give a click command the options, and ``output: Output`` in their place.

    ``option`` is what the command calls a report. Files are tried before the command runs:
    an hour of checkouts must not end in a report that cannot be written. Raises InputError for
    those that cannot.
    """

    @click.option(
        option,
        "reports",
        type=_ReportTargetType(),
        callback=_add_terminal_report,
        multiple=True,
        help=f"Write a report: {', '.join(FORMATS)}. Without =PATH (or with =-) to standard "
        "output, instead of the terminal report; github adds annotations to it, and to the job's "
        "summary. May be given several times.",
    )
    @click.option("-q", "--quiet", is_flag=True, help="No progress, and one line a finding.")
    @click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="auto: in a terminal, unless NO_COLOR is set; anywhere, if FORCE_COLOR is.",
    )
    @functools.wraps(command)
    def with_output(
        *args: Any, reports: tuple[ReportTarget, ...], quiet: bool, color: str, **kwargs: Any
    ) -> T:
        check_writable(reports)
        return command(*args, output=Output(reports, quiet, color), **kwargs)

    return with_output


class _ReportTargetType(click.ParamType[ReportTarget]):
    name = "KIND=PATH"

    def convert(
        self, value: str | ReportTarget, param: click.Parameter | None, ctx: click.Context | None
    ) -> ReportTarget:
        if isinstance(value, ReportTarget):
            return value
        kind, equals, path = value.partition("=")
        if kind not in FORMATS:
            meant = get_close_matches(kind, FORMATS, n=1)
            hint = f"did you mean {meant[0]}?" if meant else f"it is one of {', '.join(FORMATS)}."
            self.fail(f"there is no report {sanitize(kind)!r}: {hint}", param, ctx)
        if equals and not path:
            self.fail(f"{value} names no file; --report {kind} is standard output.", param, ctx)
        return ReportTarget(kind, Path(path) if path and path != "-" else None)


def parse_report_target(text: str) -> ReportTarget:
    """Read what ``--report`` takes. Raises click's BadParameter."""
    return _ReportTargetType().convert(text, None, None)


def _add_terminal_report(
    _ctx: click.Context, _param: click.Parameter, targets: tuple[ReportTarget, ...]
) -> tuple[ReportTarget, ...]:
    if all(target.path or target.kind == GITHUB_FORMAT for target in targets):
        targets = (ReportTarget("terminal"), *targets)
    alone = [target for target in targets if target != ReportTarget(GITHUB_FORMAT)]
    places = [
        target.path and target.path.resolve()
        for target in (targets if ReportTarget("terminal") not in targets else alone)
    ]
    for place in places:
        if places.count(place) > 1:
            where = sanitize(str(place)) if place else "standard output"
            raise click.BadParameter(f"two reports cannot both go to {where}; give one a file.")
    return targets


def check_writable(targets: Sequence[ReportTarget]) -> None:
    """Make the folders of report files and try to write there.

    Raises InputError with all that cannot be written.
    """
    if problems := tuple(_write_files(targets, lambda _target: None)):
        raise InputError(problems)


def _write_files(
    targets: Sequence[ReportTarget], text_of: Callable[[ReportTarget], str | None]
) -> Iterator[Finding]:
    for target in targets:
        try:
            if target.path is not None:
                _write_atomically(target.path, text_of(target))
        except OSError as error:
            yield Finding(
                "report-not-writable",
                Severity.ERROR,
                f"the {target.kind} report cannot be written: {_error_reason(error)}",
                location=Location(str(target.path)),
                hint="name a file in a folder you may write to",
            )


def _error_reason(error: OSError) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a part of its path is a file, not a folder"
    return error.strerror or str(error)


def _write_atomically(path: Path, text: str | None) -> None:
    """Put a whole file in place of the old one; None: only find out whether that is possible."""
    if path.exists() and not path.is_file():
        # /dev/null, a pipe, >(a process): written to, once, never replaced. A folder raises.
        if text is not None or path.is_dir():
            path.write_text(text or "", encoding="utf-8")
        return
    path = path.resolve()  # a link stays a link, to the new file
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".cn-validator-{os.getpid()}.tmp")
    try:
        draft.write_text(text or "", encoding="utf-8", newline="\n")
        if text is not None:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_to_standard_output(content: bytes) -> None:
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        # Its reader went away (`| head`): that changes nothing of the verdict.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise InputError.single(
            "report-not-writable",
            f"the report cannot be written: {error.strerror}",
            Location("standard output"),
        ) from error


def terminal_width() -> int:
    """The columns of the terminal, within what reads well; 100 where there is none."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, 40), 120)


def wants_color(choice: str, stream: IO[str], environ: Mapping[str, str]) -> bool:
    """The option, then NO_COLOR, then FORCE_COLOR (any non-empty value), then the terminal."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"
