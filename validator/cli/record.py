"""``cn-validator record`` and ``import``: what was done in a browser, as a scenario."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import click

from validator.cli.new_files import modeline, write_new
from validator.cli.parameters import WebAddress
from validator.core.document import Location
from validator.core.errors import InputError
from validator.recording.actions import Recording
from validator.recording.recorder_lines import action_of
from validator.recording.scenario import Written, as_scenario
from validator.recording.tidy import is_mere_typing
from validator.report.sanitize import visible

FOLDER = "scenarios"


@click.command(name="record")
@click.argument("url", type=WebAddress(), metavar="URL")
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    help="Where the scenario goes. Default: scenarios/HOST.yaml.",
)
@click.option("--name", metavar="TEXT", help="What the scenario is called.")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@click.option(
    "--connectif",
    type=click.Choice(["block", "allow"]),
    default="block",
    show_default=True,
    help="Whether the order you place reaches the shop's Connectif account.",
)
@click.option(
    "--browser",
    metavar="PATH",
    help="The Chromium, Chrome or Edge to use. It must have windows: a headless shell has none.",
)
def command(
    url: str,
    *,
    file: str | None,
    name: str | None,
    force: bool,
    connectif: str,
    browser: str | None,
) -> int:
    """Click through a checkout in a window; get a scenario that does the same.

    What you type becomes variables; card numbers, security codes and passwords become secrets,
    and are written nowhere. The order you place is a real one.
    """
    host = urlsplit(url).hostname or "shop"
    path = Path(file or f"{FOLDER}/{slug(host)}.yaml")
    if path.exists() and not force:
        write_new(path, "", force=False)  # refuses before anything is clicked in vain
    from validator.browser.recorder import record

    click.echo(f"A browser opens {visible(url)}. Buy something, to the order confirmation; then")
    click.echo("close the window, or press Ctrl-C here.")
    recorded = record(
        url, browser, keep_orders_here=connectif == "block", on_line=lambda line: _say(line, url)
    )
    actions = (action_of(line, page) for line, page in recorded.lines)
    recording = Recording(tuple(filter(None, actions)), recorded.ended_at)
    write_scenario(recording, name or f"Checkout at {host}", path, force=force)
    return 0


def _say(line: str, url: str) -> None:
    """Show that something was noted; never what was typed."""
    action = action_of(line, url)
    if action is not None and not is_mere_typing(action):
        click.echo(f"  {action.kind} {visible(action.words or action.url, 80)}")


def write_scenario(recording: Recording, name: str, path: Path, *, force: bool) -> None:
    try:
        written = as_scenario(recording, visible(name, 200), modeline=modeline(path))
    except ValueError as error:
        raise InputError.single(
            "nothing-recorded",
            f"{error}: there is no scenario to write",
            Location(str(path)),
            "Click through the checkout before you close the window.",
        ) from error
    write_new(path, written.text, force=force)
    _show(written, path)


def _show(written: Written, path: Path) -> None:
    click.echo(f"wrote {path}")
    if written.secrets:
        names = ", ".join(written.secrets)
        click.echo(f"Set {names} in the environment, or in a .env file that is not committed.")
    click.echo(f"Then: cn-validator lint {path} && cn-validator run {path}")


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "checkout"
