"""The command line: arguments, wiring, streams, exit codes. A command is imported when it runs.

One module is one command. Options that commands share are in `options`, live displays in
`terminal`; no other package imports this one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn

import click

from validator.cli.terminal.standard_streams import prepare_standard_streams
from validator.core.exit_code import ExitCode
from validator.core.installation import __version__

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
    from validator.core.suggestion import suggest

    question = suggest(name, COMMANDS)
    ctx.fail(f'there is no command "{name}"' + (f": {question}" if question else ""))


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
    prepare_standard_streams()
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run one command, print errors on standard error, return the exit code.

    It is not called ``run`` because the imported module of that command is an attribute here.
    """
    try:
        code = app.main(arguments, prog_name="cn-validator", standalone_mode=False)
    except click.exceptions.Abort:
        from validator.cli.terminal.echo import echo

        echo("Interrupted.", err=True)
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        from validator.cli.terminal.error_output import show_usage_error

        show_usage_error(error)
        return ExitCode.INPUT
    except Exception as error:  # noqa: BLE001 - what explains an error is loaded only for one
        from validator.cli.terminal.error_output import show_error
        from validator.core.crashes import to_known_error

        command = f"command: {arguments[0] if arguments else ''}"
        return show_error(to_known_error(error, command))
    return code if isinstance(code, int) else ExitCode.OK
