"""``cn-validator watch``: check a page again whenever a file changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import cloup

from validator.cli.terminal.echo import echo
from validator.core.exit_code import ExitCode
from validator.core.stop_signals import StopRequest, stop_signals
from validator.report.sanitize import sanitize
from validator.results.metrics import missing_extra
from validator.run.targets import is_url_target

POLL_MS = 200
"""The interval in milliseconds at which the watcher looks for a stop."""


@cloup.command(
    name="watch",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True},
)
@click.argument("target", metavar="FILE|URL")
@click.option(
    "--path",
    "paths",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="A template or a folder of templates to watch. Default: the file, or for a URL this "
    "folder. Repeatable.",
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[OPTIONS OF check]...")
def command(target: str, paths: tuple[Path, ...], options: tuple[str, ...]) -> int:
    """Check a page, and again whenever a file changes, while you fix a template.

    All options of `cn-validator check` may be given. Ctrl-C stops, with exit code 130.
    """
    # Imported here: the package imports this module.
    from validator.cli import invoke

    if target.startswith("-"):
        raise click.UsageError("Name the file or URL first, then the options of check.")
    if not is_url_target(target) and not Path(target).is_file():
        return invoke(["check", target, *options])  # prints the error
    watched = paths or ((Path.cwd(),) if is_url_target(target) else (Path(target),))
    with stop_signals() as stop:
        changes = _watch_changes(
            watched, {Path(name).resolve() for name in _report_files(options)}, stop
        )
        next(changes)  # starts watching: changes during the first check are not missed
        code = invoke(["check", target, *options])
        if code in (ExitCode.INPUT, ExitCode.INTERRUPTED, ExitCode.INTERNAL):
            return code
        _show_watched(watched)
        for names in filter(None, changes):
            echo(f"\nchanged: {sanitize(', '.join(names), 200)}", err=True)
            if invoke(["check", target, *options]) == ExitCode.INTERRUPTED:
                break
            _show_watched(watched)
    echo("Stopped.", err=True)
    return ExitCode.INTERRUPTED


def _watch_changes(
    watched: Iterable[Path], written: set[Path], stop: StopRequest
) -> Iterator[list[str]]:
    """Yield the names of changed files, or an empty list at each interval, until it is stopped."""
    try:
        from watchfiles import Change, DefaultFilter, watch
    except ImportError as error:
        raise missing_extra("watch", "watch") from error
    default_filter = DefaultFilter()
    # Editors replace a file by a new one, so its folder is watched.
    files = {path.resolve() for path in watched if not path.is_dir()}
    folders = [path.resolve() for path in watched if path.is_dir()]

    def is_relevant(change: Change, name: str) -> bool:
        path = Path(name)
        if path in files or path in written:
            return path not in written
        return any(folder in path.parents for folder in folders) and default_filter(change, name)

    for changed in watch(
        *{*folders, *(file.parent for file in files)},
        watch_filter=is_relevant,
        stop_event=stop,
        rust_timeout=POLL_MS,
        yield_on_timeout=True,
    ):
        yield sorted({Path(name).name for _, name in changed})


def _show_watched(watched: tuple[Path, ...]) -> None:
    names = ", ".join(sanitize(str(path), 100) for path in watched)
    echo(f"watching {names}; Ctrl-C stops", err=True)


def _report_files(options: tuple[str, ...]) -> Iterator[str]:
    """Yield the report files among the options, whose changes are ignored."""
    for option in options:
        yield option.rpartition("=")[2]
