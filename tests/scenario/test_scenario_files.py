"""Which files are scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.errors import InputError
from validator.scenario.files import scenario_files
from validator.scenario.load import load_scenarios


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.yaml",
        "a.yml",
        "deep/er/c.yaml",
        "fragments/f.yaml",
        "deep/fragments/g.yaml",
        ".hidden/h.yaml",
        ".i.yaml",
        "cn-validator.yaml",
        "notes.txt",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("name: T\nsteps: [click: a]\n", encoding="utf-8")
    return tmp_path


def test_a_folder_gives_its_scenarios_sorted(folder: Path) -> None:
    files, findings = scenario_files([folder])
    assert [str(file.path.relative_to(folder)) for file in files] == [
        "a.yml",
        "b.yaml",
        "deep/er/c.yaml",
    ]
    assert not findings


def test_a_file_named_twice_is_one_scenario(folder: Path) -> None:
    files, _ = scenario_files([folder / "b.yaml", folder, folder / "deep" / ".." / "b.yaml"])
    assert [file.path.name for file in files] == ["b.yaml", "a.yml", "c.yaml"]


def test_a_configuration_marks_the_project(folder: Path) -> None:
    files, _ = scenario_files([folder / "deep" / "er" / "c.yaml"])
    assert files[0].project == folder


def test_a_folder_without_scenarios_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no scenario in this folder"):
        load_scenarios([tmp_path], environ={}, run_id="run1")


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        load_scenarios([tmp_path / "nowhere.yaml"], environ={}, run_id="run1")
