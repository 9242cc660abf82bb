"""A shop's orders and what was recorded of them, as files; the answer as data."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from validator.cli import invoke


@dataclass(frozen=True, slots=True)
class Answer:
    """How the command ended, what it printed, and its JSON report; empty where there is none."""

    code: int
    out: str
    err: str
    data: dict[str, Any]

    def ids(self, kind: str) -> list[str]:
        """Return the ids of all differences of a kind."""
        return [each["id"] for each in self.data["differences"] if each["kind"] == kind]


Ask: TypeAlias = Callable[..., Answer]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run ``cn-validator reconcile`` on two files, written here where they are given as text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def reconcile(
        orders: str | bytes, recorded: str | bytes, *options: str, names: Sequence[str] = ()
    ) -> Answer:
        paths = names or ("orders.csv", "recorded.csv")
        for path, content in zip(paths, (orders, recorded), strict=True):
            if content:
                raw = content if isinstance(content, bytes) else content.encode()
                (tmp_path / path).write_bytes(raw)
        report = tmp_path / "answer.json"
        report.unlink(missing_ok=True)
        code = invoke(["reconcile", *paths, "--report", f"json={report}", *options])
        printed = capsys.readouterr()
        data = json.loads(report.read_text()) if report.exists() else {}
        return Answer(code, printed.out, printed.err, data)

    return reconcile


def table(header: str, *rows: Sequence[object]) -> str:
    """Return CSV text."""
    import io

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header.split())
    writer.writerows(rows)
    return text.getvalue()
