"""The HTML report in a real browser: what it shows, how it is used, and that nothing in it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # no types
from playwright.sync_api import Browser, Page, expect, sync_playwright

from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.launch import build_launch
from validator.core.capture import (
    Breakdown,
    Capture,
    CapturedTag,
    Evidence,
    Highlight,
    Navigation,
    PaymentCaseRun,
    PaymentVisit,
    Placement,
)
from validator.core.document import Location
from validator.core.result import Report, Result
from validator.report.html import html_report

pytestmark = pytest.mark.browser

# A picture of four by two pixels.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000004000000020802000000f0ca"
    "ea34000000104944415478da6330489800470cc81c00721a0901b3d3548a00"
    "00000049454e44ae426082"
)
MOMENT = "2026-11-23T10:15:00+01:00"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = find_browser(None, {}, headed=False)
        launch = build_launch(found, headed=False)
        running = playwright.chromium.launch(**launch.arguments)
        yield running
        running.close()


class Shown:
    """A report, opened in a page of its own. ``asked`` is every address the page asked for."""

    def __init__(self, browser: Browser, folder: Path, report: Report, **settings: Any) -> None:
        self.folder = folder
        self.file = folder / "report.html"
        self.file.write_text(html_report(report, folder), encoding="utf-8")
        self.context = browser.new_context(**settings)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.file.as_uri())

    def names(self) -> list[str]:
        """The results that are seen."""
        return self.page.locator(".card:visible > summary strong").all_inner_texts()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    opened: list[Shown] = []

    def one(report: Report, **settings: Any) -> Shown:
        opened.append(Shown(browser, tmp_path, report, **settings))
        return opened[-1]

    yield one
    for shown in opened:
        shown.context.close()


@pytest.fixture
def whole(report: Report, tmp_path: Path) -> Report:
    """A run with all verdicts, a picture with marks, a matrix, and findings at their lines."""
    (tmp_path / "end.png").write_bytes(PNG)
    (tmp_path / "trace.zip").write_bytes(b"PK")
    marks = (
        Highlight("body > main", 1, 1, 2, 1, shown=True),
        Highlight("div.cn_purchase", 0, 1, 4, 0, shown=False),
    )
    failed = report.results[2]
    assert isinstance(failed.outcome, Capture)
    page = "http://127.0.0.1:8800/order-confirmation/7"
    lines = [
        '<div class="cn_purchase">',
        "  <b>7</b>",
        "",
        '    <span class="total_price">1.234,56</span>',
        "</div>",
    ]
    tag = CapturedTag(
        "cn_purchase",
        "\n".join(lines),
        Placement.DOCUMENT,
        Location(page, 40, 3),
        "body > main > div.cn_purchase",
    )
    outcome = replace(
        failed.outcome,
        tags=(tag,),
        evidence=(
            Evidence("screenshot", str(tmp_path / "end.png"), 4, 2, marks),
            Evidence("trace", str(tmp_path / "trace.zip")),
        ),
    )
    results = list(report.results)
    results[2] = replace(failed, outcome=outcome)
    for verdict, values in ((0, "device=Pixel 7, env=staging"), (3, "device=Desktop, env=staging")):
        results.append(
            replace(report.results[verdict], subject=f"Pays by card [{values}]", labels=())
        )
    return replace(report, results=tuple(results))


def test_it_says_at_a_glance_what_the_run_came_to(show: Any, whole: Report) -> None:
    page = show(whole).page
    assert page.title().startswith("3 of 7 failed, 1 could not be checked, then it was interrupted")
    assert page.locator("h1").inner_text() == page.title().removesuffix(" · cn-validator")
    wrong = page.locator(".problems li")
    assert wrong.count() == 4
    assert "total-price-format" in wrong.first.inner_text()
    assert wrong.first.get_by_role("link").count() == 3


def test_nothing_is_asked_of_the_network_and_the_page_has_no_complaint(
    show: Any, whole: Report
) -> None:
    shown = show(whole)
    shown.page.get_by_role("button", name="Open all").click()
    assert [url for url in shown.asked if not url.startswith("data:")] == [shown.file.as_uri()]
    assert shown.complaints == []


def test_a_filter_and_a_search_show_what_fits_and_say_how_much(show: Any, whole: Report) -> None:
    shown = show(whole)
    page = shown.page
    page.get_by_label("3 failed").check()
    assert len(shown.names()) == 3
    expect(page.get_by_role("status")).to_have_text("3 of 7 shown")
    page.get_by_label("Search").fill("TRANSFER item-price")
    assert shown.names() == ["Guest pays by bank transfer"]
    page.get_by_label("Search").fill("no such thing")
    expect(page.get_by_role("status")).to_have_text("Nothing matches.")
    page.get_by_label("Search").press("Escape")
    page.get_by_label("all 7").check()
    assert len(shown.names()) == 7


def test_it_is_used_with_the_keyboard_alone(show: Any, whole: Report) -> None:
    page = show(whole).page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the results")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("customer cash")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("3 failed")).to_be_checked()
    for _ in range(3):
        page.keyboard.press("Tab")
    summary = page.locator(".card:visible > summary")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".card:visible")).not_to_have_attribute("open", "")


def test_a_link_opens_its_result_even_where_a_filter_hides_it(show: Any, whole: Report) -> None:
    page = show(whole).page
    page.get_by_label("3 passed").check()
    page.locator(".problems").get_by_role("link", name="Customer pays cash").first.click()
    card = page.locator(".card", has_text="Customer pays cash on delivery")
    expect(card).to_be_visible()
    expect(card).to_have_attribute("open", "")


def test_a_finding_has_its_place_its_fix_and_its_line_in_the_tag(show: Any, whole: Report) -> None:
    card = show(whole).page.locator(".card", has_text="Guest pays by bank transfer")
    finding = card.locator(".finding").first
    text = re.sub(r"\s+", " ", finding.inner_text())
    for part in (
        "Rendered 1.234,56",
        "Recorded by Connectif 1.234",
        "How to fix Print the number",
        "Scenario scenarios/bank-transfer.yaml:21:3",
    ):
        assert part in text
    hit = card.locator(".code li.hit", has_text="finding 1")
    assert hit.locator(".no").inner_text() == "43"
    assert hit.locator("mark").inner_text() == "1.234,56"
    differing = card.locator("tr.differs")
    assert [row.split("\t")[:3] for row in differing.all_inner_texts()] == [
        ["total_price", "1.234,56", "1.234"],
        ["unit_price of product 1", "€ 617,28", "nothing"],
    ]


def test_what_explains_several_findings_is_said_once(show: Any, whole: Report) -> None:
    finding = whole.results[2].findings[0]
    twice = replace(whole.results[2], findings=(finding, replace(finding, pointer="/x")))
    page = show(replace(whole, results=(twice,))).page
    assert page.locator(".fix").count() == 1
    assert "as for finding 1" in page.locator(".finding").nth(1).inner_text()


def test_a_rule_of_the_catalogue_shows_before_and_after(show: Any, whole: Report) -> None:
    page = show(whole).page
    page.get_by_role("button", name="Open all").click()
    example = page.locator(".example").first
    example.locator("summary").click()
    expect(example.locator("figure").nth(1)).to_contain_text('<span class="cart_id">')


def test_the_picture_is_embedded_and_frames_the_place(show: Any, whole: Report) -> None:
    photo = show(whole).page.locator(".photo")
    image = photo.locator("img")
    assert image.evaluate("e => [e.naturalWidth, e.naturalHeight]") == [4, 2]
    assert photo.locator("svg rect").count() == 1
    assert photo.locator("svg line").count() == 1
    assert "At the line (invisible): div.cn_purchase" in photo.inner_text()
    narrow = image.bounding_box()
    photo.get_by_role("button").click()
    wide = image.bounding_box()
    assert narrow
    assert wide
    assert wide["width"] > 1.5 * narrow["width"]


def test_evidence_is_linked_to_by_its_relative_path(show: Any, whole: Report) -> None:
    links = show(whole).page.locator(".evidence a")
    assert [link.get_attribute("href") for link in links.all()][:2] == ["./end.png", "./trace.zip"]


def test_the_matrix_has_a_column_for_each_combination(show: Any, whole: Report) -> None:
    table = show(whole).page.locator("table.matrix")
    assert table.locator("thead th").all_inner_texts() == [
        "Scenario",
        "device=Pixel 7\nenv=staging",
        "device=Desktop\nenv=staging",
    ]
    assert table.locator("tbody td").all_inner_texts() == ["passed", "failed"]


def test_what_was_tried_on_the_way_back_is_told_with_its_hops(show: Any, whole: Report) -> None:
    failed = whole.results[2]
    assert isinstance(failed.outcome, Capture)
    hops = (
        Navigation("https://bank.example", "/pay", "POST", 303, 12.0, "form"),
        Navigation("https://shop.example", "/back", "GET", None, 90.0, failure="net::ERR_FAILED"),
    )
    trip = PaymentVisit(
        Location("s.yaml", 1), "https://bank.example/pay", "never", 1, 1, "", outcome="cancelled"
    )
    case = PaymentCaseRun("fault", "session_lost", "no cookies were sent", (), 1, "1042", "orders")
    outcome = replace(failed.outcome, hops=hops, payments=(trip,), case=case)
    page = show(replace(whole, results=(replace(failed, outcome=outcome),))).page
    page.get_by_role("button", name="Open all").click()
    page.get_by_text("Navigations to the payment page and back").click()
    body = " ".join(page.locator(".card").inner_text().split())
    assert (
        "No cookies were sent: 0 of 1 purchase would be recorded. The shop has order 1042." in body
    )
    assert "cancelled, as the scenario says" in body
    assert "12ms POST https://bank.example/pay 303 form page" in body
    assert "90ms GET https://shop.example/back net::ERR_FAILED page" in body


def test_a_payment_trip_and_the_steps_have_their_times(show: Any, whole: Report) -> None:
    page = show(whole).page
    card = page.locator(".card", has_text="Guest pays by card at the bank's page")
    page.get_by_role("button", name="Open all").click()
    assert (
        "came back automatically after 640ms, 10.0s allowed" in card.locator(".trip").inner_text()
    )
    broken = page.locator(".card.broken")
    assert "15.0s" in broken.locator(".steps li.failed").inner_text()


def test_a_run_of_nothing_says_so(show: Any) -> None:
    page = show(Report((), "r1", MOMENT)).page
    assert page.locator("h1").inner_text() == "Nothing was checked"
    assert page.locator(".top.broken").count() == 1
    expect(page.get_by_label("Search")).not_to_be_visible()


def test_on_paper_everything_is_open(show: Any, whole: Report) -> None:
    page = show(whole).page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


HOSTILE = (
    "<script>window.ran = 1</script>",
    "</script><img src=x onerror='window.ran = 1'>",
    "</style><svg onload='window.ran = 1'>",
    "'\"><a href='javascript:window.ran=1' autofocus onfocus='window.ran=1'>",
    "{{ 7 * 7 }}{% raw %}",
    "</textarea></pre></code><iframe srcdoc='<script>parent.ran=1</script>'>",
)


def everywhere(report: Report, text: str) -> Report:
    """A report in which a page said this wherever a page can say something."""
    failed, broken = report.results[2], report.results[4]
    assert isinstance(failed.outcome, Capture)
    assert isinstance(broken.outcome, Breakdown)
    finding = replace(
        failed.findings[0],
        message=text,
        actual=text,
        recorded=text,
        expected=text,
        rule=text,
        hint=text,
        why=text,
        location=Location(text, 1, 1, text),
        scenario=Location(text, 1, 1),
    )
    reading = failed.readings[0]
    reading = replace(
        reading,
        tag=text,
        fields=(replace(reading.fields[2], text=text, recorded=text),),
        lost_because=text,
    )
    tag = replace(failed.outcome.tags[0], name=text, html=text, origin=Location(text, 1, 1))
    request = replace(failed.outcome.requests[0], url=text, failure=text)
    event = replace(
        failed.outcome.sent_events[0], type=text, payload=MappingProxyType({text: text})
    )
    outcome = replace(
        failed.outcome,
        url=text,
        tags=(tag,),
        requests=(request,),
        sent_events=(event,),
        console_errors=(text,),
        evidence=(Evidence(text, f"javascript:{text}"),),
        steps=(replace(failed.outcome.steps[0], title=text),),
    )
    results: tuple[Result, ...] = (
        replace(
            failed,
            subject=text,
            outcome=outcome,
            findings=(finding,),
            readings=(reading,),
            labels=(text,),
        ),
        replace(
            broken,
            subject=f"x [a={text}]",
            outcome=replace(broken.outcome, message=text, url=text, hint=text),
        ),
    )
    return replace(report, results=results, run_id=text, notes=(text,), versions={"browser": text})


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_page_says_is_shown_and_never_runs(show: Any, report: Report, text: str) -> None:
    shown = show(everywhere(report, text))
    page: Page = shown.page
    page.get_by_role("button", name="Open all").click()
    assert page.evaluate("window.ran") is None
    assert page.locator("script").count() == 1
    assert page.locator("main iframe, main img, [onerror], [onfocus], [onload]").count() == 0
    hrefs = page.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert all(href.startswith(("#", "./")) for href in hrefs)
    assert page.locator("main").inner_text().count(text) > 10
    assert shown.complaints == []
    page.get_by_label("Search").fill(text.split()[0])
    assert len(shown.names()) >= 1


def test_a_script_that_got_into_the_page_would_be_stopped(show: Any, whole: Report) -> None:
    shown = show(whole)
    refused: list[str | None] = []
    shown.page.on("requestfailed", lambda request: refused.append(request.failure))
    shown.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = 1";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", "<img src='http://127.0.0.1:9/x.png'>");
        }"""
    )
    assert shown.page.evaluate("window.ran") is None
    assert len([text for text in shown.complaints if "Content Security Policy" in text]) >= 2
    assert refused == ["csp"]


def test_what_is_no_picture_is_not_embedded(report: Report, tmp_path: Path) -> None:
    secret = tmp_path / "private.txt"
    secret.write_text("of nobody's concern", encoding="utf-8")
    outcome = replace(report.results[2].outcome, evidence=(Evidence("screenshot", str(secret)),))
    html = html_report(replace(report, results=(replace(report.results[2], outcome=outcome),)))
    assert "data:image" not in html
    assert "nobody" not in html


PHONE = {"width": 360, "height": 740}


@pytest.mark.parametrize(
    "settings",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": PHONE, "has_touch": True}],
    ids=["light", "dark", "phone"],
)
def test_axe_finds_nothing_that_keeps_anybody_out(
    show: Any, whole: Report, settings: dict[str, Any]
) -> None:
    page = show(whole, **settings).page
    page.get_by_role("button", name="Open all").click()
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 20


def test_nothing_is_cut_off_on_a_phone(show: Any, whole: Report) -> None:
    page = show(whole, viewport=PHONE).page
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
