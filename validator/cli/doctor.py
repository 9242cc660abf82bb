"""``cn-validator doctor``: what is here, what is missing, and the command that mends it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util

import click

from validator.core.errors import BrowserError
from validator.core.result import ExitCode
from validator.core.version import __version__

PACKAGES = ("playwright", "jsonschema", "beautifulsoup4", "pyyaml", "httpx", "click", "rich")
EXTRAS = {"demo": ("flask", "the bundled shop")}
"""Extra → the module that shows it is installed, and what it is for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at. ``mend`` is the command that mends it, ``needed`` whether it must be."""

    state: str
    subject: str
    text: str
    mend: str = ""
    needed: bool = True


@click.command("doctor")
@click.option("--browser", metavar="PATH", help="The browser to examine.")
def command(browser: str | None) -> int:
    """Say which browser would be used and whether everything needed is there.

    Starts the browser and renders a page. Exit code 0: all there. 3: something needed is not.
    """
    healthy = True
    for line in _examine(browser):
        click.echo(f"{line.state:8}{line.subject:10}{line.text}")
        if line.mend:
            click.echo(f"{'':18}to fix: {line.mend}")
        healthy = healthy and not (line.mend and line.needed)
    return ExitCode.OK if healthy else ExitCode.BROKEN


def _examine(browser: str | None) -> Iterator[Line]:
    yield Line("ok", "version", f"cn-validator {__version__}, Python {platform.python_version()}")
    yield Line("ok", "python", sys.executable)
    yield Line("ok", "packages", ", ".join(f"{p} {metadata.version(p)}" for p in PACKAGES))
    yield from _extras()
    yield _schemas()
    try:
        yield from _browser(browser)
    except BrowserError as error:
        yield Line("MISSING", "browser", str(error).replace("\n", f"\n{'':18}"), error.hint or "?")


def _extras() -> Iterator[Line]:
    for extra, (module, purpose) in EXTRAS.items():
        if util.find_spec(module):
            yield Line("ok", "extra", f"{extra} ({purpose})")
        else:
            mend = f"pip install 'cn-tag-validator[{extra}]'"
            yield Line("absent", "extra", f"{extra} ({purpose}), optional", mend, needed=False)


def _schemas() -> Line:
    from validator.contract.schema import FOLDER, schema_names

    names = schema_names()
    if "cn_purchase" in names:
        return Line("ok", "schemas", f"{', '.join(names)} in {FOLDER}")
    mend = "pip install --force-reinstall cn-tag-validator"
    return Line("MISSING", "schemas", f"no cn_purchase in {FOLDER}", mend)


def _browser(option: str | None) -> Iterator[Line]:
    from validator.browser.chromium.discover import find_browser
    from validator.browser.chromium.launch import sandbox_off_because
    from validator.browser.chromium.probe import render_a_page

    found = find_browser(option, os.environ)
    yield Line("ok", "browser", str(found.path))
    yield Line("ok", "", f"{found.version}, {found.kind}, {found.origin}")
    reason = sandbox_off_because(found)
    yield Line("note" if reason else "ok", "sandbox", f"off: {reason}" if reason else "on")
    yield Line("ok", "starts", f"and renders a page, in {render_a_page(found):.0f} ms")
