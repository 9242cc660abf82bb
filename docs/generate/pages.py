"""The generated pages, and the generated tables in other pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from docs.generate.key_tables import (
    fake_table,
    key_table,
    locator_table,
    run_table,
    step_table,
)
from docs.generate.lint_page import lint_page
from docs.generate.reference_page import reference_page
from docs.generate.rules_page import rules_page

FOLDER = Path(__file__).parents[1]
PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"rules.md": rules_page, "lint.md": lint_page, "reference.md": reference_page}
)
TABLES: Mapping[str, Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "scenarios.md": {
            "steps": lambda: step_table(actions=True),
            "options": lambda: step_table(actions=False),
            "locators": locator_table,
            "run": run_table,
            "fake": fake_table,
            "keys": lambda: key_table("scenario"),
        },
        "configuration.md": {
            "keys": lambda: key_table("config"),
            "settings": lambda: key_table("config", "settings"),
        },
    }
)
"""Page → name of a table → its text. Comments with the name enclose the table in the page."""


def generate(page: str) -> str:
    """Return a page with everything in it that is generated. Raises OSError."""
    if page in PAGES:
        return PAGES[page]()
    text = (FOLDER / page).read_text(encoding="utf-8")
    for name, table in TABLES[page].items():
        text = _replace_table(text, name, table())
    return text


def find_tables(text: str, name: str) -> list[str]:
    """Return the tables of this name in the text of a page."""
    return _between_comments(name).findall(text)


def _replace_table(text: str, name: str, table: str) -> str:
    return _between_comments(name).sub(lambda _: table, text)


def _between_comments(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name}: begin -->\n).*?(?=<!-- {name}: end -->)", re.DOTALL)
