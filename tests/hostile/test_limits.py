"""The limits of the configuration: what goes beyond them ends a scenario, or the run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Reason
from validator.core.exit_code import ExitCode
from validator.core.result import Report
from validator.run.config import Config, load_config
from validator.run.options import RunOptions
from validator.run.progress import SilentProgress
from validator.run.targets import build_visit_scenario
from validator.scenario.model.page_limits import DEFAULT_LIMITS, Limits
from validator.scenario.model.tag_expectation import TagExpectation

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser, Site


def play(browser: KeptBrowser, urls: list[str], limits: Limits) -> Report:
    scenarios = [
        build_visit_scenario(url, url, TagExpectation(within=15_000), timeout=15_000, secrets=[])
        for url in urls
    ]
    options = RunOptions(run_id="limits", workers=1, limits=limits)
    return browser.play(scenarios, options, SilentProgress())


@pytest.mark.browser
@pytest.mark.parametrize(
    ("limits", "script", "message"),
    [
        (Limits(messages=20), "for (let i = 0; i < 50; i++) console.error(i)", "20 messages"),
        (Limits(requests=20), "for (let i = 0; i < 50; i++) new Image().src = `/${i}`",
         "20 requests"),
        (Limits(scenario_time_ms=1), "setInterval(() => 0)", "longer than 0.001 s"),
    ],
    ids=["messages", "requests", "scenario_time"],
)  # fmt: skip
def test_a_scenario_ends_at_its_limit(
    kept_browser: KeptBrowser, site: Site, limits: Limits, script: str, message: str
) -> None:
    url = site.page("/", f"<!doctype html><p>Thank you<script>{script}</script>")
    (result,) = play(kept_browser, [url], limits).results
    assert isinstance(result.outcome, Breakdown)
    assert result.outcome.reason is Reason.REFUSED
    assert message in result.outcome.message
    assert "limits: {" in result.outcome.hint


@pytest.mark.browser
def test_no_scenario_starts_after_the_time_of_the_run(
    kept_browser: KeptBrowser, site: Site
) -> None:
    urls = [site.page("/one", "<p>One"), site.page("/two", "<p>Two")]
    report = play(kept_browser, urls, Limits(run_time_ms=1))
    assert [result.subject for result in report.results] == urls[:1]
    assert "1 not run: the run took longer than 0.001 s (limits: run_time)" in report.notes
    assert report.failure is ExitCode.BROKEN


def test_limits_are_read_from_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "cn-validator.yaml"
    file.write_text("limits: {messages: 7, scenario_time: 10m, run_time: 1.5s}", encoding="utf-8")
    assert load_config(file).limits == Limits(7, DEFAULT_LIMITS.requests, 600_000.0, 1_500.0)
    assert Config().limits == DEFAULT_LIMITS
