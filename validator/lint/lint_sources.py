"""Finds the files to lint, and reads their steps, includes and references."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from validator.core.command_line import expand_pattern
from validator.core.document import Document
from validator.core.finding import Finding
from validator.scenario.files import CONFIG_FILE, find_scenarios
from validator.scenario.syntax.node import Node

_SUFFIXES = (".yaml", ".yml")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__"})


class FileKind(StrEnum):
    """The kind of a file. As for ``run``, a folder named ``fragments`` has fragments."""

    SCENARIO = "scenario"
    FRAGMENT = "fragment"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class LintSource:
    """A file with valid YAML. ``is_whole`` tells that its whole folder is linted."""

    path: Path
    kind: FileKind
    document: Document
    is_whole: bool = False

    @property
    def root(self) -> Node:
        return Node.root(self.document)

    def includes(self) -> Iterator[Path]:
        """Yield the absolute paths that its steps include, whether the files exist or not."""
        for step in walk_step_nodes(self.root.get("steps")):
            node = step.get("include")
            if node is not None and node.is_text:
                yield (self.path.parent / node.text).resolve()


def classify_file(path: Path) -> FileKind:
    if path.name == CONFIG_FILE:
        return FileKind.CONFIG
    from_here = Path(os.path.relpath(path)).parts[:-1]
    return FileKind.FRAGMENT if "fragments" in from_here else FileKind.SCENARIO


def find_files(paths: Iterable[Path]) -> tuple[list[tuple[Path, bool]], list[Finding]]:
    """Return the files to lint, and a finding for each path that has none.

    Each file comes with whether its whole folder was given. In a folder, these are ``*.yaml`` and
    ``*.yml`` at any depth, except in folders whose name begins with a dot.
    """
    files: dict[Path, tuple[Path, bool]] = {}
    missing: list[Finding] = []
    for path in (Path(each) for given in paths for each in expand_pattern(str(given))):
        inside = sorted(find_yaml_files(path)) if path.is_dir() else [path] * path.is_file()
        if not inside:
            missing += find_scenarios([path])[1]
        for file in inside:
            files.setdefault(file.resolve(), (file, path.is_dir()))
    return list(files.values()), missing


def find_yaml_files(folder: Path) -> Iterator[Path]:
    """Yield the YAML files below a folder, without hidden ones and those of other tools."""
    for place, folders, names in os.walk(folder):
        folders[:] = [n for n in folders if not n.startswith(".") and n not in _SKIPPED_FOLDERS]
        for name in names:
            if name.endswith(_SUFFIXES) and not name.startswith("."):
                yield Path(place) / name


def walk_step_nodes(node: Node | None) -> Iterator[Node]:
    """Yield every step of a list and the steps inside of them, even if other parts are invalid."""
    for step in node or ():
        yield step
        for action in step.items().values():
            yield from walk_step_nodes(action.get("steps"))
            if opens := action.get("opens"):
                yield opens


_REFERENCE = re.compile(r"\$\{([^{}]*)\}")


def find_references(node: Node) -> Iterator[str]:
    """Yield the names in ``${…}`` of all texts of a file, and those that ``when`` asks about."""
    for text in find_texts(node):
        yield from (found.strip() for found in _REFERENCE.findall(text.text))
    for step in walk_step_nodes(node.get("steps")):
        when = step.get("when")
        yield from (when.items() if when else ())


def find_texts(node: Node) -> Iterator[Node]:
    """Yield all texts below a node."""
    if node.is_text:
        yield node
    for child in (*node.items().values(), *node):
        yield from find_texts(child)
