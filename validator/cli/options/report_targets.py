"""The option ``--report FORMAT[=FILE]``, the same for every command that writes reports."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from validator.cli.options.option_group import Command, OptionGroup
from validator.cli.terminal.echo import echo
from validator.core import files
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.core.suggestion import find_similar
from validator.core.unicode import well_formed
from validator.report.sanitize import sanitize

TERMINAL_FORMAT = "terminal"
GITHUB_FORMAT = "github"
"""The only report that may go to standard output together with another."""


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """A report to write: its format and its file; None is standard output."""

    kind: str
    path: Path | None = None


class ReportTargetType(click.ParamType[ReportTarget]):
    """``json=FILE``, or ``json`` for standard output."""

    name = "FORMAT[=FILE]"

    def __init__(self, formats: Sequence[str]) -> None:
        self.formats = formats

    def convert(
        self, value: str | ReportTarget, param: click.Parameter | None, ctx: click.Context | None
    ) -> ReportTarget:
        if isinstance(value, ReportTarget):
            return value
        kind, equals, path = value.partition("=")
        if kind not in self.formats:
            near = find_similar(kind, self.formats)
            hint = f"did you mean {near}?" if near else f"it is one of {', '.join(self.formats)}."
            self.fail(f"there is no report {sanitize(kind)!r}: {hint}", param, ctx)
        if equals and not path:
            self.fail(f"{value} names no file; --report {kind} is standard output.", param, ctx)
        return ReportTarget(kind, Path(path) if path and path != "-" else None)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002 - likewise
        incomplete: str,
    ) -> list[CompletionItem]:
        return [CompletionItem(kind) for kind in self.formats if kind.startswith(incomplete)]


@dataclass(frozen=True, slots=True)
class TextReports:
    """The reports of a command whose formats are plain texts."""

    targets: tuple[ReportTarget, ...]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(target.kind for target in self.targets)

    def write(self, render: Mapping[str, Callable[[], str]]) -> None:
        """Write every report; ``render`` maps formats to functions that return the text.

        Raises InputError for files that could not be written, after all the others were.
        """
        texts = {kind: well_formed(render[kind]()) for kind in self.kinds}
        written: list[ReportTarget] = []
        problems = tuple(_write_files(self.targets, lambda target: texts[target.kind], written))
        for target in self.targets:
            if target.path is None:
                echo(texts[target.kind], nl=False)
        show_written_files(written)
        if problems:
            raise InputError(problems)


def report_option(formats: Sequence[str], details: str = "") -> Callable[[Command], Command]:
    """Return the option; the command receives ``reports: tuple[ReportTarget, ...]``."""
    return click.option(
        "--report",
        "reports",
        type=ReportTargetType(formats),
        callback=_add_terminal_report,
        multiple=True,
        help=f"Write a report: {', '.join(formats)}. Without =FILE to standard output, instead of "
        f"the terminal report{details}. Repeatable.",
    )


def report_options(*formats: str) -> OptionGroup:
    """Return the option group of a command with text reports: ``reports: TextReports``."""

    def build(reports: tuple[ReportTarget, ...]) -> TextReports:
        check_writable(reports)
        return TextReports(reports)

    return OptionGroup("Output", "reports", report_option(formats), build=build)


def parse_report_target(text: str, formats: Sequence[str]) -> ReportTarget:
    """Parse a value of ``--report``. Raises click's BadParameter."""
    return ReportTargetType(formats).convert(text, None, None)


def _add_terminal_report(
    _ctx: click.Context, _param: click.Parameter, targets: tuple[ReportTarget, ...]
) -> tuple[ReportTarget, ...]:
    if all(target.path or target.kind == GITHUB_FORMAT for target in targets):
        targets = (ReportTarget(TERMINAL_FORMAT), *targets)
    alone = [target for target in targets if target != ReportTarget(GITHUB_FORMAT)]
    places = [
        target.path and target.path.resolve()
        for target in (targets if ReportTarget(TERMINAL_FORMAT) not in targets else alone)
    ]
    for place in places:
        if places.count(place) > 1:
            where = sanitize(str(place)) if place else "standard output"
            raise click.BadParameter(f"two reports cannot both go to {where}; give one a file.")
    return targets


def check_writable(targets: Sequence[ReportTarget]) -> None:
    """Create the folders of report files and try to write there, before the work.

    Raises InputError with all files that cannot be written.
    """
    if problems := tuple(_write_files(targets, lambda _target: None, [])):
        raise InputError(problems)


def _write_files(
    targets: Sequence[ReportTarget],
    render: Callable[[ReportTarget], str | None],
    written: list[ReportTarget],
) -> Iterator[Finding]:
    """Write the reports that have a file; yield those that cannot be written, and list the others.

    Where ``render`` returns None, it is only tried whether the file can be written.
    """
    for target in targets:
        try:
            if target.path is not None:
                written.append(write_file(target, render(target)))
        except InputError as error:
            yield from error.findings


def write_file(target: ReportTarget, text: str | None) -> ReportTarget:
    """Write a report that has a file, atomically; return it with the path that it has.

    Raises InputError.
    """
    path = target.path or Path()
    kept = [path]
    try:
        if text is None:
            files.check_writable(path)
        else:
            files.write_atomically(path, text, on_locked=kept.append)
    except OSError as error:
        raise InputError([not_writable_finding(target, error)]) from error
    if kept[-1] != path:
        warn_of_locked_file(path, kept[-1])
    return replace(target, path=kept[-1])


def warn_of_locked_file(path: Path, kept: Path) -> None:
    """Say that the report that was asked for still has the content that it had."""
    echo(
        f"warning: {sanitize(str(path))} is open in another program, such as a spreadsheet, and "
        f"was not replaced; the new report is {sanitize(str(kept))}",
        err=True,
    )


def show_written_files(targets: Sequence[ReportTarget]) -> None:
    """Print the files that were written on standard error."""
    for target in targets:
        if target.path is not None:
            echo(f"{target.kind} report: {sanitize(str(target.path))}", err=True)


def not_writable_finding(target: ReportTarget, error: OSError) -> Finding:
    is_below_file = isinstance(error, FileExistsError | NotADirectoryError)
    reason = "a part of its path is a file, not a folder" if is_below_file else error.strerror
    return Finding(
        "report-not-writable",
        Severity.ERROR,
        f"the {target.kind} report cannot be written: {reason or error}",
        location=Location(str(target.path)),
        hint="name a file in a folder you may write to",
    )


def write_to_standard_output(content: bytes) -> None:
    """Write and flush. A reader that has gone away, as of ``| head``, changes no verdict.

    Raises InputError if standard output cannot be written.
    """
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise InputError.single(
            "report-not-writable",
            f"the report cannot be written: {error.strerror}",
            Location("standard output"),
        ) from error
