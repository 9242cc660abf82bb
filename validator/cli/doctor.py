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
class DoctorCheck:
    """One thing looked at. ``mend`` is the command that mends it, ``needed`` whether it must be."""

    state: str
    subject: str
    text: str
    fix_command: str = ""
    needed: bool = True


@click.command("doctor")
@click.option("--browser", metavar="PATH", help="The browser to examine.")
def command(browser: str | None) -> int:
    """Say which browser would be used and whether everything needed is there.

    Starts the browser and renders a page. Exit code 0: all there. 3: something needed is not.
    """
    healthy = True
    for line in _run_checks(browser):
        click.echo(f"{line.state:8}{line.subject:10}{line.text}")
        if line.fix_command:
            click.echo(f"{'':18}to fix: {line.fix_command}")
        healthy = healthy and not (line.fix_command and line.needed)
    return ExitCode.OK if healthy else ExitCode.BROKEN


def _run_checks(browser: str | None) -> Iterator[DoctorCheck]:
    yield DoctorCheck(
        "ok", "version", f"cn-validator {__version__}, Python {platform.python_version()}"
    )
    yield DoctorCheck("ok", "python", sys.executable)
    yield DoctorCheck("ok", "packages", ", ".join(f"{p} {metadata.version(p)}" for p in PACKAGES))
    yield from _check_extras()
    yield _check_schemas()
    try:
        yield from _check_browser(browser)
    except BrowserError as error:
        yield DoctorCheck(
            "MISSING", "browser", str(error).replace("\n", f"\n{'':18}"), error.hint or "?"
        )


def _check_extras() -> Iterator[DoctorCheck]:
    for extra, (module, purpose) in EXTRAS.items():
        if util.find_spec(module):
            yield DoctorCheck("ok", "extra", f"{extra} ({purpose})")
        else:
            mend = f"pip install 'cn-tag-validator[{extra}]'"
            yield DoctorCheck(
                "absent", "extra", f"{extra} ({purpose}), optional", mend, needed=False
            )


def _check_schemas() -> DoctorCheck:
    from validator.contract.schema import SCHEMA_FOLDER, builtin_schema_names

    names = builtin_schema_names()
    if "cn_purchase" in names:
        return DoctorCheck("ok", "schemas", f"{', '.join(names)} in {SCHEMA_FOLDER}")
    mend = "pip install --force-reinstall cn-tag-validator"
    return DoctorCheck("MISSING", "schemas", f"no cn_purchase in {SCHEMA_FOLDER}", mend)


def _check_browser(option: str | None) -> Iterator[DoctorCheck]:
    from validator.browser.chromium.discover import find_browser
    from validator.browser.chromium.launch import find_sandbox_obstacle
    from validator.browser.chromium.probe import render_test_page

    found = find_browser(option, os.environ)
    yield DoctorCheck("ok", "browser", str(found.path))
    yield DoctorCheck("ok", "", f"{found.version}, {found.kind}, {found.origin}")
    reason = find_sandbox_obstacle(found)
    yield DoctorCheck("note" if reason else "ok", "sandbox", f"off: {reason}" if reason else "on")
    yield DoctorCheck("ok", "starts", f"and renders a page, in {render_test_page(found):.0f} ms")
