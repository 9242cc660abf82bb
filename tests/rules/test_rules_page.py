"""docs/rules.md is made of the catalogue: after adding or changing a rule, ``make docs``."""

from __future__ import annotations

import re

import pytest

from docs.generate.pages import FOLDER, generate
from validator.rules.catalogue import RULES
from validator.rules.rule import Rule

PAGE = generate("rules.md")
STALE = "docs/rules.md does not match the catalogue: renew it by `make docs`, and commit it too"


def test_the_page_says_what_the_catalogue_says() -> None:
    assert (FOLDER / "rules.md").read_text(encoding="utf-8") == PAGE, STALE


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_each_rule_has_its_place_on_the_page(rule: Rule) -> None:
    section = PAGE.partition(f"\n### {rule.id}\n")[2].partition("\n### ")[0]
    assert "*Fix:* " in section
    assert re.search(r"^\*Source:\* \S", section, re.MULTILINE)
    assert f"| [{rule.id}](#{rule.id}) |" in PAGE


def test_nothing_in_a_rules_text_is_taken_for_html() -> None:
    outside_of_code = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"(?<!\\)<(?!https?:|!--)\w*", outside_of_code) == []
