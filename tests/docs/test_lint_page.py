"""docs/lint.md is made of the linter's catalogue: after a change of it, ``make docs``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from validator.lint.catalogue import LINT_RULES
from validator.lint.rule_page import build_markdown

PAGE = Path(__file__).parents[2] / "docs" / "lint.md"


def test_the_page_says_what_the_catalogue_says() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(build_markdown(), encoding="utf-8")
    is_fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == build_markdown()
    assert is_fresh, "docs/lint.md is stale: renew it by `make docs`, and commit it too"


@pytest.mark.parametrize("advice", LINT_RULES)
def test_each_advice_has_its_place_on_the_page(advice: str) -> None:
    assert f"\n## {advice}\n" in build_markdown()
    assert f"| [{advice}](#{advice}) |" in build_markdown()
