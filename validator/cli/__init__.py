"""The command line: arguments, wiring, streams, exit codes. Commands are loaded when called."""

from __future__ import annotations

import importlib
import platform
import sys
import tempfile
import traceback
from pathlib import Path
from types import MappingProxyType

import click

from validator.core.errors import BrowserError, InputError, ServiceError
from validator.core.result import ExitCode
from validator.core.version import __version__

COMMAND_MODULES = MappingProxyType(
    {
        "check": "validator.cli.check",
        "run": "validator.cli.run",
        "init": "validator.cli.init",
        "lint": "validator.cli.lint",
        "record": "validator.cli.record",
        "import": "validator.cli.import_",
        "demo": "validator.cli.demo",
        "report": "validator.cli.report",
        "merge": "validator.cli.merge",
        "recorded": "validator.cli.recorded",
        "backfill": "validator.cli.backfill",
        "config": "validator.cli.config",
        "watch": "validator.cli.watch",
        "diff": "validator.cli.diff",
        "history": "validator.cli.history",
        "rules": "validator.cli.rules",
        "reconcile": "validator.cli.reconcile",
        "schema": "validator.cli.schema",
        "doctor": "validator.cli.doctor",
        "browser": "validator.cli.browser",
    }
)
"""Command name → the module whose ``command`` it is. Imports are paid for when it is called."""


class LazyGroup(click.Group):
    """Knows its commands by name and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMAND_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in COMMAND_MODULES:
            return None
        command: click.Command = importlib.import_module(COMMAND_MODULES[cmd_name]).command
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 all passed · 1 findings · 2 wrong input · 3 page not reached or no "
    "browser · 4 our own bug · 130 interrupted.",
)
@click.version_option(__version__, prog_name="cn-validator")
def app() -> None:
    """Validate the Connectif tags of a shop, in a real browser."""


def main() -> None:
    """Run the command line and exit with its documented code."""
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run one command. Returns the exit code; whatever goes wrong is said on stderr.

    It is not named ``run``: the module of that command is an attribute here once it is loaded.
    """
    try:
        code = app.main(arguments, prog_name="cn-validator", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return ExitCode.INPUT
    except InputError as error:
        _show_input_error(error)
        return ExitCode.INPUT
    except (BrowserError, ServiceError) as error:
        _show_external_error(error)
        return ExitCode.BROKEN
    except Exception as error:  # noqa: BLE001 - the one place where our own bugs are caught
        return _show_crash(error, arguments)
    return code if isinstance(code, int) else ExitCode.OK


def _show_input_error(error: InputError) -> None:
    from validator.report.terminal import format_input_errors

    click.echo(format_input_errors(error.findings), err=True, nl=False)


def _show_external_error(error: BrowserError | ServiceError) -> None:
    """A service's own words may be in it: they cannot move the cursor."""
    from validator.report.sanitize import sanitize

    message = "\n".join(sanitize(line, 2_000) for line in str(error).split("\n"))
    click.echo(f"error: {message}", err=True)
    if error.hint:
        click.echo(f"  to fix: {error.hint}", err=True)


def _show_crash(error: Exception, arguments: list[str]) -> int:
    """Say that it is our fault, and leave a file to attach to a bug report."""
    details = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile(
        "w", prefix="cn-validator-crash-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"cn-validator {__version__}, Python {platform.python_version()}\n")
        file.write(f"command: {arguments[0] if arguments else ''}\n\n{details}")
    click.echo(
        f"internal error: {type(error).__name__}\n"
        f"  This is a bug in cn-validator {__version__}, not in your shop or scenario.\n"
        f"  Please report it with this file, after a look that it shows nothing private: "
        f"{Path(file.name)}",
        err=True,
    )
    return ExitCode.INTERNAL
