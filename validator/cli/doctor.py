"""``cn-validator doctor``: checks the installation and names the command that fixes it."""

from __future__ import annotations

import importlib
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata, util
from types import MappingProxyType

import click
import cloup

from validator.cli.terminal.echo import echo
from validator.core.errors import BrowserError
from validator.core.exit_code import ExitCode
from validator.core.installation import (
    DISTRIBUTION,
    __version__,
    install_command,
    package_command,
)

EXTRAS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo": ("flask", "the bundled shop"),
        "reconcile": ("duckdb", "the command reconcile"),
        "watch": ("watchfiles", "the command watch"),
        "metrics": ("prometheus_client", "run --metrics"),
        "otel": ("opentelemetry.exporter", "run --otel"),
    }
)
"""Extra → one of its modules, and its purpose."""


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """The result of one check. ``fix_command`` is empty if all is well.

    ``needed`` is False if the command works without the subject.
    """

    state: str
    subject: str
    text: str
    fix_command: str = ""
    needed: bool = True


@cloup.command(name="doctor")
@click.option("--browser", metavar="PATH", help="The browser to check.")
def command(browser: str | None) -> int:
    """Check that everything needed is installed, and show which browser is used.

    Starts the browser and renders a page. Exit code 0: nothing is missing. 3: something is.
    """
    healthy = True
    for check in _run_checks(browser):
        echo(f"{check.state:8}{check.subject:10}{check.text}")
        if check.fix_command:
            echo(f"{'':18}to fix: {check.fix_command}")
        healthy = healthy and not (check.fix_command and check.needed)
    return ExitCode.OK if healthy else ExitCode.BROKEN


def _run_checks(browser: str | None) -> Iterator[DoctorCheck]:
    yield DoctorCheck(
        "ok", "version", f"cn-validator {__version__}, Python {platform.python_version()}"
    )
    yield DoctorCheck("ok", "python", sys.executable)
    yield from _check_packages()
    yield from _check_extras()
    yield from _guard_imports("schemas", _check_schemas)
    yield from _guard_imports("browser", lambda: _check_browser(browser))


def _guard_imports(
    subject: str, check: Callable[[], Iterator[DoctorCheck]]
) -> Iterator[DoctorCheck]:
    """Run a check; a package that it cannot import is a result, not a crash."""
    try:
        yield from check()
    except ImportError as error:
        name = (error.name or str(error)).partition(".")[0]
        yield DoctorCheck(
            "MISSING",
            subject,
            f"not checked: {name} cannot be imported",
            install_command(again=True),
        )


def _check_packages() -> Iterator[DoctorCheck]:
    """Yield the installed packages in one line, and a line for each one that is missing."""
    try:
        requirements = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        yield DoctorCheck(
            "MISSING",
            "packages",
            f"{DISTRIBUTION} is not installed, so its packages are unknown",
            install_command(),
        )
        return
    modules = _modules_by_distribution()
    installed = []
    for requirement in requirements:
        specifier, _, marker = requirement.partition(";")
        if "extra" in marker or _is_for_another_platform(marker):
            continue
        name = re.split(r"[^\w.-]", specifier, maxsplit=1)[0]
        try:
            version = metadata.version(name)
            for module in modules.get(_normalized(name), ()):
                importlib.import_module(module)
        except metadata.PackageNotFoundError:
            command = package_command(specifier.strip())
            yield DoctorCheck("MISSING", "package", f"{name} is not installed", command)
        except ImportError as error:
            message = f"{name} {version} cannot be imported: {error}"
            command = package_command(specifier.strip(), again=True)
            yield DoctorCheck("MISSING", "package", message, command)
        else:
            installed.append(f"{name} {version}")
    yield DoctorCheck("ok", "packages", ", ".join(installed))


def _is_for_another_platform(marker: str) -> bool:
    named = re.search(r"""\bsys_platform\s*==\s*["'](\w+)["']""", marker)
    return named is not None and named[1] != sys.platform


def _modules_by_distribution() -> Mapping[str, list[str]]:
    """Return the public top-level modules by the normalized name of their distribution."""
    found: dict[str, list[str]] = {}
    for module, distributions in metadata.packages_distributions().items():
        if module.isidentifier() and not module.startswith("_"):
            for name in distributions:
                found.setdefault(_normalized(name), []).append(module)
    return found


def _normalized(name: str) -> str:
    # https://packaging.python.org/en/latest/specifications/name-normalization/
    return re.sub(r"[-_.]+", "-", name).lower()


def _check_extras() -> Iterator[DoctorCheck]:
    for extra, (module, purpose) in EXTRAS.items():
        if _is_installed(module):
            yield DoctorCheck("ok", "extra", f"{extra} ({purpose})")
        else:
            yield DoctorCheck(
                "absent",
                "extra",
                f"{extra} ({purpose}), optional",
                install_command(extra),
                needed=False,
            )


def _is_installed(module: str) -> bool:
    try:
        return bool(util.find_spec(module))
    except ImportError:  # the package that should contain the module is missing
        return False


def _check_schemas() -> Iterator[DoctorCheck]:
    from validator.contract.schema import SCHEMA_FOLDER, builtin_schema_names

    names = builtin_schema_names()
    if "cn_purchase" in names:
        yield DoctorCheck("ok", "schemas", f"{', '.join(names)} in {SCHEMA_FOLDER}")
    else:
        text = f"no cn_purchase in {SCHEMA_FOLDER}"
        yield DoctorCheck("MISSING", "schemas", text, install_command(again=True))


def _check_browser(option: str | None) -> Iterator[DoctorCheck]:
    from validator.browser.chromium.discover import find_browser
    from validator.browser.chromium.launch import find_sandbox_obstacle
    from validator.browser.chromium.probe import render_test_page

    try:
        browser = find_browser(option, os.environ)
        yield DoctorCheck("ok", "browser", str(browser.path))
        yield DoctorCheck("ok", "", f"{browser.version}, {browser.kind}, {browser.origin}")
        reason = find_sandbox_obstacle(browser)
        yield DoctorCheck(
            "note" if reason else "ok", "sandbox", f"off: {reason}" if reason else "on"
        )
        duration_ms = render_test_page(browser)
        yield DoctorCheck("ok", "starts", f"and renders a page, in {duration_ms:.0f} ms")
    except BrowserError as error:
        message = str(error).replace("\n", f"\n{'':18}")
        yield DoctorCheck("MISSING", "browser", message, error.hint or "?")
