"""The command line: ``cli`` calls it within this process, ``process`` as a user starts it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from validator.cli import invoke
from validator.demo import Demo, demo_servers
from validator.run import runner

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Cli: TypeAlias = Callable[..., Done]


def environment(browser: Path, **changes: str) -> dict[str, str]:
    """Return the environment of a command: without colour, 100 columns wide."""
    clean = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    return clean | {"COLUMNS": "100", "CI": "true", "CN_VALIDATOR_BROWSER": str(browser)} | changes


@pytest.fixture
def cli(tmp_path: Path, browser_path: Path, kept_browser: KeptBrowser) -> Cli:
    """Run ``cn-validator`` in an empty folder: in this process, and in a browser that is there."""

    def run(*arguments: str, stdin: bytes = b"", **environ: str) -> Done:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setattr(runner, "run_scenarios", kept_browser.play)
            # A stream closes its buffer when it is gone: both must be read before.
            streams = replace_streams(patch, stdin)
            with replaced_environment(environment(browser_path, **environ)):
                code = invoke(list(arguments))
            out, err = (stream.getvalue().decode() for stream in streams)
        return Done(code, out, err)

    return run


def replace_streams(patch: pytest.MonkeyPatch, stdin: bytes) -> tuple[io.BytesIO, io.BytesIO]:
    """Give this process streams that are no terminal; return what is written to out and err."""
    buffers = (io.BytesIO(stdin), io.BytesIO(), io.BytesIO())
    for name, buffer in zip(("stdin", "stdout", "stderr"), buffers, strict=True):
        stream = io.TextIOWrapper(buffer, encoding="utf-8", write_through=True)
        patch.setattr(sys, name, stream)
    return buffers[1:]


@contextmanager
def replaced_environment(environment: dict[str, str]) -> Iterator[None]:
    """Let the variables of this process be these, and put them back."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def process(tmp_path: Path, browser_path: Path) -> Cli:
    """Run ``cn-validator`` in an empty folder, in a process of its own."""

    def run(*arguments: str, stdin: bytes = b"", **environ: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "validator", *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=environment(browser_path, **environ),
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
