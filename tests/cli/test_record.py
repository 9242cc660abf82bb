"""What ``cn-validator record`` refuses before anybody has clicked in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.cli import invoke

SHOP = "http://127.0.0.1:9/"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_display_it_says_how_to_have_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert invoke(["record", SHOP]) == 3
    said = capsys.readouterr().err
    assert said.startswith("error: there is no display to show a window on\n")
    assert "xvfb-run cn-validator record" in said


def test_a_headless_shell_has_no_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = tmp_path / "headless_shell"
    shell.write_text("#!/bin/sh\necho HeadlessChrome 156.0\n")
    shell.chmod(0o755)
    monkeypatch.setenv("DISPLAY", ":0")
    assert invoke(["record", SHOP, "--browser", str(shell)]) == 3
    said = capsys.readouterr().err
    assert "a headless shell has no windows to show" in said
    assert "to fix: install a full Chromium, Chrome or Edge, or name one with --browser" in said


def test_a_scenario_that_exists_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("mine")
    assert invoke(["record", SHOP, "--output", "mine.yaml"]) == 2
    assert Path("mine.yaml").read_text() == "mine"
    assert "the file exists already" in capsys.readouterr().err


def test_what_is_no_address_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["record", "shop"]) == 2
    assert "write it as in https://shop.example" in capsys.readouterr().err
