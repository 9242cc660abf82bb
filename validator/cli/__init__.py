"""The command line: arguments, wiring, streams, exit codes. A command is imported when it runs.

One module is one command. Options that commands share are in `options`, live displays in
`terminal`; no other package imports this one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from validator.core.exit_code import ExitCode
from validator.core.version import __version__

if TYPE_CHECKING:
    from validator.core import errors

SECTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Check a shop": {
            "check": "Check the tags of a page: a URL or an HTML file.",
            "run": "Run scenarios in a real browser.",
            "watch": "Check a page again whenever a file changes.",
            "demo": "Run the bundled scenarios against the bundled shop.",
        },
        "Write scenarios": {
            "init": "Create a folder to start from: configuration, scenario, CI.",
            "record": "Record a checkout in a browser window as a scenario.",
            "import": "Convert a recording of Chrome DevTools to a scenario.",
            "lint": "Find mistakes in scenarios and configuration, without a browser.",
            "config": "Show the effective settings and where they are set.",
        },
        "Work with results": {
            "report": "Show or convert the results of an earlier run.",
            "merge": "Merge the results of several runs, such as shards.",
            "diff": "Compare the results of two runs.",
            "history": "Show verdicts and times over releases.",
        },
        "After the release": {
            "recorded": "Ask the Connectif API whether it has purchases.",
            "reconcile": "Compare the shop's orders with the recorded purchases.",
            "backfill": "Send purchases to Connectif that are missing there.",
        },
        "Reference and installation": {
            "rules": "List the rules, or explain one.",
            "schema": "Print a schema, or the table of a tag's fields.",
            "doctor": "Check the installation: packages, schemas, browser.",
            "browser": "Install a headless Chromium.",
        },
    }
)
"""Title in --help → commands → their short help, which is here so that --help loads no command.

The module of a command has its name, with "_" after a keyword.
"""
COMMANDS = tuple(name for names in SECTIONS.values() for name in names)


class LazyGroup(click.Group):
    """Imports only the command that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        return _import_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        width = max(map(len, COMMANDS))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in commands.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            _reject_unknown_command(ctx, name)
        return super().resolve_command(ctx, args)


def _import_command(name: str) -> click.Command:
    module = "import_" if name == "import" else name
    command: click.Command = importlib.import_module(f"validator.cli.{module}").command
    return command


def _reject_unknown_command(ctx: click.Context, name: str) -> NoReturn:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    hint = f': did you mean "{near[0]}"?' if near else ""
    ctx.fail(f'there is no command "{name}"{hint}')


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 all passed · 1 findings · 2 wrong input · 3 page not reached or no "
    "browser · 4 a bug of cn-validator · 130 interrupted.",
)
@click.version_option(__version__, prog_name="cn-validator")
def app() -> None:
    """Validate the Connectif tags of a shop, in a real browser."""


def main() -> None:
    """Run the command line and exit with its documented code."""
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run one command, print errors on standard error, return the exit code.

    It is not called ``run`` because the imported module of that command is an attribute here.
    """
    try:
        code = app.main(arguments, prog_name="cn-validator", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return ExitCode.INPUT
    except Exception as error:  # noqa: BLE001 - the one place where our own bugs are caught
        return _show_error(error, arguments)
    return code if isinstance(code, int) else ExitCode.OK


def _show_error(error: Exception, arguments: list[str]) -> int:
    """Print an error of any kind and return its exit code."""
    from validator.core.errors import BrowserError, InputError, ServiceError

    match error:
        case InputError():
            _show_input_error(error)
            return ExitCode.INPUT
        case BrowserError() | ServiceError():
            _show_external_error(error)
            return ExitCode.BROKEN
    return _show_crash(error, arguments)


def _show_input_error(error: errors.InputError) -> None:
    from validator.report.terminal import format_input_errors

    click.echo(format_input_errors(error.findings), err=True, nl=False)


def _show_external_error(error: errors.BrowserError | errors.ServiceError) -> None:
    """Print an error, sanitized: it may contain text of a service."""
    from validator.report.sanitize import sanitize

    message = "\n".join(sanitize(line, 2_000) for line in str(error).split("\n"))
    click.echo(f"error: {message}", err=True)
    if error.hint:
        click.echo(f"  to fix: {error.hint}", err=True)


def _show_crash(error: Exception, arguments: list[str]) -> int:
    """Report a bug of our own, with a file to attach to an issue."""
    import platform
    import tempfile
    import traceback

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
        f"{file.name}",
        err=True,
    )
    return ExitCode.INTERNAL
