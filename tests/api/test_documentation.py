"""The examples of docs/python.md are executed, against the bundled shop."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from validator import ExitCode
from validator.demo import Demo
from validator.scenario.files import bundled_scenarios

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
EXAMPLES = re.findall(r"^```python\n(.+?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
FIRST, OWN_TEST, SCENARIOS = EXAMPLES


def executed(example: str, **known: object) -> dict[str, Any]:
    names: dict[str, Any] = dict(known)
    exec(compile(example, str(PAGE), "exec"), names)  # noqa: S102 - the example is ours
    return names


def test_the_first_example_prints_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    executed(FIRST)
    assert "decimal-format" in capsys.readouterr().out


@pytest.mark.browser
def test_the_example_of_an_own_test_fails_until_the_order_is_confirmed(
    demo: Demo, sync_page: Page
) -> None:
    buy = executed(OWN_TEST, SHOP=demo.shop_url)["buy"]
    with pytest.raises(AssertionError, match="purchase-tag-missing"):
        buy(sync_page)


@pytest.mark.browser
def test_the_example_with_scenarios_runs_them(
    demo: Demo, shop: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SHOP_URL", "PAYMENT_URL"):
        monkeypatch.setenv(name, shop[name])
    (tmp_path / "scenarios").symlink_to(bundled_scenarios())
    names = executed(SCENARIOS, SHOP=demo.shop_url)
    assert names["report"].exit_code is ExitCode.OK
