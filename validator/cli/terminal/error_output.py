"""How errors are shown on standard error, and the exit code that each gives."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import click

from validator.cli.terminal.echo import echo
from validator.core.crashes import internal_errors
from validator.core.errors import (
    BrowserError,
    InputError,
    InternalError,
    ServiceError,
    ValidatorError,
)
from validator.core.exit_code import ExitCode
from validator.core.installation import __version__
from validator.core.result import Report


def show_error(error: ValidatorError) -> ExitCode:
    """Print an error of this tool. Returns the exit code of a command that it ends."""
    if isinstance(error, InternalError):
        _show_internal_error(error)
        return ExitCode.INTERNAL
    if isinstance(error, InputError):
        _show_input_error(error)
        return ExitCode.INPUT
    hint = error.hint if isinstance(error, BrowserError | ServiceError) else ""
    _show_external_error(str(error), hint)
    return ExitCode.BROKEN


def show_usage_error(error: click.ClickException) -> None:
    """Print an error of click, which repeats arguments as they are."""
    text = io.StringIO()
    error.show(file=text)
    echo(text.getvalue(), err=True, nl=False)


def _show_input_error(error: InputError) -> None:
    from validator.report.terminal import format_input_errors

    echo(format_input_errors(error.findings), err=True, nl=False)


def _show_external_error(text: str, hint: str) -> None:
    """Print an error, sanitized: it may contain text of a service."""
    from validator.report.sanitize import sanitize

    message = "\n".join(sanitize(line, 2_000) for line in text.split("\n"))
    echo(f"error: {message}", err=True)
    if hint:
        echo(f"  to fix: {hint}", err=True)


def _show_internal_error(error: InternalError) -> None:
    """Report a bug of our own, with a file to attach to an issue."""
    echo(
        f"internal error: {error.name}\n"
        f"  This is a bug in cn-validator {__version__}, not in your shop or scenario.",
        err=True,
    )
    if error.crash_file:
        asked = "Please report it with this file, after a look that it shows nothing private"
        echo(f"  {asked}: {error.crash_file}", err=True)
    else:
        echo("  Please report it; the file with its details could not be written.", err=True)


class OutputFailures:
    """What went wrong while the results of a run were compared, written and saved.

    Each failure is printed at once, and keeps nothing else from being written.
    """

    def __init__(self) -> None:
        self._worst: ExitCode | None = None

    @contextmanager
    def isolated(self, about: str) -> Iterator[None]:
        """Print what goes wrong inside, and go on after the block."""
        try:
            with internal_errors(about, OSError, sqlite3.Error):
                yield
        except InternalError as error:
            show_error(error)
            self._worst = ExitCode.INTERNAL
        except ValidatorError as error:
            show_error(error)
            self._worst = self._worst or ExitCode.BROKEN
        except (OSError, sqlite3.Error) as error:
            _show_external_error(f"{about}: {getattr(error, 'strerror', '') or error}", "")
            self._worst = self._worst or ExitCode.BROKEN

    def apply(self, report: Report) -> Report:
        """Return the report, which is never a pass if something of it was lost."""
        return report.with_failure(self._worst) if self._worst else report
