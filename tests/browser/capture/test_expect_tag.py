"""Steps that expect a tag on the way, played in Chromium and judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from validator.core.capture import Breakdown
from validator.core.exit_code import ExitCode
from validator.core.result import Report, Result, Verdict
from validator.run.options import RunOptions
from validator.scenario.load import load_scenarios

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser, Site

Play: TypeAlias = Callable[..., Report]
pytestmark = pytest.mark.browser

SHOP = """<!doctype html><title>Mug</title>
<div class=cn_cart style="display:none">
  <b class=cart_id>c1</b><b class=total_quantity>0</b><b class=total_price>0.00</b></div>
<p class=cn_page_category>Mugs</p><p class=cn_page_category>Cups</p>
<output>€19.00</output>
<button onclick="setTimeout(add, 50)">Add</button>
<button onclick="setTimeout(() => document.querySelector('.cn_cart').remove(), 50)">Log out</button>
<button onclick="setTimeout(search, 50)">Search</button>
<script>
  const add = () => {
    document.querySelector(".cn_cart").outerHTML = `<div class=cn_cart style="display:none">
      <b class=cart_id>c1</b><b class=total_quantity>2</b><b class=total_price>19</b>
      <p class=product_basket_item><b class=quantity>2</b><b class=price>19</b><b class=name>Mug</b>
      <b class=url>https://shop.test/mug</b><b class=product_id>7</b><b class=unit_price>9.5</b></p>
    </div>`;
  };
  const search = () => {
    document.body.insertAdjacentHTML("beforeend",
      "<div class=cn_search style='display:none'><b class=search_text></b></div>");
    setTimeout(() => { document.querySelector(".search_text").textContent = "mug"; }, 50);
  };
</script>
"""


class SilentProgress:
    """Nobody watches."""

    def started(self, name: str) -> None: ...
    def step(self, name: str, title: str) -> None: ...
    def finished(self, result: Result) -> None: ...


@pytest.fixture
def play(site: Site, kept_browser: KeptBrowser, tmp_path: Path) -> Play:
    """Play steps from the shop's page on, until a page that has no purchase tag."""
    site.page("/shop", SHOP)
    site.page("/about", "<!doctype html><h1>About us</h1>")

    def play(*steps: str) -> Report:
        file = tmp_path / "scenario.yaml"
        lines = "\n".join(f"  - {step}" for step in ("goto: /shop", *steps))
        file.write_text(
            f"name: On the way\nbase_url: {site.url}\nsteps:\n{lines}\n"
            "expect: {cn_purchase: none, within: 1s}\n",
            encoding="utf-8",
        )
        scenarios = load_scenarios([file], environ={}, run_id="run")
        return kept_browser.play(scenarios, RunOptions("run"), SilentProgress())

    return play


def told(report: Report) -> list[tuple[str, int | None]]:
    """Return each finding's rule, and the line of the scenario it comes from."""
    return [
        (each.rule, each.scenario.line if each.scenario else None)
        for each in report.results[0].findings
    ]


@pytest.mark.parametrize(
    "steps",
    [
        ["expect_tag: cn_cart"],
        ["expect_tag: {cn_cart: {total_quantity: 0, product_basket_item: 0}}"],
        ["expect_tag: {cn_page_category: {category: Cups}}"],
        ["expect_tag: {cn_page_category: {}, count: 2}"],
        ["expect_tag: {cn_search: none}"],
        ["click: text=Add", "expect_tag: {cn_cart: {total_quantity: 2, total_price: '19,00 €'}}"],
        [
            "save: {sum: output}",
            "click: text=Add",
            "expect_tag: {cn_cart: {total_price: '${sum}'}}",
        ],
        ["click: text=Search", "expect_tag: {cn_search: {search_text: mug}}"],
        ["click: text=Search", "expect_tag: cn_search"],
        ["click: text=Log out", "expect_tag: {cn_cart: none}"],
    ],
    ids=" · ".join,
)
def test_a_tag_that_is_or_becomes_as_expected_is_no_finding(play: Play, steps: list[str]) -> None:
    report = play(*steps)
    assert told(report) == []
    assert report.exit_code is ExitCode.OK


@pytest.mark.parametrize(
    ("step", "rule"),
    [
        ("{cn_search: {}, within: 200ms}", "tag-missing"),
        ("{cn_cart: {total_quantity: 5}, within: 200ms}", "expectation-not-met"),
        ("{cn_cart: {product_basket_item: 1}, within: 200ms}", "expectation-not-met"),
        ("{cn_cart: none, within: 200ms}", "tag-unexpected"),
        ("{cn_page_category: {category: Spoons}, within: 200ms}", "expectation-not-met"),
        ("{cn_page_category: {}, count: 3, within: 200ms}", "tag-count"),
    ],
)
def test_a_tag_that_is_otherwise_is_a_finding_and_the_steps_go_on(
    play: Play, site: Site, step: str, rule: str
) -> None:
    report = play(f"expect_tag: {step}", "goto: /about")
    assert told(report) == [(rule, 5)]
    (result,) = report.results
    (finding,) = result.findings
    assert result.outcome.url == f"{site.url}/about"
    assert finding.location is not None
    assert finding.location.source == f"{site.url}/shop"
    assert report.exit_code is ExitCode.FINDINGS


def test_a_step_may_take_no_longer_than_its_timeout(play: Play) -> None:
    report = play("{expect_tag: cn_search, timeout: 200ms}")
    assert "within 0.2 s" in report.results[0].findings[0].message


def test_an_optional_tag_that_is_not_there_is_passed_over(play: Play) -> None:
    assert told(play("{expect_tag: cn_search, optional: true, timeout: 200ms}")) == []


def test_what_was_wrong_before_a_journey_broke_is_still_said(play: Play) -> None:
    report = play(
        "{expect_tag: cn_search, timeout: 200ms}", "{click: text=Nowhere, timeout: 200ms}"
    )
    (result,) = report.results
    assert isinstance(result.outcome, Breakdown)
    assert told(report) == [("tag-missing", 5)]
    assert (result.verdict, report.exit_code) == (Verdict.BROKEN, ExitCode.FINDINGS)


def test_several_tags_on_the_way_are_judged_each_at_its_step(play: Play) -> None:
    report = play(
        "{expect_tag: cn_search, timeout: 200ms}",
        "click: text=Add",
        "expect_tag: {cn_cart: {total_quantity: 2}}",
        "{expect_tag: {cn_cart: {total_quantity: 3}}, timeout: 200ms}",
    )
    assert told(report) == [("tag-missing", 5), ("expectation-not-met", 8)]
    assert [stop.tag for stop in report.results[0].outcome.stops] == [
        "cn_search",
        "cn_cart",
        "cn_cart",
    ]
