"""docs/lint.md is made of the linter's catalogue: after a change of it, ``make docs``."""

from __future__ import annotations

import pytest

from docs.generate.pages import FOLDER, generate
from validator.lint.catalogue import LINT_RULES

PAGE = generate("lint.md")


def test_the_page_says_what_the_catalogue_says() -> None:
    is_fresh = (FOLDER / "lint.md").read_text(encoding="utf-8") == PAGE
    assert is_fresh, "docs/lint.md is stale: renew it by `make docs`, and commit it too"


@pytest.mark.parametrize("advice", LINT_RULES)
def test_each_advice_has_its_place_on_the_page(advice: str) -> None:
    assert f"\n## {advice}\n" in PAGE
    assert f"| [{advice}](#{advice}) |" in PAGE
