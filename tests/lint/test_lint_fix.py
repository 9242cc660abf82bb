"""What --fix does to files: what it fixes, and that all else stays byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.lint.edits import edit_file, edit_text
from validator.lint.lint_findings import Edit

if TYPE_CHECKING:
    from tests.lint.conftest import Lint

BEFORE = """# A checkout, as of spring
name:   A
base_url: https://shop.example   # staging
steps:
  - wait_for: {role: heading, name: Hi}   # are we there?
  - fill: {label: "Precio (€)", value:  12.50}  # not 12.5

  - "fill": {label: ZIP, value: 08001}
confirmation: {url: "**/thanks/*"}
"""
AFTER = """# A checkout, as of spring
name:   A
base_url: https://shop.example   # staging
steps:
  - expect: {role: heading, name: Hi}   # are we there?
  - fill: {label: "Precio (€)", value:  "12.50"}  # not 12.5

  - "fill": {label: ZIP, value: "08001"}
confirmation: {url: "**/thanks/*"}
"""


def fixed(linted: Lint, text: str) -> str:
    for name, edits in linted({"a.yaml": text}).edits().items():
        edit_file(Path(name), edits)
    return Path("a.yaml").read_bytes().decode()


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["bare", "byte order mark"])
def test_only_what_is_wrong_changes(linted: Lint, ends: str, mark: str) -> None:
    assert fixed(linted, mark + BEFORE.replace("\n", ends)) == mark + AFTER.replace("\n", ends)


def test_a_fixed_file_has_nothing_left_to_fix(linted: Lint) -> None:
    fixed(linted, BEFORE)
    assert linted({}).edits() == {}


def test_a_quoted_key_is_left_alone(linted: Lint) -> None:
    text = BEFORE.replace("wait_for:", '"wait_for":')
    assert '"wait_for": {role' in fixed(linted, text)


def test_an_edit_that_does_not_fit_the_text_is_left_out() -> None:
    assert edit_text("steps:\n", [Edit(1, 1, "wait_for", "expect")]) == ("steps:\n", 0)


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(project: Path) -> None:
    (project / "real.yaml").write_text("no\n")
    (project / "real.yaml").chmod(0o640)
    (project / "link.yaml").symlink_to("real.yaml")
    assert edit_file(Path("link.yaml"), [Edit(1, 1, "no", '"no"')]) == 1
    assert Path("link.yaml").is_symlink()
    assert Path("real.yaml").read_text() == '"no"\n'
    assert Path("real.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in project.iterdir()) == ["link.yaml", "real.yaml"]
