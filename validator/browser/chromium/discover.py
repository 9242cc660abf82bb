"""Find a Chromium to drive and say how to start it. Never imports Playwright.

The order, first match wins:
  1. the ``--browser`` option
  2. the environment variable ``CN_VALIDATOR_BROWSER``
  3. Playwright's own download: headless shell, then Chromium (newest first)
  4. the system's Chromium (headless shell first), Chrome or Edge
What is named (1, 2) must work; what is merely found (3, 4) is passed over when it does not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from validator.browser.chromium.driver import playwright_folder
from validator.core.errors import BrowserError

VARIABLE = "CN_VALIDATOR_BROWSER"
INSTALL_COMMAND = "cn-validator browser install"

SYSTEM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
MAC_APPS = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS_PATHS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
PLAYWRIGHT_PATTERNS = (
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium_headless_shell-*/*/chrome-headless-shell.exe",
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/headless_shell.exe",
    "chromium-*/*/chrome",
    "chromium-*/*/chrome.exe",
    "chromium-*/*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
)
"""Executables below Playwright's browsers folder, which names each download by its revision."""


class BrowserOrigin(StrEnum):
    """How a browser came to be chosen."""

    OPTION = "option --browser"
    VARIABLE = f"environment variable {VARIABLE}"
    PLAYWRIGHT = "Playwright's own"
    SYSTEM = "the system's"


class BrowserKind(StrEnum):
    """A headless shell is Chromium without windows: lighter, but it cannot run headed."""

    SHELL = "headless shell"
    FULL = "full browser"


@dataclass(frozen=True, slots=True)
class InstalledBrowser:
    """A Chromium that answered. ``version`` is its own words: ``Chromium 156.0.8078.79``."""

    path: Path
    kind: BrowserKind
    version: str
    origin: BrowserOrigin


def find_browser(
    option: str | None, environ: Mapping[str, str], *, headed: bool = False
) -> InstalledBrowser:
    """Return the browser to use. Raises BrowserError where none works or the named one is wrong."""
    named = {BrowserOrigin.OPTION: option, BrowserOrigin.VARIABLE: environ.get(VARIABLE)}
    for origin, path in named.items():
        if path:
            return _named_browser(path, origin, headed=headed)
    passed_over: list[str] = []
    for origin in (BrowserOrigin.PLAYWRIGHT, BrowserOrigin.SYSTEM):
        found = find_from_origin(origin, environ, headed=headed, passed_over=passed_over)
        if found:
            return found
    what = "browser that can run headed" if headed else "Chromium"
    details = "".join(f"\n  passed over {reason}" for reason in passed_over)
    raise BrowserError(f"no {what} found{details}", _headed_hint() if headed else INSTALL_COMMAND)


def require_display(environ: Mapping[str, str]) -> None:
    """Raise BrowserError on a machine without a display, where no window can be shown."""
    is_unix_desktop = sys.platform not in ("win32", "darwin")
    if is_unix_desktop and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        raise BrowserError(
            "a window cannot be shown: this machine has no display (DISPLAY and WAYLAND_DISPLAY "
            "are not set)",
            "run without --headed, or with a virtual display: xvfb-run cn-validator …",
        )


def find_from_origin(
    origin: BrowserOrigin,
    environ: Mapping[str, str],
    *,
    headed: bool = False,
    passed_over: list[str] | None = None,
) -> InstalledBrowser | None:
    """Return the first working browser of an origin; why others are not is left in passed_over."""
    paths = _playwright_paths if origin is BrowserOrigin.PLAYWRIGHT else _system_paths
    for path in paths(environ):
        if headed and _detect_kind(path) is BrowserKind.SHELL:
            continue
        try:
            return inspect_executable(path, origin)
        except BrowserError as error:
            if passed_over is not None:
                passed_over.append(str(error))
    return None


def inspect_executable(path: Path, origin: BrowserOrigin) -> InstalledBrowser:
    """Ask an executable what it is. Raises BrowserError where it is not a usable Chromium."""
    if not path.is_file():
        raise BrowserError(f"{path}: no such file")
    if not os.access(path, os.X_OK):
        raise BrowserError(f"{path}: not executable")
    if _is_snap(path):
        raise BrowserError(f"{path}: a snap; its confinement keeps it from being driven")
    version = _windows_version(path) if sys.platform == "win32" else _read_version(path)
    return InstalledBrowser(path, _detect_kind(path), version, origin)


