"""Exports as shops write them: each folder of tests/cases/reconcile is a case.

``case.json`` has ``commands``, run one after the other beside the files of the folder, and ``want``
of the last: ``code``, ids that are ``missing``, their ``dates``, what it ``prints`` and ``lacks``,
and what ``files`` contain. To add a case, add a folder.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from validator.cli import invoke

CASES = Path(__file__).parent.parent / "cases" / "reconcile"


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_an_export_is_read_rightly_or_asked_about(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(CASES / name, tmp_path, dirs_exist_ok=True)
    case = json.loads((tmp_path / "case.json").read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "1000")
    code = 0
    for command in case["commands"]:
        report = ["--report", "json=answer.json", "--report", "terminal"]
        code = invoke([*command, *(report if command[0] == "reconcile" else [])])
    printed = capsys.readouterr()
    out, want = " ".join((printed.out + printed.err).split()), case["want"]
    answer = tmp_path / "answer.json"
    data = json.loads(answer.read_text()) if answer.exists() else {"differences": []}
    missing = {
        each["id"]: each["date"] for each in data["differences"] if each["kind"] == "missing"
    }
    assert code == want.get("code", code), out
    assert sorted(missing) == want.get("missing", sorted(missing)), out
    assert missing == want.get("dates", missing)
    assert [text for text in want.get("prints", ()) if text not in out] == [], out
    assert [text for text in want.get("lacks", ()) if text in out] == [], out
    for file, texts in want.get("files", {}).items():
        written = (tmp_path / file).read_text(encoding="utf-8")
        assert [text for text in texts if text not in written] == []
