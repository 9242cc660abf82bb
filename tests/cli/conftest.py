"""The command as a user runs it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from validator.demo import Demo, demo_servers


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Cli: TypeAlias = Callable[..., Done]


@pytest.fixture
def cli(tmp_path: Path, browser_path: Path) -> Cli:
    """Run ``cn-validator`` in an empty folder, without colour, 100 columns wide."""

    def run(*arguments: str, stdin: bytes = b"", **environ: str) -> Done:
        clean = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
        done = subprocess.run(
            [sys.executable, "-m", "validator", *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=clean
            | {"COLUMNS": "100", "CI": "true", "CN_VALIDATOR_BROWSER": str(browser_path)}
            | environ,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The bundled shop, unbroken."""
    with demo_servers() as servers:
        yield servers


@pytest.fixture(scope="session")
def shop(demo: Demo) -> dict[str, str]:
    """The environment that leads the bundled scenarios to the running shop."""
    return {"SHOP_URL": demo.shop_url, "PAYMENT_URL": demo.payment_url}
