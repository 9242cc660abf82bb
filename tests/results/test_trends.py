"""The history as a page, in a real browser: verdicts, releases, flaky scenarios and times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # no types
from playwright.sync_api import Browser, Page, expect, sync_playwright

from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.launch import build_launch
from validator.results.history import load_release_statistics, load_saved_runs, save_run
from validator.results.run_summary import ResultSummary, RunSummary
from validator.results.trends import MAX_RUNS, render_trends

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
HOSTILE = '<img src=x onerror=alert(1)> "card" \u202e'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = find_browser(None, {}, headed=False)
        running = playwright.chromium.launch(**build_launch(found, headed=False).arguments)
        yield running
        running.close()


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def save(history: Path, number: int, release: str, *results: ResultSummary, **more: Any) -> None:
    started = f"2026-11-{number % 28 + 1:02}T10:15:00+01:00"
    save_run(history, RunSummary(f"r{number}", results, started), release, **more)


def card(
    verdict: str = "passed", tag_ms: float | None = 120.0, pay: float = 900.0
) -> ResultSummary:
    steps = (("goto /", 200.0), ("click Pay", pay))
    return ResultSummary("Pays by card", verdict, steps=steps, tag_ms=tag_ms)


@pytest.fixture
def whole(history: Path, tmp_path: Path) -> Path:
    """Three releases; a scenario that is flaky, one that fails, one that is new."""
    other = ResultSummary(HOSTILE, "failed")
    (tmp_path / "report 5.html").write_text("the report", encoding="utf-8")
    save(history, 1, "1.0", card())
    save(history, 2, "1.0", card("broken", None), other)
    save(history, 3, "1.0", card(), other)
    save(history, 4, "2.0", card(), other, report=tmp_path / "gone.html")
    save(history, 5, "2.0", card(tag_ms=480.0, pay=1_500), other, report=tmp_path / "report 5.html")
    return history


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    contexts = []

    def one(history: Path, **settings: Any) -> tuple[Page, list[str]]:
        file = tmp_path / "trends.html"
        page_text = render_trends(
            load_saved_runs(history), load_release_statistics(history), tmp_path
        )
        file.write_text(page_text, encoding="utf-8")
        contexts.append(browser.new_context(**settings))
        page, seen = contexts[-1].new_page(), []
        page.on("request", lambda request: seen.append(request.url))
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.goto(file.as_uri())
        return page, seen

    yield one
    for context in contexts:
        context.close()


def test_the_grid_has_a_verdict_for_each_scenario_and_run(show: Any, whole: Path) -> None:
    page, seen = show(whole)
    rows = page.locator(".grid tbody tr")
    texts = [row.locator("td .off").all_inner_texts() for row in rows.all()]
    other, pays = [[text.partition(":")[0] for text in row] for row in texts]
    assert pays == ["passed", "broken", "passed", "passed", "passed"]
    assert other == ["not run", "failed", "failed", "failed", "failed"]
    assert seen == [page.url]


def test_releases_span_their_runs_and_are_marked_where_they_begin(show: Any, whole: Path) -> None:
    page, _ = show(whole)
    heads = page.locator(".grid thead th[scope=colgroup]")
    assert heads.all_inner_texts() == ["1.0", "2.0"]
    assert [head.get_attribute("colspan") for head in heads.all()] == ["3", "2"]
    assert page.locator(".grid tbody td.begins").count() == 2
    assert page.locator(".times .plot").first.locator(".begin").count() == 1


def test_a_verdict_leads_to_the_report_of_its_run_where_that_is_kept(
    show: Any, whole: Path
) -> None:
    page, _ = show(whole)
    links = page.locator(".grid a.cell")
    assert links.count() == 2  # the fifth run, in both rows
    links.first.click()
    expect(page.locator("body")).to_have_text("the report")


def test_a_report_that_was_written_anew_is_that_of_its_last_run(
    show: Any, history: Path, tmp_path: Path
) -> None:
    (tmp_path / "report.html").write_text("the report", encoding="utf-8")
    for number in (1, 2):
        save(history, number, "", card(), report=tmp_path / "report.html")
    page, _ = show(history)
    assert page.locator(".grid td").nth(0).locator("a").count() == 0
    assert page.locator(".grid td").nth(1).locator("a").count() == 1


def test_flaky_scenarios_are_named_with_their_verdicts(show: Any, whole: Path) -> None:
    page, _ = show(whole)
    assert page.get_by_text("1 scenario is flaky.").is_visible()
    (named,) = page.locator(".flaky-list li").all_inner_texts()
    assert named == "Pays by card 1.0: 2 passed, 1 broken"


def test_times_are_lines_with_a_gap_where_a_run_has_none(show: Any, whole: Path) -> None:
    page, _ = show(whole)
    tag, steps = page.locator(".times .plot").all()
    assert tag.get_attribute("aria-label") == (
        "Until the first tag was there over 5 runs. "
        "first tag: 120ms to 480ms, in the last run 480ms. "
    )
    assert tag.locator("polyline").count() == 2
    assert tag.locator("circle").count() == 4
    assert page.locator(".times .legend li").all_inner_texts()[1:] == [
        "all steps: 1.1s to 1.7s, in the last run 1.7s",
        "click Pay: 900ms to 1.5s, in the last run 1.5s",
        "goto /: 200ms, in the last run 200ms",
    ]
    assert steps.locator("polyline").count() == 3


def test_of_many_runs_the_latest_are_shown(show: Any, history: Path) -> None:
    for number in range(MAX_RUNS + 3):
        moment = f"2026-10-01T{number // 60:02}:{number % 60:02}:00+00:00"
        save_run(history, RunSummary(f"r{number}", (card(),), moment), "1")
    page, _ = show(history, viewport=PHONE)
    assert page.get_by_text(f"The last {MAX_RUNS} runs. 3 earlier runs are not shown.").is_visible()
    expect(page.locator(".grid td").last).to_be_in_viewport()


def test_names_are_text_and_never_run(show: Any, whole: Path) -> None:
    page, seen = show(whole)
    assert page.locator("img").count() == 0
    shown = '<img src=x onerror=alert(1)> "card" \\u202e'
    assert page.locator(".grid tbody th").first.inner_text() == shown
    assert seen == [page.url]


@pytest.mark.parametrize(
    "settings",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": PHONE, "has_touch": True}],
    ids=["light", "dark", "phone"],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    show: Any, whole: Path, settings: dict[str, Any]
) -> None:
    page, _ = show(whole, **settings)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] == width[1]
