"""Finds and reads the files that ``include`` names; they must be inside the project."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from validator.contract.readers import read_file
from validator.core.document import Document
from validator.core.errors import InputError
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_check import fragment_findings
from validator.scenario.syntax.schema_messages import did_you_mean

MAX_INCLUDES = 200
"""Includes in one scenario. Fragments that include others twice grow exponentially."""


@dataclass(frozen=True, slots=True)
class IncludeResolver:
    """Resolves the paths in a file.

    ``file`` and ``project`` are absolute; ``label`` names the file in messages. ``trail`` are the
    files that include each other up to this one. ``opened`` is shared by all files of a scenario.
    """

    file: Path
    label: str
    project: Path
    trail: tuple[Path, ...] = ()
    opened: list[Path] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path, project: Path) -> IncludeResolver:
        file = path.resolve()
        return cls(file, path.as_posix(), project.resolve(), (file,))

    def open(self, node: Node, problems: FindingCollector) -> Fragment | None:
        """Read the file that an ``include`` names; return None and add a problem if that fails."""
        try:
            path = (self.file.parent / node.text).resolve()
            complaint = self._complaint(node.text, path)
        except (OSError, ValueError):
            path, complaint = self.file, describe_missing_file(node.text, self.file.parent)
        if complaint:
            problems.add("bad-include", complaint[0], node, complaint[1])
            return None
        self.opened.append(path)
        label = Path(os.path.normpath(Path(self.label).parent / node.text)).as_posix()
        try:
            document = read_file(path, label)
        except InputError as error:
            problems.extend(error.findings)
            return None
        findings = fragment_findings(document)
        problems.extend(findings)
        folder = replace(self, file=path, label=label, trail=(*self.trail, path))
        return Fragment(document, frozenset(finding.pointer for finding in findings), folder)

    def _complaint(self, written: str, path: Path) -> tuple[str, str] | None:
        """Return what is wrong with a path and how to fix it; None if nothing is."""
        if not path.is_relative_to(self.project):
            return (
                f'"{written}" is outside the project',
                "Move the fragment into the scenario's project folder.",
            )
        if path in self.trail:
            circle = " → ".join(p.name for p in (*self.trail[self.trail.index(path) :], path))
            return f"fragments include each other in a circle: {circle}", "Remove one include."
        if len(self.opened) >= MAX_INCLUDES:
            return f"more than {MAX_INCLUDES} includes in one scenario", "Include fewer files."
        if not path.is_file():
            return describe_missing_file(written, path.parent)
        return None


@dataclass(frozen=True, slots=True)
class Fragment:
    """A file of steps. ``faulty`` are the pointers at which it violates the schema."""

    document: Document
    faulty: frozenset[str]
    includes: IncludeResolver


def describe_missing_file(written: str, folder: Path) -> tuple[str, str]:
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    there = did_you_mean(Path(written).name, names)
    return (
        f'there is no file "{written}"{there}',
        "Write the path from the folder of the file that includes it.",
    )
