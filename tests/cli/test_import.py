"""``cn-validator import``: an export in, a scenario out, and nothing written over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.cli import invoke

EXPORT = {
    "title": "Buy a hoodie!",
    "steps": [
        {"type": "navigate", "url": "https://shop.example/hoodie"},
        {
            "type": "change",
            "value": "hunter2",
            "selectors": [["aria/Password"], ["#password"]],
            "assertedEvents": [{"type": "navigation", "url": "https://shop.example/thanks/7"}],
        },
    ],
}


@pytest.fixture(autouse=True)
def _export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("export.json").write_text(json.dumps(EXPORT))


def test_the_scenario_is_named_for_the_recording(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["import", "export.json"]) == 0
    assert '\nname: "Buy a hoodie!"\n' in Path("scenarios/buy-a-hoodie.yaml").read_text()
    assert capsys.readouterr().out == (
        "wrote scenarios/buy-a-hoodie.yaml\n"
        "Set PASSWORD in the environment, or in a .env file that is not committed.\n"
        "Then:\n"
        "  cn-validator lint scenarios/buy-a-hoodie.yaml\n"
        "  cn-validator run scenarios/buy-a-hoodie.yaml\n"
    )


def test_what_it_writes_passes_lint() -> None:
    invoke(["import", "export.json"])
    assert invoke(["lint", "--strict", "scenarios/buy-a-hoodie.yaml"]) == 0


def test_a_file_that_exists_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("mine")
    assert invoke(["import", "export.json", "-o", "mine.yaml"]) == 2
    assert Path("mine.yaml").read_text() == "mine"
    assert capsys.readouterr().err == (
        "mine.yaml: the file exists already\n  to fix: name another file, or add --force\n"
    )
    assert invoke(["import", "export.json", "-o", "mine.yaml", "--force"]) == 0


def test_editors_find_the_schema_where_the_project_has_a_copy() -> None:
    invoke(["init"])
    invoke(["import", "export.json"])
    first, *_ = Path("scenarios/buy-a-hoodie.yaml").read_text().splitlines()
    assert first == "# yaml-language-server: $schema=../schemas/scenario.schema.json"


def test_a_recording_in_which_nothing_was_done_is_no_scenario(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("export.json").write_text(json.dumps({"title": "A", "steps": EXPORT["steps"][:1]}))
    assert invoke(["import", "export.json"]) == 2
    assert "nothing was done on the page" in capsys.readouterr().err
    assert not Path("scenarios").exists()


def test_what_no_step_does_is_said_to_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    more = [{"type": "setViewport"}, {"type": "customStep"}, {"type": "emulateNetworkConditions"}]
    Path("more.json").write_text(json.dumps({**EXPORT, "steps": [*EXPORT["steps"], *more]}))
    assert invoke(["import", "more.json"]) == 0
    assert capsys.readouterr().err == (
        "left out, because no step does the same: step 4 (customStep), "
        "step 5 (emulateNetworkConditions)\n"
    )


def test_a_recording_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.json").write_text('{"title": "Empty", "steps": []}')
    assert invoke(["import", "empty.json"]) == 2
    assert "nothing was done on the page" in capsys.readouterr().err
