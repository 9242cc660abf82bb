"""What the README names exists, and its picture and the table of fields are not stale.

Its commands are executed with those of the guides: see test_docs.py.
``UPDATE_GOLDEN=1 pytest tests/docs/test_readme.py`` renews the table of fields.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from validator.cli import invoke

README = Path(__file__).parents[2] / "README.md"
FIELDS = README.parent / "docs" / "fields.md"
TEXT = README.read_text(encoding="utf-8")
TABLE = re.compile(r"(?<=<!-- fields: begin -->\n).*(?=<!-- fields: end -->)", re.DOTALL)


def test_every_make_target_it_names_exists() -> None:
    targets = re.findall(r"^(\w+):.*##", (README.parent / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"(?:^|`)make (\w+)", TEXT, re.MULTILINE)) <= set(targets)


def test_the_table_of_fields_is_what_the_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["schema", "cn_purchase", "--table"]) == 0
    table = capsys.readouterr().out
    text = FIELDS.read_text(encoding="utf-8")
    if os.environ.get("UPDATE_GOLDEN"):
        FIELDS.write_text(TABLE.sub(lambda _: table, text), encoding="utf-8")
    found = TABLE.findall(FIELDS.read_text(encoding="utf-8"))
    assert found == [table], "docs/fields.md does not match schemas/: renew it by `make readme`"


def test_the_picture_shows_a_finding_of_a_real_run() -> None:
    svg = (README.parent / "docs" / "terminal.svg").read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", "", svg).replace("&#160;", " ")
    assert "decimal-format" in words
    assert "recorded by Connectif: 133" in words


def test_the_readme_is_short_and_what_it_names_is_there() -> None:
    assert len(TEXT.split()) < 700
    links = re.findall(r"\]\(([^):]+)\)", TEXT)
    assert len(links) > 10
    assert [link for link in links if not (README.parent / link).exists()] == []


def test_the_navigation_of_the_site_has_every_page() -> None:
    folder = README.parent / "docs"
    pages = {page.relative_to(folder).as_posix() for page in folder.rglob("*.md")}
    named = re.findall(r": (\S+\.md)$", (folder.parent / "mkdocs.yml").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(page for page in pages if not page.startswith("generate/"))
