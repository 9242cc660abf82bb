"""A project as a test writes it, and what the linter says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from validator.lint.linter import LintResult, lint

Lint: TypeAlias = Callable[..., LintResult]
Said: TypeAlias = Callable[..., list[str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def linted(project: Path) -> Lint:
    """Write files by name, lint their folder."""

    def look(files: dict[str, str], *paths: str) -> LintResult:
        for name, text in files.items():
            path = project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return lint([Path(path) for path in paths or (".",)], {})

    return look


@pytest.fixture
def said(linted: Lint) -> Said:
    """The same, as ``file:line:column: rule: message``."""

    def look(files: dict[str, str], *paths: str) -> list[str]:
        findings = [each.finding for each in linted(files, *paths).findings]
        return [f"{each.location}: {each.rule}: {each.message}" for each in findings]

    return look
