"""Each command in a process of its own: it does what it does within the process of the tests."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from validator.cli import app

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Done

PAGE = '<div class="cn_purchase"><b class="purchase_id">7</b><b class="total_price">5,00</b></div>'
FILES = {
    "page.html": PAGE,
    "scenario.yaml": "name: A\nbase_url: https://shop.example\nsteps:\n  - wiat_for: {text: Hi}\n",
    "good.yaml": "name: A\nbase_url: https://shop.example\nsteps: [{goto: /}]\n",
    "orders.csv": "id\n1\n2\n",
    "order.jsonl": json.dumps({"purchaseId": "NQ-3", "products": []}),
    "odd.json": '{"schema_version": "one"}',
    "recording.json": '{"title": "Empty", "steps": []}',
}
RUNS = {
    "check": (["page.html"], 1, "out"),
    "run": (["good.yaml", "--list"], 0, "out"),
    "init": (["shop"], 2, "err"),
    "lint": (["scenario.yaml"], 1, "out"),
    "record": (["shop"], 2, "err"),
    "import": (["recording.json"], 2, "err"),
    "demo": (["--break", "coma-decimals"], 2, "err"),
    "report": (["odd.json"], 2, "err"),
    "merge": (["odd.json"], 2, "err"),
    "recorded": (["-"], 2, "err"),
    "backfill": (["order.jsonl"], 1, "out"),
    "config": (["good.yaml"], 0, "out"),
    "watch": (["nowhere.html"], 2, "err"),
    "diff": (["odd.json", "odd.json"], 2, "err"),
    "history": (["odd.json"], 2, "err"),
    "rules": (["tag-count"], 0, "out"),
    "reconcile": (["nowhere.csv", "orders.csv"], 2, "err"),
    "schema": (["cn_purchase"], 0, "out"),
    "doctor": (["--browser", "/nowhere"], 3, "out"),
    "browser": (["--help"], 0, "out"),
}
"""Command → arguments that need neither server nor browser, the exit code, the stream used."""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")


def test_each_command_is_run_here() -> None:
    """A command that is missing needs an entry in ``RUNS`` of this file."""
    assert set(RUNS) == set(app.list_commands(click.Context(app)))


@pytest.mark.parametrize("command", RUNS)
def test_a_process_ends_and_prints_as_the_call_does(cli: Cli, process: Cli, command: str) -> None:
    arguments, code, stream = RUNS[command]
    done = process(command, *arguments)
    assert done.code == code, done.err
    assert getattr(done, stream)
    assert without_times(done) == without_times(cli(command, *arguments))


def without_times(done: Done) -> tuple[int, str, str]:
    """Leave out what no two runs have in common: dates, ids and durations."""
    out, err = (
        re.sub(r"\d{8}-\d{6}-\w{4}| *\d+(\.\d+)? ?m?s\b", "…", text)
        for text in (done.out, done.err)
    )
    return done.code, out, err
