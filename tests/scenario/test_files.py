"""Which files are scenarios."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from validator.core.errors import InputError
from validator.scenario import files as scenario_files_module
from validator.scenario.files import bundled_scenarios, find_broken_folders, find_scenarios
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
    files, findings = find_scenarios([folder])
    assert [str(file.path.relative_to(folder)) for file in files] == [
        "a.yml",
        "b.yaml",
        "deep/er/c.yaml",
    ]
    assert not findings


def test_a_file_named_twice_is_one_scenario(folder: Path) -> None:
    files, _ = find_scenarios([folder / "b.yaml", folder, folder / "deep" / ".." / "b.yaml"])
    assert [file.path.name for file in files] == ["b.yaml", "a.yml", "c.yaml"]


def test_a_configuration_marks_the_project(folder: Path) -> None:
    files, _ = find_scenarios([folder / "deep" / "er" / "c.yaml"])
    assert files[0].project == folder


def test_a_folder_without_scenarios_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no scenario in this folder"):
        load_scenarios([tmp_path], environ={}, run_id="run1")


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        load_scenarios([tmp_path / "nowhere.yaml"], environ={}, run_id="run1")


@pytest.fixture
def with_broken(folder: Path) -> Path:
    broken = folder / "deep" / "broken" / "d.yaml"
    broken.parent.mkdir()
    broken.write_text("name: T\nsteps: [click: a]\n", encoding="utf-8")
    return folder


def test_what_is_broken_on_purpose_is_passed_over_in_a_search(with_broken: Path) -> None:
    files, _ = find_scenarios([with_broken])
    assert [file.path.name for file in files] == ["a.yml", "b.yaml", "c.yaml"]
    assert find_broken_folders([with_broken]) == [with_broken / "deep" / "broken"]


def test_what_is_broken_on_purpose_is_run_when_its_folder_is_named(with_broken: Path) -> None:
    folder = with_broken / "deep" / "broken"
    files, _ = find_scenarios([folder])
    assert [file.path.name for file in files] == ["d.yaml"]
    assert find_broken_folders([folder]) == []


def test_a_folder_with_nothing_but_what_is_broken_on_purpose_says_so(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "d.yaml").write_text("name: T\nsteps: [click: a]\n", encoding="utf-8")
    with pytest.raises(InputError, match="no scenario in this folder") as refused:
        load_scenarios([tmp_path], environ={}, run_id="run1")
    assert "broken on purpose" in refused.value.findings[0].hint


def test_the_bundled_scenarios_are_a_project_wherever_they_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site-packages" / "validator"
    shutil.copytree(bundled_scenarios(), installed / "scenarios")
    monkeypatch.setattr(scenario_files_module, "_HERE", installed)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    folder = installed / "scenarios" / "payment"
    assert load_scenarios([folder, folder / "broken"], environ={}, run_id="run1")
