"""``check_html``, ``check_url`` and ``run_scenarios``, as a caller in Python sees them."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import validator
from docs.generate.reference_page import MODULES
from validator import (
    Breakdown,
    ExitCode,
    InputError,
    PageOptions,
    Reason,
    Severity,
    Verdict,
    check_html,
    check_url,
    explain,
    run_scenarios,
)

if TYPE_CHECKING:
    from tests.conftest import Site
    from validator.demo import Demo

GOOD = (
    '<div class="cn_purchase"><b class="purchase_id">7</b><b class="cart_id">c</b>'
    '<b class="total_quantity">1</b><b class="total_price">{}</b></div>'
)


def rules_of(result: validator.Result) -> list[str]:
    return [finding.rule for finding in result.findings if finding.severity is Severity.ERROR]


def test_a_good_tag_passes() -> None:
    assert check_html(GOOD.format("180.75")).verdict is Verdict.PASSED


def test_bytes_are_decoded_as_a_browser_would() -> None:
    page = '<meta charset="windows-1252">' + GOOD.format("1").replace(">c<", ">caña<")
    result = check_html(page.encode("cp1252"))
    assert result.readings[0].event is not None
    assert "caña" in str(result.readings[0].event)


def test_a_wrong_tag_fails_and_is_explained_in_words() -> None:
    result = check_html(GOOD.format("1.234,56"), name="thanks.html")
    assert rules_of(result) == ["decimal-format"]
    assert "recorded by Connectif: 1.234" in explain(result)
    assert "thanks.html:1:" in explain(result)


def test_what_is_expected_is_compared_as_numbers() -> None:
    page = GOOD.format("180.750")
    assert check_html(page, expect={"total_price": Decimal("180.75")}).verdict is Verdict.PASSED
    assert rules_of(check_html(page, expect={"total_price": 9})) == ["expectation-not-met"]


def test_several_tags_or_none_may_be_due() -> None:
    page = GOOD.format("1")
    twice = page + page.replace(">7<", ">8<")
    assert check_html(twice, count=2).verdict is Verdict.PASSED
    assert rules_of(check_html(page, count=2)) == ["tag-count"]
    assert rules_of(check_html(page, count=0)) == ["tag-unexpected"]


def test_rules_can_be_graded() -> None:
    page = GOOD.format("1.234,56")
    assert check_html(page, rules={"decimal-format": "off"}).verdict is Verdict.PASSED
    assert "items-missing" in rules_of(check_html(page, rules={"items-missing": "error"}))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"expect": {"total_prise": 1}}, "no field total_prise"),
        ({"rules": {"decimal-formt": "off"}}, "decimal-format"),
        ({"rules": {"decimal-format": "loud"}}, '"loud" is not a severity'),
        ({"tag": "cn_purchas"}, "did you mean cn_purchase?"),
        ({"schema": "nowhere.json"}, "nowhere.json"),
    ],
    ids=str,
)
def test_what_the_caller_wrote_wrongly_is_an_input_error(
    wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        check_html("<p>", **wrong)  # type: ignore[arg-type]  # what is wrong is the point


def test_a_url_that_is_none_is_an_input_error() -> None:
    with pytest.raises(InputError, match="not a URL"):
        check_url("shop.example/thanks")


@pytest.mark.browser
def test_a_url_is_opened_in_a_real_browser(site: Site) -> None:
    site.page("/thanks", f"<script>document.write({GOOD.format('5')!r})</script>")
    result = check_url(site.url + "/thanks", page=PageOptions(headers={"x-test": "1"}))
    assert result.verdict is Verdict.PASSED
    assert site.headers_of("/thanks")["x-test"] == "1"


@pytest.mark.browser
def test_a_page_that_is_not_there_is_a_breakdown(site: Site) -> None:
    result = check_url(site.url + "/nowhere")
    assert result.verdict is Verdict.BROKEN
    assert isinstance(result.outcome, Breakdown)
    assert result.outcome.reason is Reason.HTTP_ERROR


@pytest.mark.browser
def test_scenarios_run_also_where_an_event_loop_runs_already(
    demo: Demo, shop: dict[str, str], tmp_path: Path
) -> None:
    async def in_a_notebook() -> validator.Report:
        return run_scenarios(
            validator_scenarios() / "bank-transfer.yaml", environ=shop, output=tmp_path
        )

    report = asyncio.run(in_a_notebook())
    assert report.exit_code is ExitCode.OK
    assert [result.verdict for result in report.results] == [Verdict.PASSED]
    assert demo.shop_url in report.results[0].outcome.url
    assert len(list(tmp_path.glob("*/results.ndjson"))) == 1


def validator_scenarios() -> Path:
    from validator.scenario.files import bundled_scenarios

    return bundled_scenarios()


def test_no_scenarios_are_no_pass(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no scenario was named"):
        run_scenarios()
    with pytest.raises(InputError, match="no scenario in this folder"):
        run_scenarios(tmp_path)


def test_importing_the_package_loads_none_of_it() -> None:
    code = "import validator, sys; print(*(m for m in sys.modules if m.startswith('validator')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["validator"]


def test_every_public_name_is_there_and_on_its_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    for name in validator.__all__:
        assert getattr(validator, name) is not None
        assert name in page, name


def test_every_public_name_is_in_the_reference() -> None:
    """``make docs`` writes it, from the modules that ``docs/generate/reference_page.py`` lists."""
    page = (Path(__file__).parents[2] / "docs" / "reference.md").read_text(encoding="utf-8")
    for module in map(importlib.import_module, MODULES):
        for name in module.__all__:
            assert f"### {name}\n" in page, name
            value = getattr(module, name)
            assert isinstance(value, str) or value.__doc__, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'check_pages'"):
        _ = validator.check_pages
