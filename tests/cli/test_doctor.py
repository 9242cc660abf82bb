"""What doctor says of a machine, and its exit code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import metadata, util
from pathlib import Path

import pytest

from validator.cli import invoke
from validator.core.installation import install_command, package_command


@pytest.mark.browser
def test_a_healthy_machine_is_told_its_browser(
    browser_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = invoke(["doctor", "--browser", str(browser_path)])
    said = capsys.readouterr().out
    assert code == 0, said
    assert f"ok      browser   {browser_path}\n" in said
    assert "ok      starts    and renders a page, in " in said
    assert "MISSING" not in said


def test_a_browser_that_does_not_start_is_told_in_its_own_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = tmp_path / "chrome"
    browser.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo Chromium 1.2.3 && exit\n'
        "echo my GPU is on fire >&2\nexit 1\n"
    )
    browser.chmod(0o755)
    assert invoke(["doctor", "--browser", str(browser)]) == 3
    assert (
        f"MISSING browser   {browser} does not start: my GPU is on fire\n"
        "                  to fix: use another: cn-validator browser install --playwright, "
        "or --browser PATH\n"
    ) in capsys.readouterr().out


def test_a_machine_without_a_browser_is_told_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CN_VALIDATOR_BROWSER", raising=False)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    assert invoke(["doctor"]) == 3
    assert (
        "MISSING browser   no Chromium found\n"
        "                  to fix: cn-validator browser install\n"
    ) in capsys.readouterr().out


@pytest.mark.browser
def test_an_absent_extra_is_named_but_fails_nothing(
    browser_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find_spec = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: name != "flask" and find_spec(name))
    assert invoke(["doctor", "--browser", str(browser_path)]) == 0
    assert (
        "absent  extra     demo (the bundled shop), optional\n"
        f"                  to fix: {install_command('demo')}\n"
    ) in capsys.readouterr().out


def run_doctor(
    tmp_path: Path, browser_path: Path, prepare: str
) -> subprocess.CompletedProcess[str]:
    """Run doctor in a process that has run ``prepare`` before, as if a package were missing."""
    (tmp_path / "sitecustomize.py").write_text(prepare, encoding="utf-8")
    environ = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
        "CN_VALIDATOR_BROWSER": str(browser_path),
    }
    command = [sys.executable, "-m", "validator", "doctor"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


NOT_INSTALLED = """
from importlib import metadata
real = metadata.version
def version(name):
    if name == "jsonschema":
        raise metadata.PackageNotFoundError(name)
    return real(name)
metadata.version = version
"""
NOT_IMPORTABLE = "import sys; sys.modules['{}'] = None"


@pytest.mark.browser
def test_a_package_that_is_not_installed_is_named_with_the_command(
    tmp_path: Path, browser_path: Path
) -> None:
    done = run_doctor(tmp_path, browser_path, NOT_INSTALLED)
    assert done.returncode == 3, done.stderr
    assert "MISSING package   jsonschema is not installed\n" in done.stdout
    assert f"to fix: {package_command('jsonschema>=')[:-1]}" in done.stdout


@pytest.mark.browser
@pytest.mark.parametrize("module", ["jsonschema", "yaml", "playwright", "rich", "httpx"])
def test_a_package_that_cannot_be_imported_is_named_with_the_command(
    tmp_path: Path, browser_path: Path, module: str
) -> None:
    done = run_doctor(tmp_path, browser_path, NOT_IMPORTABLE.format(module))
    assert done.returncode == 3, done.stderr
    package = {"yaml": "pyyaml"}.get(module, module)
    found = re.search(rf"^MISSING package   {package} \S+ cannot be imported.*\n(.*)$", done.stdout,
                      re.MULTILINE)  # fmt: skip
    assert found is not None, done.stdout
    command = package_command(f"{package}>=", again=True).removesuffix('"')
    assert found[1].strip().startswith(f"to fix: {command}")


def test_a_package_of_another_platform_is_not_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    requirements = ["no-such-package; sys_platform == 'nowhere'", "nor-this>=1"]
    monkeypatch.setattr(metadata, "requires", lambda _name: requirements)
    assert invoke(["doctor", "--browser", "/nowhere"]) == 3
    said = capsys.readouterr().out
    assert "no-such-package" not in said
    assert "MISSING package   nor-this is not installed" in said