def _named_browser(path: str, origin: BrowserOrigin, *, headed: bool) -> InstalledBrowser:
    try:
        browser = inspect_executable(Path(shutil.which(path) or path).expanduser(), origin)
    except BrowserError as error:
        raise BrowserError(
            f"{origin}: {error}", "name the executable of a Chromium, Chrome or Edge"
        ) from None
    if headed and browser.kind is BrowserKind.SHELL:
        raise BrowserError(
            f"{origin}: {path}: a headless shell has no windows to show", _headed_hint()
        )
    return browser


def _headed_hint() -> str:
    return "run without --headed, or install a full Chromium, Chrome or Edge"


def _detect_kind(path: Path) -> BrowserKind:
    return BrowserKind.SHELL if "headless" in path.name else BrowserKind.FULL


def _read_version(path: Path) -> str:
    try:
        answer = subprocess.run(  # noqa: S603 - the path is the user's own browser
            [path, "--version"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=20,
            check=False,
        )
    except OSError as error:
        raise BrowserError(f"{path}: does not run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise BrowserError(f"{path}: no answer to --version in 20 s") from None
    # Chrome may warn before it answers; Debian adds "built on …" after.
    for line in answer.stdout.splitlines():
        words = line.split(" built on ")[0].split()
        number = next((n for n, word in enumerate(words) if word[:1].isdigit()), None)
        if number and any(name in line for name in ("Chrom", "Edge")):
            return " ".join(words[: number + 1])
    said = (answer.stderr or answer.stdout).strip().splitlines()
    reason = said[0] if said else f"exit code {answer.returncode}"
    missing = re.search(r"shared libraries: (\S+):", reason)
    if missing:
        raise BrowserError(f"{path}: needs {missing[1]}, which this system lacks")
    raise BrowserError(f"{path}: not a Chromium; to --version it says: {reason}")


def _windows_version(path: Path) -> str:
    """On Windows ``--version`` opens a window; the version is a folder beside the executable."""
    folders = (p.name for p in path.parent.iterdir() if p.is_dir())
    versions = [name for name in folders if re.fullmatch(r"\d+(\.\d+)*", name)]
    newest = max(versions, key=_version_numbers, default="of unknown version")
    return f"{path.stem} {newest}"


def _version_numbers(version: str) -> tuple[int, ...]:
    """Return a version to compare: 9.0 is older than 10.0."""
    return tuple(map(int, version.split(".")))


def _is_snap(path: Path) -> bool:
    """Tell Ubuntu's stub, a short script that hands over to the snap, from a real browser."""
    if path.is_relative_to("/snap") or path.resolve().name == "snap":
        return True
    return path.stat().st_size < 65_536 and b"/snap/bin" in path.read_bytes()


def _system_paths(environ: Mapping[str, str]) -> Iterator[Path]:
    for name in SYSTEM_NAMES:
        found = shutil.which(name, path=environ.get("PATH"))
        if found:
            yield Path(found)
    home = environ.get("HOME", "/")
    places = [
        Path(root, "Applications", f"{app}.app", "Contents/MacOS", app)
        for app in MAC_APPS
        for root in ("/", home)
    ]
    roots = [environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    places += [Path(root, place) for place in WINDOWS_PATHS for root in roots if root]
    yield from (place for place in places if place.is_file())


def _playwright_paths(environ: Mapping[str, str]) -> Iterator[Path]:
    folder = _browsers_folder(environ)
    for pattern in PLAYWRIGHT_PATTERNS:
        found = [path.relative_to(folder) for path in folder.glob(pattern)]
        for path in sorted(found, key=lambda path: _revision(path.parts[0]), reverse=True):
            # Playwright writes the marker last: without it the download was cut short.
            if (folder / path.parts[0] / "INSTALLATION_COMPLETE").exists():
                yield folder / path


def _revision(download: str) -> int:
    revision = download.rpartition("-")[2]
    return int(revision) if revision.isdigit() else 0


def _browsers_folder(environ: Mapping[str, str]) -> Path:
    """Where Playwright keeps browsers: https://playwright.dev/python/docs/browsers."""
    chosen = environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":
        return playwright_folder() / "driver" / "package" / ".local-browsers"
    if chosen:
        return Path(chosen).resolve()
    home = Path(environ.get("HOME") or Path.home())
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA", home / "AppData/Local")) / "ms-playwright"
    if sys.platform == "darwin":
        return home / "Library/Caches/ms-playwright"
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "ms-playwright"
