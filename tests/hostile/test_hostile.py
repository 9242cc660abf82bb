"""Hostile pages beside others in one browser: each has its own verdict, and harms no other.

``pages.yaml`` has the pages.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from validator.core.capture import Breakdown
from validator.core.result import Report, Result
from validator.run.options import RunOptions
from validator.run.progress import SilentProgress
from validator.run.targets import build_visit_scenario
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser

pytestmark = pytest.mark.browser

PAGES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "pages.yaml").read_text(encoding="utf-8")
)
NEIGHBOURS = {
    "at-once": ("{TAG}", "passed"),
    "late": ("<p id=x><script>setTimeout(() => x.outerHTML = {TAGJS}, 1500)</script>", "passed"),
    "fetched": ("<p id=x><script>fetch('/tag').then(a => a.text()).then(t => x.outerHTML = t)"
                "</script>", "passed"),
    "wrong": ("{TAG}<script>document.querySelector('.total_price').textContent = '180,75'"
              "</script>", "failed"),
}  # fmt: skip
"""Page → its body and its verdict."""


def tag() -> str:
    fields = {
        "purchase_id": "H-1042",
        "cart_id": "c1042",
        "purchase_date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "total_quantity": "3",
        "total_price": "180.75",
        "payment_method": "Credit card",
    }
    item = {
        "quantity": "3",
        "price": "180.75",
        "url": "https://shop.example/p/9658",
        "product_id": "pr9658",
        "name": "Kettle",
        "unit_price": "60.25",
        "image_url": "https://shop.example/i.jpg",
        "availability": "InStock",
    }
    spans, parts = (
        "".join(f'<span class="{name}">{text}</span>' for name, text in each.items())
        for each in (fields, item)
    )
    return f'<div class="cn_purchase">{spans}<div class="product_basket_item">{parts}</div></div>'


def answer(page: Mapping[str, Any]) -> bytes:
    """Return all that the server sends for a page."""

    def filled(text: str) -> str:
        js = json.dumps(tag()).replace("</", "<\\/")
        return text.replace("{TAGJS}", js).replace("{TAG}", tag())

    if "answer" in page:
        return filled(page["answer"]).encode("latin-1")
    before = page.get("before", {"text": "", "times": 0})
    body = before["text"] * before["times"] + page.get("html", "")
    text = filled(page.get("raw", f"<!doctype html><title>Thank you</title>{body}")).encode()
    kind = page.get("type", "text/html; charset=utf-8")
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(text)}\r\n"
    return f"{head}connection: close\r\n\r\n".encode() + text


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of all pages, whose answers need not be HTTP."""
    answers = {f"/{page['id']}": answer(page) for page in PAGES}
    answers |= {f"/{name}": answer({"html": html}) for name, (html, _) in NEIGHBOURS.items()}
    answers |= {"/ok": answer({"raw": "ok"}), "/tag": answer({"raw": "{TAG}"})}

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline().decode("latin-1").split()
            while self.rfile.readline().strip():
                pass
            if len(line) > 1:
                path = line[1].partition("?")[0]
                self.wfile.write(answers.get(path, b"HTTP/1.1 404 Not Found\r\n\r\n"))

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Pass over browsers that have moved on."""

    with Server(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def play(names: Sequence[str], server: str, browser: KeptBrowser) -> Mapping[str, Result]:
    """Play pages at the same time. Returns page → its result."""

    def scenario(name: str) -> Scenario:
        expect = TagExpectation(within=5_000)
        return build_visit_scenario(name, f"{server}/{name}", expect, timeout=30_000, secrets=[])

    options = RunOptions(run_id="hostile", workers=4)
    report: Report = browser.play(list(map(scenario, names)), options, SilentProgress())
    return {result.subject: result for result in report.results}


def explain(result: Result) -> str:
    outcome = result.outcome
    if isinstance(outcome, Breakdown):
        return outcome.message
    return " ".join(finding.rule for finding in result.findings)


@pytest.fixture(scope="module")
def quick(server: str, kept_browser: KeptBrowser) -> Mapping[str, Result]:
    """The results of the pages that are over soon, which are played together."""
    names = [page["id"] for page in PAGES if not page.get("slow")]
    return play([*names, *NEIGHBOURS], server, kept_browser)


def check(page: Mapping[str, Any], result: Result) -> None:
    shown = (result.verdict.value, explain(result))
    assert result.verdict.value in page["right"], shown
    if result.verdict.value != "passed":
        assert page.get("says", "") in explain(result), shown


@pytest.mark.parametrize("page", [p for p in PAGES if not p.get("slow")], ids=lambda p: p["id"])
def test_a_hostile_page_has_the_right_verdict(
    page: Mapping[str, Any], quick: Mapping[str, Result]
) -> None:
    check(page, quick[page["id"]])


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_the_pages_beside_are_not_harmed(name: str, quick: Mapping[str, Result]) -> None:
    assert quick[name].verdict.value == NEIGHBOURS[name][1], explain(quick[name])


@pytest.mark.hostile
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["id"])
def test_a_hostile_page_harms_no_other(
    page: Mapping[str, Any], server: str, kept_browser: KeptBrowser
) -> None:
    results = play([page["id"], *NEIGHBOURS], server, kept_browser)
    verdicts = {name: results[name].verdict.value for name in NEIGHBOURS}
    assert verdicts == {name: right for name, (_, right) in NEIGHBOURS.items()}
    check(page, results[page["id"]])
