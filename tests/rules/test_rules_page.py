"""docs/rules.md is made of the catalogue: after adding or changing a rule, ``make docs``."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from validator.rules.catalogue import RULES
from validator.rules.catalogue_export import catalogue_markdown
from validator.rules.rule import Rule

PAGE = Path(__file__).parent.parent.parent / "docs" / "rules.md"
STALE = """docs/rules.md does not say what the catalogue says. Renew it, and commit it too:

    make docs

    (or: UPDATE_GOLDEN=1 pytest -q tests/rules/test_rules_page.py)
"""


def test_the_page_says_what_the_catalogue_says() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(catalogue_markdown(), encoding="utf-8")
    is_fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == catalogue_markdown()
    assert is_fresh, STALE


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_each_rule_has_its_place_on_the_page(rule: Rule) -> None:
    section = catalogue_markdown().partition(f"\n### {rule.id}\n")[2].partition("\n### ")[0]
    assert "*Fix:* " in section
    assert re.search(r"^\*Source:\* \S", section, re.MULTILINE)
    assert f"| [{rule.id}](#{rule.id}) |" in catalogue_markdown()


def test_nothing_in_a_rules_text_is_taken_for_html() -> None:
    outside_of_code = re.sub(
        r"^```.*?^```$", "", catalogue_markdown(), flags=re.MULTILINE | re.DOTALL
    )
    assert re.findall(r"(?<!\\)<(?!https?:|!--)\w*", outside_of_code) == []
