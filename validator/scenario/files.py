"""Finds scenario files and the folders of their projects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from validator.core.command_line import expand_pattern
from validator.core.document import Location
from validator.core.finding import Finding, Severity

CONFIG_FILE = "cn-validator.yaml"
BROKEN_FOLDER = "broken"
_HERE = Path(__file__).parent.parent
_SUFFIXES = (".yaml", ".yml")


def bundled_scenarios() -> Path:
    """Return the folder of the bundled shop's scenarios.

    In the wheel, it is inside the package; in a checkout, it is next to the package.
    """
    installed = _HERE / "scenarios"
    return installed if installed.is_dir() else _HERE.parent / "scenarios"


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """The path of a scenario, as reports show it, and the folder that limits its includes."""

    path: Path
    project: Path

    @property
    def name_in_project(self) -> str:
        """The path relative to the project's folder; it does not depend on the current folder."""
        return Path(os.path.relpath(self.path.resolve(), self.project.resolve())).as_posix()


def find_scenarios(paths: Iterable[Path]) -> tuple[list[ScenarioFile], list[Finding]]:
    """Return the scenarios in files and folders, each once, and the paths without one as findings.

    A path may be a pattern, such as ``scenarios/*.yaml``.

    In a folder, these are ``*.yaml`` and ``*.yml`` at any depth, sorted. Left out are hidden files
    and folders, folders named ``fragments`` or ``broken``, and the configuration.
    """
    files: dict[Path, ScenarioFile] = {}
    findings: list[Finding] = []
    for path in (Path(each) for given in paths for each in expand_pattern(str(given))):
        found = sorted(_in_folder(path)) if path.is_dir() else [path] * path.is_file()
        if not found:
            findings.append(_no_scenario_finding(path))
        for file in found:
            project = _project(file, path if path.is_dir() else path.parent)
            files.setdefault(file.resolve(), ScenarioFile(file, project))
    return list(files.values()), findings


def find_broken_folders(paths: Iterable[Path]) -> list[Path]:
    """Return the folders named ``broken`` that have scenarios and are below the paths, sorted.

    Their scenarios demonstrate faults of a shop: they run only if the folder is given itself.
    """
    found = {
        folder / Path(*inner.parts[: inner.parts.index(BROKEN_FOLDER) + 1])
        for folder in paths
        if folder.is_dir()
        for inner in _scenarios_below(folder)
        if BROKEN_FOLDER in inner.parts[:-1]
    }
    return sorted(found)


def _in_folder(folder: Path) -> Iterator[Path]:
    for inner in _scenarios_below(folder):
        if BROKEN_FOLDER not in inner.parts[:-1]:
            yield folder / inner


def _scenarios_below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inner = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inner.parts)
        in_fragments = "fragments" in (folder.resolve().name, *inner.parts[:-1])
        is_scenario = path.suffix in _SUFFIXES and path.name != CONFIG_FILE and path.is_file()
        if is_scenario and not hidden and not in_fragments:
            yield inner


def _project(file: Path, given: Path) -> Path:
    """Return the nearest folder above a file that has a configuration or is a repository.

    Otherwise, return the folder of the bundled scenarios or the current folder, if the file is
    below it, or the folder that was given.
    """
    folders = file.resolve().parents
    marked = (f for f in folders if (f / CONFIG_FILE).is_file() or (f / ".git").exists())
    usual = (f for f in (bundled_scenarios().resolve(), Path.cwd()) if f in folders)
    return next(marked, next(usual, given))


def _no_scenario_finding(path: Path) -> Finding:
    message, hint = "there is no such file or folder", "Correct the path."
    rule = "path-missing"
    if path.is_dir():
        rule, message = "no-scenarios", "no scenario in this folder"
        hint = "Scenarios are *.yaml files, not in a folder named fragments."
        if below := find_broken_folders([path]):
            hint = f"Those in {below[0]} are broken on purpose: name that folder to run them."
    return Finding(rule, Severity.ERROR, message, location=Location(str(path)), hint=hint)
