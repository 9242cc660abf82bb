"""Tests of the front ends, run again without what Windows and macOS lack."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
TESTED = (
    "tests/cli/test_init.py",
    "tests/cli/test_bad_input.py",
    "tests/cli/test_diff.py",
    "tests/cli/test_import.py",
    "tests/cli/test_report.py",
    "tests/cli/test_shards.py",
    "tests/core/test_files.py",
    "tests/reconcile/test_sources.py::test_a_file_s_name_is_no_pattern",
    "tests/run",
)
NEEDS_LINKS = "not link and not pipe"  # what these tests are about is what is taken away


@pytest.mark.browser
def test_the_front_ends_need_nothing_that_only_linux_has(browser_path: Path) -> None:
    """``tests/platforms/taken_away.py`` says what is taken away."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.platforms.taken_away"),
            *("-p", "no:cacheprovider", "-m", "not slow", "-k", NEEDS_LINKS, *TESTED),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "CN_VALIDATOR_BROWSER": str(browser_path), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5_000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    assert int(passed[1]) > 150, done.stdout
