"""``cn-validator record``: a checkout recorded in a browser window, as a scenario."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import click
import cloup

from validator.cli.new_files import schema_modeline, write_new_file
from validator.cli.options.browser import insecure_option
from validator.cli.options.value_types import UrlType
from validator.cli.terminal.echo import echo
from validator.contract.contracts import Contracts
from validator.core.capture import Capture
from validator.core.command_line import join_words
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.redaction import Redactor
from validator.recording.playwright_codegen import parse_action
from validator.recording.recorded_actions import Recording
from validator.recording.scenario_writer import GeneratedScenario, render_scenario
from validator.recording.seen_tag import describe_tag, expected_lines
from validator.recording.tidy import is_single_key
from validator.report.sanitize import sanitize
from validator.rules.evaluate import ExpectedTag
from validator.run.defaults import DEFAULT_PATH
from validator.run.page_check import PageCheck

_RESERVED_NAME = re.compile(r"con|prn|aux|nul|(com|lpt)\d")
"""Names of devices on Windows: no file there may have one, with any suffix."""
_CHECK = PageCheck(Contracts(), ExpectedTag(), Redactor(()))


@cloup.command(name="record")
@click.argument("url", type=UrlType(), metavar="URL")
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    help="The file of the scenario. Default: scenarios/HOST.yaml.",
)
@click.option("--name", metavar="TEXT", help="The name of the scenario.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.option(
    "--connectif",
    type=click.Choice(["block", "allow"]),
    default="block",
    show_default=True,
    help="Whether the order you place is sent to the shop's Connectif account.",
)
@insecure_option
@click.option(
    "--browser",
    metavar="PATH",
    help="The Chromium, Chrome or Edge to use. It must have windows, so no headless shell.",
)
def command(  # noqa: PLR0913 - one for each option
    url: str,
    *,
    file: str | None,
    name: str | None,
    force: bool,
    connectif: str,
    insecure: bool,
    browser: str | None,
) -> int:
    """Record a checkout that you click through in a window, as a scenario.

    What you type becomes variables; card numbers, security codes and passwords become secrets and
    are written nowhere. The order you place is a real one.
    """
    host = urlsplit(url).hostname or "shop"
    path = Path(file or f"{DEFAULT_PATH}/{slugify(host)}.yaml")
    if path.exists() and not force:
        write_new_file(path, "", force=False)  # raises before the recording
    from validator.browser.recorder import record
    from validator.run.scenario_run import wait_condition

    echo(f"A browser opens {sanitize(url)}. Buy something, to the order confirmation; then")
    echo("close the window, or press Ctrl-C here.")
    recorded = record(
        url,
        browser,
        keep_orders_here=connectif == "block",
        insecure=insecure,
        awaited=wait_condition(_CHECK.contracts, _CHECK.expected.tag),
        on_line=lambda line: _show_action(line, url),
        on_tag=_show_tag,
    )
    actions = (parse_action(line, page) for line, page in recorded.lines)
    recording = Recording(tuple(filter(None, actions)), recorded.ended_at)
    seen = recorded.capture
    result = _CHECK.evaluate(seen, seen.url, perf_counter()) if seen else None
    write_scenario(
        recording,
        name or f"Checkout at {host}",
        path,
        force=force,
        expected=expected_lines(result),
    )
    echo()
    echo("\n".join(describe_tag(result)))
    return 0


def _show_tag(capture: Capture) -> None:
    if any(tag.name == _CHECK.expected.tag for tag in capture.tags):
        echo(f"  this page has the {_CHECK.expected.tag} tag")


def _show_action(line: str, url: str) -> None:
    """Print the kind of an action and its element, but not what was typed."""
    action = parse_action(line, url)
    if action is not None and not is_single_key(action):
        echo(f"  {action.kind} {sanitize(action.element_name or action.url, 80)}")


def write_scenario(
    recording: Recording, name: str, path: Path, *, force: bool, expected: Sequence[str] = ()
) -> None:
    """Write a recording as a scenario and print the next commands. Raises InputError.

    ``expected`` are the lines of ``expect``.
    """
    try:
        written = render_scenario(
            recording, sanitize(name, 200), modeline=schema_modeline(path), expected=expected
        )
    except ValueError as error:
        raise InputError.single(
            "nothing-recorded",
            f"{error}: there is no scenario to write",
            Location(str(path)),
            "Click through the checkout before you close the window.",
        ) from error
    write_new_file(path, written.text, force=force)
    _show_written(written, path)


def _show_written(written: GeneratedScenario, path: Path) -> None:
    echo(f"wrote {path}")
    if written.secrets:
        names = ", ".join(written.secrets)
        echo(f"Set {names} in the environment, or in a .env file that is not committed.")
    echo("Then:")
    for name in ("lint", "run"):
        echo(f"  {join_words(('cn-validator', name, path.as_posix()))}")


def slugify(text: str) -> str:
    """Return a text as the stem of a file's name that every system allows."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "checkout"
    return f"checkout-{slug}" if _RESERVED_NAME.fullmatch(slug) else slug
