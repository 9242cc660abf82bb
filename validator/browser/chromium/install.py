"""Put a headless Chromium on this machine: Playwright's own, else the system's package."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from threading import Timer

from validator.browser.chromium.discover import (
    VARIABLE,
    BrowserOrigin,
    InstalledBrowser,
    find_browser,
    find_from_origin,
)
from validator.browser.chromium.driver import DRIVER_LIBRARY, require_driver
from validator.core.errors import BrowserError

ProgressCallback = Callable[[str], None]

DOWNLOAD_SECONDS = 900
CONNECTION_TIMEOUT_MS = 10_000
"""Playwright tries a download five times; a dead connection must not take five half minutes."""
HEADLESS_SHELL_PACKAGE = "chromium-headless-shell"
CHROME_PAGE = "https://www.google.com/chrome/"


class InstallFailed(Exception):  # noqa: N818 - one way in failed; another may work
    """One way to install did not work: why, and what to type to mend it."""

    def __init__(self, reason: str, hint: str) -> None:
        self.reason = reason
        self.hint = hint
        super().__init__(reason)


def install_browser(
    origins: tuple[BrowserOrigin, ...], environ: Mapping[str, str], say: ProgressCallback
) -> tuple[InstalledBrowser, bool]:
    """Install by the first way that works. Returns the browser, and whether it was already there.

    ``origins`` are the ways to try, in order. Raises BrowserError where all fail, with what to
    type for each; where the environment names a browser that does not work; where Playwright's
    driver does not run and cannot be mended.
    """
    there = _find_installed(origins, environ)
    _repair_driver(environ, say, browser_too=there is None)
    if there:
        return there, True
    failures: list[InstallFailed] = []
    for origin in origins:
        try:
            INSTALLERS[origin](environ, say)
            return _require_installed(origin, environ), False
        except InstallFailed as failure:
            failures.append(failure)
            say(failure.reason)
    reasons = "".join(f"\n  {failure.reason}" for failure in failures)
    hints = dict.fromkeys(failure.hint for failure in failures)
    raise BrowserError(f"no browser could be installed{reasons}", "\n      or: ".join(hints))


def _find_installed(
    origins: tuple[BrowserOrigin, ...], environ: Mapping[str, str]
) -> InstalledBrowser | None:
    if len(origins) == 1:
        return find_from_origin(origins[0], environ)
    if environ.get(VARIABLE):
        return find_browser(None, environ)  # a wrong value must be mended, not worked around
    return next((found for o in origins if (found := find_from_origin(o, environ))), None)


def _repair_driver(environ: Mapping[str, str], say: ProgressCallback, *, browser_too: bool) -> None:
    """Without its driver Playwright can neither download a browser nor start one."""
    try:
        require_driver(environ)
    except BrowserError as error:
        packages = [DRIVER_LIBRARY, "chromium"] if browser_too else [DRIVER_LIBRARY]
        if not _has_program("apt-get", environ):
            raise
        if not _is_root():
            command = ["apt-get", "install", "-y", *packages]
            raise BrowserError(str(error), _as_root(command, environ)) from None
        say(f"apt-get install {DRIVER_LIBRARY}, for Playwright's driver")
        try:
            _run_apt(["update", "-qq"], environ)
            _run_apt(["install", "-qq", "-y", DRIVER_LIBRARY], environ)
        except InstallFailed as failure:
            raise BrowserError(failure.reason, failure.hint) from None
        require_driver(environ)


def _require_installed(origin: BrowserOrigin, environ: Mapping[str, str]) -> InstalledBrowser:
    passed_over: list[str] = []
    browser = find_from_origin(origin, environ, passed_over=passed_over)
    if not browser:
        reason = "; ".join(passed_over) or "nothing was installed"
        raise InstallFailed(f"installed, but unusable: {reason}", "cn-validator doctor")
    return browser


def _install_playwright_browser(environ: Mapping[str, str], say: ProgressCallback) -> None:
    say("downloading Playwright's headless Chromium")
    command = [sys.executable, "-m", "playwright"]
    limits = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": str(CONNECTION_TIMEOUT_MS)}
    error = _run_command(
        [*command, "install", HEADLESS_SHELL_PACKAGE], limits | dict(environ), _report_progress(say)
    )
    passed_over: list[str] = []
    if find_from_origin(BrowserOrigin.PLAYWRIGHT, environ, passed_over=passed_over):
        return
    if not passed_over:
        raise InstallFailed(
            f"Playwright's download failed: {error}",
            "cn-validator browser install --playwright, with network access",
        )
    if platform.system() != "Linux":
        raise InstallFailed(
            f"Playwright's Chromium does not run: {passed_over[0]}",
            f"install Google Chrome: {CHROME_PAGE}",
        )
    # It is there but does not run: on a bare system its libraries are missing.
    libraries = [*command, "install-deps", HEADLESS_SHELL_PACKAGE]
    if not (_is_root() and _has_program("apt-get", environ)):
        raise InstallFailed(
            f"it lacks system libraries: {passed_over[0]}", _as_root(libraries, environ)
        )
    say("installing the system libraries it needs")
    error = _run_command(libraries, environ, lambda _: None)
    if error:
        raise InstallFailed(
            f"its system libraries could not be installed: {error}", " ".join(libraries)
        )


def _install_system_package(environ: Mapping[str, str], say: ProgressCallback) -> None:
    if platform.system() != "Linux":
        raise InstallFailed("there is no system package here", f"install Chrome: {CHROME_PAGE}")
    if not _has_program("apt-get", environ):
        raise InstallFailed(
            "only Debian's packages are installed by this command",
            "install your distribution's chromium package",
        )
    if _is_ubuntu():
        raise InstallFailed(
            "Ubuntu's chromium package is a snap, which cannot be driven",
            f"install Google Chrome's .deb package: {CHROME_PAGE}",
        )
    if not _is_root():
        package = (
            HEADLESS_SHELL_PACKAGE
            if _apt_has_package(HEADLESS_SHELL_PACKAGE, environ)
            else "chromium"
        )
        raise InstallFailed(
            "installing the system's package needs root",
            _as_root(["apt-get", "install", "-y", package], environ),
        )
    say("installing the system's package")
    _run_apt(["update", "-qq"], environ)
    package = (
        HEADLESS_SHELL_PACKAGE if _apt_has_package(HEADLESS_SHELL_PACKAGE, environ) else "chromium"
    )
    say(f"apt-get install {package}")
    _run_apt(["install", "-qq", "-y", "--no-install-recommends", package], environ)


INSTALLERS: Mapping[BrowserOrigin, Callable[[Mapping[str, str], ProgressCallback], None]] = {
    BrowserOrigin.PLAYWRIGHT: _install_playwright_browser,
    BrowserOrigin.SYSTEM: _install_system_package,
}


def _run_apt(arguments: list[str], environ: Mapping[str, str]) -> None:
    command = ["apt-get", *arguments]
    error = _run_command(command, {**environ, "DEBIAN_FRONTEND": "noninteractive"}, lambda _: None)
    if error:
        raise InstallFailed(f"apt-get {arguments[0]} failed: {error}", " ".join(command))


def _apt_has_package(package: str, environ: Mapping[str, str]) -> bool:
    answer = subprocess.run(  # noqa: S603 - fixed words
        ["apt-cache", "show", "--no-all-versions", package],  # noqa: S607 - the system's own
        capture_output=True,
        check=False,
        env=dict(environ),
    )
    return answer.returncode == 0


def _run_command(command: list[str], environ: Mapping[str, str], hear: ProgressCallback) -> str:
    """Run a command, handing on each line it says. Returns its first error; empty if none."""
    with subprocess.Popen(  # noqa: S603 - our own commands
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=dict(environ),
    ) as process:
        timer = Timer(DOWNLOAD_SECONDS, process.kill)
        timer.start()
        try:
            return _collect_output(process, hear)
        finally:
            timer.cancel()


def _collect_output(process: subprocess.Popen[str], hear: ProgressCallback) -> str:
    errors: list[str] = []
    last = ""
    for line in _output_lines(process):
        hear(line)
        last = line
        if line.startswith(("Error: ", "E: ")):
            errors.append(line.partition(": ")[2])
    if process.wait() == 0:
        return ""
    return errors[0] if errors else last or f"exit code {process.returncode}"


def _output_lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None  # noqa: S101 - PIPE was asked for
    yield from (line.strip() for line in process.stdout if line.strip())


def _report_progress(say: ProgressCallback) -> ProgressCallback:
    """Hand on a download's progress once; its retries and stack traces are for nobody."""
    said: set[str] = set()

    def hear(line: str) -> None:
        percent = line.rpartition("|")[2]
        if line.startswith("|") and percent not in said:
            said.add(percent)
            say(f" {percent}")

    return hear


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_ubuntu() -> bool:
    try:
        return platform.freedesktop_os_release().get("ID") == "ubuntu"
    except OSError:
        return False


def _has_program(program: str, environ: Mapping[str, str]) -> bool:
    return shutil.which(program, path=environ.get("PATH")) is not None


def _as_root(command: list[str], environ: Mapping[str, str]) -> str:
    words = " ".join(command)
    return f"sudo {words}" if _has_program("sudo", environ) else f"as root: {words}"
