"""The options for what a run prints and writes: ``--report``, ``--quiet`` and ``--color``."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
from click.core import ParameterSource

from validator.cli.options.option_group import OptionGroup
from validator.cli.options.report_targets import (
    GITHUB_FORMAT,
    TERMINAL_FORMAT,
    ReportTarget,
    check_writable,
    parse_report_target,
    report_option,
    show_written_files,
    write_file,
    write_to_standard_output,
)
from validator.cli.terminal.capabilities import terminal_columns, wants_color
from validator.cli.terminal.echo import echo
from validator.cli.terminal.error_output import OutputFailures
from validator.core.errors import InputError
from validator.core.result import Report
from validator.core.unicode import well_formed
from validator.report import FORMATS, render_report
from validator.report.recorded import undocumented_event_notes
from validator.report.sanitize import fit_encoding
from validator.report.terminal import terminal_report
from validator.run.config import Config
from validator.scenario.settings.setting_layers import resolve_path
from validator.scenario.syntax.node import Node

if TYPE_CHECKING:
    from validator.run.progress import Progress


@dataclass(frozen=True, slots=True)
class Output:
    """The reports of a run and how they are shown. ``color`` is "auto", "always" or "never"."""

    targets: tuple[ReportTarget, ...] = (ReportTarget(TERMINAL_FORMAT),)
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    shows_progress: bool = True
    """Whether progress may be drawn: not while the debugger uses the terminal."""
    show_recorded: bool = False
    """Whether standard output is for the events Connectif would record, and the terminal report
    goes to standard error."""

    @property
    def html_file(self) -> Path | None:
        """The file of the HTML report, where one is written."""
        return next((target.path for target in self.targets if target.kind == "html"), None)

    def with_recorded(self) -> Output:
        """Return an output that shows recorded events.

        Raises UsageError if another report goes to standard output.
        """
        for target in self.targets:
            if target.path is None and target.kind != TERMINAL_FORMAT:
                raise click.UsageError(
                    f"--show-recorded and --report {target.kind} both go to standard output; "
                    f"give the report a file: --report {target.kind}=FILE."
                )
        return replace(self, show_recorded=True)

    def progress(self, total: int) -> AbstractContextManager[Progress]:
        """Show the progress of a run of ``total`` results on standard error."""
        from validator.cli.terminal.progress import progress

        color = wants_color(self.color, sys.stderr, os.environ)
        return progress(total, quiet=self.quiet or not self.shows_progress, color=color)

    def write(self, report: Report) -> Report:
        """Write every report, each file atomically, then what goes to standard output.

        What cannot be written is printed after all the others were written. Returns the report,
        which is then never a pass.
        """
        failures = OutputFailures()
        written = []
        for target in self.targets:
            if target.path is not None:
                with failures.isolated(f"the {target.kind} report"):
                    written.append(write_file(target, _render(report, target)))
        if self.show_recorded:
            with failures.isolated("the recorded events"):
                report = replace(report, notes=(*report.notes, *undocumented_event_notes(report)))
                echo(self._terminal_text(report, sys.stderr), err=True, nl=False, color=True)
                write_to_standard_output(FORMATS["recorded"](report).encode())
        for target in self.targets:
            if target.path is None and not self.show_recorded:
                with failures.isolated(f"the {target.kind} report"):
                    self._show(report, target)
        if not self.quiet:
            show_written_files(written)
        return failures.apply(report)

    def _show(self, report: Report, target: ReportTarget) -> None:
        content = self._content(report, target)
        if ReportTarget(GITHUB_FORMAT) in self.targets:
            # Imported here: only a run on GitHub needs it.
            from validator.cli.github import add_to_summary, disable_workflow_commands

            if target.kind != GITHUB_FORMAT:
                content = disable_workflow_commands(content)
            else:
                add_to_summary(report, os.environ)
        write_to_standard_output(content)

    def _content(self, report: Report, target: ReportTarget) -> bytes:
        if target.kind != TERMINAL_FORMAT:
            return _render(report, target).encode()
        return self._terminal_text(report, sys.stdout).encode(sys.stdout.encoding)

    def _terminal_text(self, report: Report, stream: TextIO) -> str:
        text = terminal_report(
            report,
            width=terminal_columns(),
            color=wants_color(self.color, stream, os.environ),
            quiet=self.quiet,
            verbose=self.verbose,
        )
        return fit_encoding(text, stream.encoding or "ascii")


def _render(report: Report, target: ReportTarget) -> str:
    # The name of a file or of a scenario may be text that UTF-8 cannot express.
    return well_formed(render_report(target.kind, report, target.path and target.path.parent))


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="auto: in a terminal, unless NO_COLOR is set; anywhere, if FORCE_COLOR is set.",
)


def _build_output(
    *, reports: tuple[ReportTarget, ...], quiet: bool, verbose: bool, color: str
) -> Output:
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose cannot both be given.")
    check_writable(reports)  # an hour of checkouts must not end in a report that cannot be written
    return Output(reports, quiet, verbose, color)


output_options = OptionGroup(
    "Output",
    "output",
    report_option(
        tuple(FORMATS), "; github adds annotations to it, and a summary to the job on GitHub"
    ),
    click.option("-q", "--quiet", is_flag=True, help="No progress, and one line for each finding."),
    click.option(
        "-v", "--verbose", is_flag=True, help="Also name the rules that were not evaluated."
    ),
    color_option,
    build=_build_output,
)


def configured_output(given: Output, config: Config) -> Output:
    """Return the output with the reports of the configuration, unless options name reports.

    Raises InputError for reports that are unknown or cannot be written.
    """
    reports = config.root.get("reports")
    if reports is None or click.get_current_context().get_parameter_source("reports") in (
        ParameterSource.COMMANDLINE,
        ParameterSource.ENVIRONMENT,
    ):
        return given
    targets = tuple(map(_configured_target, reports))
    check_writable(targets)
    return replace(given, targets=(*targets, ReportTarget(TERMINAL_FORMAT)))


def _configured_target(node: Node) -> ReportTarget:
    try:
        target = parse_report_target(node.text, tuple(FORMATS))
    except click.BadParameter as error:
        hint = "Write it as for --report, such as junit=build/junit.xml."
        raise InputError.single("bad-report", error.message, node.location, hint) from error
    return replace(target, path=resolve_path(node, str(target.path)))
