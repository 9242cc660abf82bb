"""Which browser is chosen. The fakes answer --version as the real ones do and do nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from validator.browser.chromium.discover import VARIABLE, BrowserKind, BrowserOrigin, find_browser
from validator.core.errors import BrowserError

SHELL_FILE = "chrome-headless-shell-linux64/chrome-headless-shell"
CHROME_FILE = "chrome-linux64/chrome"


def make_browser(path: Path, says: str = "Chromium 1.2.3") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def make_download(home: Path, name: str, executable: str, *, complete: bool = True) -> Path:
    folder = home / ".cache/ms-playwright" / name
    path = make_browser(folder / executable)
    if complete:
        (folder / "INSTALLATION_COMPLETE").touch()
    return path


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """An environment in which no browser is installed."""
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}


def test_the_option_wins_over_everything(tmp_path: Path, machine: dict[str, str]) -> None:
    make_browser(tmp_path / "bin/chromium")
    named = make_browser(tmp_path / "named")
    other = make_browser(tmp_path / "other")
    found = find_browser(str(named), {**machine, VARIABLE: str(other)})
    assert (found.path, found.origin) == (named, BrowserOrigin.OPTION)


def test_the_variable_wins_over_what_is_installed(tmp_path: Path, machine: dict[str, str]) -> None:
    make_browser(tmp_path / "bin/chromium")
    named = make_browser(tmp_path / "named")
    found = find_browser(None, {**machine, VARIABLE: str(named)})
    assert (found.path, found.origin) == (named, BrowserOrigin.VARIABLE)


def test_playwrights_own_wins_over_the_systems(tmp_path: Path, machine: dict[str, str]) -> None:
    make_browser(tmp_path / "bin/chromium")
    own = make_download(tmp_path, "chromium_headless_shell-1255", SHELL_FILE)
    found = find_browser(None, machine)
    assert (found.path, found.origin, found.kind) == (
        own,
        BrowserOrigin.PLAYWRIGHT,
        BrowserKind.SHELL,
    )


def test_playwrights_newest_download_is_chosen(tmp_path: Path, machine: dict[str, str]) -> None:
    make_download(tmp_path, "chromium_headless_shell-999", SHELL_FILE)
    newest = make_download(tmp_path, "chromium_headless_shell-1255", SHELL_FILE)
    assert find_browser(None, machine).path == newest


def test_playwrights_folder_may_be_elsewhere(tmp_path: Path, machine: dict[str, str]) -> None:
    own = make_download(tmp_path, "chromium-1255", CHROME_FILE)
    moved = {**machine, "HOME": "/", "PLAYWRIGHT_BROWSERS_PATH": str(own.parents[2])}
    assert find_browser(None, moved).path == own


def test_a_download_that_was_cut_short_is_passed_over(
    tmp_path: Path, machine: dict[str, str]
) -> None:
    make_download(tmp_path, "chromium_headless_shell-1255", SHELL_FILE, complete=False)
    system = make_browser(tmp_path / "bin/chromium")
    assert find_browser(None, machine).path == system


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        (["chromium", "chromium-headless-shell"], "chromium-headless-shell"),
        (["google-chrome", "chromium"], "chromium"),
        (["microsoft-edge", "google-chrome-stable"], "google-chrome-stable"),
        (["microsoft-edge"], "microsoft-edge"),
    ],
)
def test_the_systems_lightest_browser_is_chosen(
    tmp_path: Path, machine: dict[str, str], installed: list[str], expected: str
) -> None:
    for name in installed:
        make_browser(tmp_path / "bin" / name)
    assert find_browser(None, machine).path.name == expected


def test_headed_passes_over_headless_shells(tmp_path: Path, machine: dict[str, str]) -> None:
    make_download(tmp_path, "chromium_headless_shell-1255", SHELL_FILE)
    make_browser(tmp_path / "bin/chromium-headless-shell")
    full = make_browser(tmp_path / "bin/google-chrome")
    found = find_browser(None, machine, headed=True)
    assert (found.path, found.kind) == (full, BrowserKind.FULL)


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("Chromium 156.0.8078.79", "Chromium 156.0.8078.79"),
        ("Chromium 156.0.1 built on Debian GNU/Linux 12 (bookworm)", "Chromium 156.0.1"),
        ("Google Chrome for Testing 159.0.8154.6", "Google Chrome for Testing 159.0.8154.6"),
        ("Microsoft Edge 150.0.1 ", "Microsoft Edge 150.0.1"),
    ],
)
def test_the_version_is_the_browsers_own_words(
    tmp_path: Path, machine: dict[str, str], says: str, version: str
) -> None:
    make_browser(tmp_path / "bin/chromium", says)
    assert find_browser(None, machine).version == version


def test_ubuntus_snap_stub_is_passed_over_and_named(
    tmp_path: Path, machine: dict[str, str]
) -> None:
    stub = make_browser(tmp_path / "bin/chromium-browser")
    stub.write_text('#!/bin/sh\nexec /snap/bin/chromium "$@"\n')
    with pytest.raises(BrowserError) as caught:
        find_browser(None, machine)
    assert str(caught.value) == (
        f"no Chromium found\n  passed over {stub}: a snap; its confinement keeps it "
        "from being driven"
    )
    assert caught.value.hint == "cn-validator browser install"


def test_a_broken_browser_is_passed_over_for_one_that_works(
    tmp_path: Path, machine: dict[str, str]
) -> None:
    broken = make_download(tmp_path, "chromium_headless_shell-1255", SHELL_FILE)
    broken.write_text("#!/bin/sh\necho 'libnss3.so: cannot open shared object' >&2\nexit 127\n")
    system = make_browser(tmp_path / "bin/chromium")
    assert find_browser(None, machine).path == system


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (None, 0, "no such file"),
        ("#!/bin/sh\necho Chromium 1.2.3", 0o644, "not executable"),
        ("#!/bin/sh\necho ls 9.1", 0o755, "not a Chromium; to --version it says: ls 9.1"),
        ("#!/bin/sh\nexit 7", 0o755, "not a Chromium; to --version it says: exit code 7"),
        (
            "#!/bin/sh\necho 'error while loading shared libraries: libX.so: no' >&2\nexit 127",
            0o755,
            "needs libX.so, which this system lacks",
        ),
        ("\x7fELF", 0o755, "does not run: Exec format error"),
    ],
)
def test_a_named_path_that_is_no_browser_is_refused(
    tmp_path: Path, machine: dict[str, str], content: str | None, mode: int, message: str
) -> None:
    make_browser(tmp_path / "bin/chromium")
    path = tmp_path / "named"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    with pytest.raises(BrowserError) as caught:
        find_browser(str(path), machine)
    assert str(caught.value) == f"option --browser: {path}: {message}"
    assert caught.value.hint == "name the executable of a Chromium, Chrome or Edge"


def test_a_headless_shell_cannot_be_named_for_a_headed_run(
    tmp_path: Path, machine: dict[str, str]
) -> None:
    shell = make_browser(tmp_path / "chrome-headless-shell")
    with pytest.raises(BrowserError, match="a headless shell has no windows to show"):
        find_browser(str(shell), machine, headed=True)


@pytest.mark.browser
def test_the_browser_of_this_machine_is_found(browser_path: Path) -> None:
    assert os.access(browser_path, os.X_OK)
