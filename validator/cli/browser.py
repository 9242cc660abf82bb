"""``cn-validator browser install``: installs a headless Chromium."""

from __future__ import annotations

import os

import click
import cloup

from validator.browser.chromium.discover import BrowserOrigin
from validator.browser.chromium.install import install_browser
from validator.cli.terminal.echo import echo

ALL_ORIGINS = (BrowserOrigin.PLAYWRIGHT, BrowserOrigin.SYSTEM)


@cloup.group(name="browser")
def command() -> None:
    """Install the browser that pages are opened in."""


@command.command("install")
@click.option(
    "--playwright",
    "origins",
    flag_value=(BrowserOrigin.PLAYWRIGHT,),
    type=click.UNPROCESSED,
    help="Only Playwright's own headless Chromium.",
)
@click.option(
    "--system",
    "origins",
    flag_value=(BrowserOrigin.SYSTEM,),
    type=click.UNPROCESSED,
    help="Only the system's package (Debian; needs root).",
)
def install(origins: tuple[BrowserOrigin, ...] | None) -> None:
    """Install a headless Chromium: Playwright's own, else the system's package.

    Does nothing if a browser is installed already.
    """
    browser, was_there = install_browser(origins or ALL_ORIGINS, os.environ, echo)
    state = "already there" if was_there else "installed"
    echo(f"{state}: {browser.path} ({browser.version}, {browser.origin})")
