"""docs/language.md and docs/lint.md are made by ``make docs``: never stale."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from validator.document import Json
from validator.lint.catalogue import ADVICE
from validator.lint.manual import as_markdown as lint_page
from validator.readers import read_yaml
from validator.scenario.grammar import scenario_findings
from validator.scenario.language_page import as_markdown, flow
from validator.scenario.steps import STEPS

DOCS = Path(__file__).parents[2] / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "language.md": lambda: as_markdown("scenario"),
    "lint.md": lint_page,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_fresh(name: str) -> None:
    page = DOCS / name
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(PAGES[name](), encoding="utf-8")
    is_fresh = page.is_file() and page.read_text(encoding="utf-8") == PAGES[name]()
    assert is_fresh, f"docs/{name} is stale: renew it by `make docs`, and commit it too"


@pytest.mark.parametrize("kind", [*STEPS, "include"])
def test_every_step_has_a_section_with_an_example(kind: str) -> None:
    section = as_markdown("scenario").partition(f"\n### `{kind}`\n")[2].partition("\n##")[0]
    assert f"- {kind}: " in section


def test_every_example_of_a_step_is_a_step() -> None:
    blocks = as_markdown("scenario").split("```yaml\n")[1:]
    examples = [line for block in blocks for line in block.partition("```")[0].splitlines()]
    assert len(examples) > 20
    text = "name: A\nsteps:\n" + "\n".join(f"  {example}" for example in examples)
    assert scenario_findings(read_yaml(text, "examples.yaml")) == []


def test_every_advice_has_a_section() -> None:
    for advice in ADVICE:
        assert f"\n## {advice}\n" in lint_page()


@pytest.mark.parametrize("value", [{"a": [1, True, "x: y"], "b": {}}, "no", 2, ["12.50"]])
def test_a_value_on_one_line_reads_back_as_itself(value: Json) -> None:
    assert read_yaml(f"x: {flow(value)}", "t.yaml").data == {"x": value}
