"""What the command loads, and what it says where something is not installed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from validator.core.installation import install_command

HEAVY = r"\| +(duckdb|scipy|numpy|jinja2|httpx|playwright|psycopg|pymysql|python_calamine)$"


def test_the_help_waits_for_no_engine(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "validator", "reconcile", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert re.findall(HEAVY, done.stderr, re.MULTILINE) == []


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("duckdb", []),
        ("scipy", []),
        ("jinja2", ["--report", "html=r.html"]),
    ],
)
def test_where_the_extra_is_not_installed_it_is_named(
    tmp_path: Path, module: str, options: list[str]
) -> None:
    (tmp_path / "orders.csv").write_text("id\n1\n2\n")
    (tmp_path / "recorded.csv").write_text("id\n1\n")
    # None in sys.modules is what Python itself takes for a module that is not there.
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from validator.cli import invoke\n"
        f"sys.exit(invoke(['reconcile', 'orders.csv', 'recorded.csv', *{options!r}]))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2, done.stderr
    assert f"to fix: {install_command('reconcile')}" in done.stderr
