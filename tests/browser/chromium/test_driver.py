"""Whether Playwright's own program runs, and what to type where it does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from validator.browser.chromium.discover import BrowserOrigin
from validator.browser.chromium.driver import require_driver
from validator.browser.chromium.install import install_browser
from validator.core.errors import BrowserError
from validator.core.installation import package_command

LOADER = (
    "node: error while loading shared libraries: libatomic.so.1: cannot open shared object file"
)


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, str]:
    """A minimal Debian, on which Node.js lacks a library and no browser is installed."""
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho '{LOADER}' >&2\nexit 127\n")
    node.chmod(0o755)
    return {"PLAYWRIGHT_NODEJS_PATH": str(node), "PATH": str(tmp_path), "HOME": str(tmp_path)}


def test_the_driver_of_this_machine_runs() -> None:
    require_driver(os.environ)


def test_a_missing_library_is_named_with_the_package_that_brings_it(
    broken: dict[str, str],
) -> None:
    with pytest.raises(BrowserError) as caught:
        require_driver(broken)
    assert str(caught.value) == "Playwright's driver does not run: it needs libatomic.so.1"
    assert caught.value.hint == "sudo apt-get install -y libatomic1"


def test_a_driver_that_is_not_there_is_installed_with_playwright(tmp_path: Path) -> None:
    with pytest.raises(BrowserError) as caught:
        require_driver({"PLAYWRIGHT_NODEJS_PATH": str(tmp_path / "node")})
    assert str(caught.value).endswith("/node: No such file or directory")
    assert caught.value.hint == package_command("playwright", again=True)


def test_without_root_one_command_brings_library_and_browser(
    broken: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(BrowserError) as caught:
        install_browser((BrowserOrigin.PLAYWRIGHT, BrowserOrigin.SYSTEM), broken, print)
    assert caught.value.hint == "as root: apt-get install -y libatomic1 chromium"
