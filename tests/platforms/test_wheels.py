"""Every dependency can be installed on Windows and macOS without a compiler."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

REPOSITORY = Path(__file__).parents[2]
PLATFORMS = {"win_amd64": "win32", "macosx_14_0_arm64": "darwin"}


def requirements(system: str) -> list[str]:
    """Return what is to be installed there: dependencies, extras and groups."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    named = list(project["project"]["dependencies"])
    for group in project["project"]["optional-dependencies"].values():
        named += group
    for group in project["dependency-groups"].values():
        named += group
    wanted = []
    for text in dict.fromkeys(named):
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"sys_platform": system}):
            requirement.marker = None
            wanted.append(str(requirement))
    return wanted


def resolve(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Let pip find wheels without installing or downloading them."""
    options = ("--dry-run", "--ignore-installed", "--only-binary=:all:", "--target", str(folder))
    command = [sys.executable, "-m", "pip", "install", "-q", *options, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_dependency_has_a_wheel(platform: str, tmp_path: Path) -> None:
    if resolve(tmp_path, "--no-deps", "--retries=0", "--timeout=5", "click").returncode:
        pytest.skip("no package index can be reached")
    target = ("--platform", platform, "--python-version", "3.12", "--implementation", "cp")
    done = resolve(tmp_path, "--no-deps", *target, *requirements(PLATFORMS[platform]))
    assert done.returncode == 0, done.stderr
