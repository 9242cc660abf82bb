"""How a browser is started."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from validator.browser.chromium import launch
from validator.browser.chromium.discover import (
    BrowserKind,
    BrowserOrigin,
    InstalledBrowser,
    require_display,
)
from validator.browser.chromium.launch import build_launch, extract_start_error
from validator.core.errors import BrowserError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the sandbox differs only on Linux")


@pytest.fixture
def browser(tmp_path: Path) -> InstalledBrowser:
    return InstalledBrowser(
        tmp_path / "chrome", BrowserKind.FULL, "Chromium 1.2.3", BrowserOrigin.SYSTEM
    )


def test_the_browser_gets_no_secret_of_the_environment(
    browser: InstalledBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARD_NUMBER", "correct horse")
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    given = build_launch(browser).arguments["env"]
    assert "CARD_NUMBER" not in given
    assert given["LANG"] == "es_ES.UTF-8"


def test_root_runs_without_the_sandbox_and_is_told(
    browser: InstalledBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    start = build_launch(browser)
    assert not start.arguments["chromium_sandbox"]
    assert start.notes == ("sandbox off: running as root",)


def test_without_user_namespaces_the_sandbox_is_off(
    browser: InstalledBrowser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (tmp_path / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(launch, "DEBIAN_FOLDER", tmp_path)
    assert build_launch(browser).notes == (
        "sandbox off: user namespaces are forbidden here, as in most containers",
    )


def test_a_setuid_helper_keeps_the_sandbox_on(
    browser: InstalledBrowser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", "")
    (tmp_path / "chrome-sandbox").touch()
    (tmp_path / "chrome-sandbox").chmod(stat.S_ISUID | 0o755)
    start = build_launch(browser)
    assert start.arguments["chromium_sandbox"]
    assert start.notes == ()


@pytest.mark.parametrize("headed", [True, False])
def test_headed_shows_the_window(browser: InstalledBrowser, *, headed: bool) -> None:
    assert build_launch(browser, headed=headed).arguments["headless"] is not headed


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("closed\nlogs:\n[pid=7][err] warning\n[pid=7][err] no display ", "no display"),
        ("Executable does not exist\nlogs:", "Executable does not exist"),
    ],
)
def test_a_failed_start_is_told_in_the_browsers_words(log: str, reason: str) -> None:
    assert extract_start_error(log) == reason


def test_a_window_on_a_machine_without_a_display_is_refused_with_what_to_do() -> None:
    with pytest.raises(BrowserError, match="this machine has no display") as refused:
        require_display({})
    assert "run without --headed" in refused.value.hint
    require_display({"DISPLAY": ":0"})
    require_display({"WAYLAND_DISPLAY": "wayland-0"})
