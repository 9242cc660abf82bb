"""Pages whose scripts change the browser under the tool: they harm themselves at the most."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest

from validator.browser.capture.watcher import TagWait
from validator.browser.visit import visit
from validator.core.capture import Breakdown, Capture, CapturedTag
from validator.core.page_options import PageOptions
from validator.scenario.model.scenario import Scenario

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser, Site

Look: TypeAlias = Callable[..., Capture | Breakdown]

pytestmark = pytest.mark.browser

TAG = '<div class="cn_purchase"><b class="purchase_id">1042</b></div>'


@pytest.mark.parametrize(
    "script",
    [
        'JSON.stringify = () => "x"',
        'Object.defineProperty(JSON, "stringify", {get() { throw 1 }})',
        'JSON = {parse: () => ({})}',
        "Object.prototype.toJSON = () => 1",
        "Array.prototype.toJSON = () => 1",
        "Object.prototype.tags = Object.prototype.name = 7",
    ],
)  # fmt: skip
def test_the_tag_is_seen_whatever_the_page_makes_of_json(
    look: Look, site: Site, script: str
) -> None:
    late = f"<script>{script}; setTimeout(() => document.body.innerHTML += `{TAG}`, 50)</script>"
    capture = look(site.page("/", f"<!doctype html><body>{late}"))
    assert isinstance(capture, Capture), capture
    assert [tag.html for tag in capture.tags] == [TAG]


def test_a_page_that_answers_nonsense_is_broken_and_says_so(look: Look, site: Site) -> None:
    script = "<script>String.prototype.toWellFormed = () => ({}); Array.isArray = () => 1</script>"
    outcome = look(site.page("/", script + TAG))
    assert isinstance(outcome, Breakdown)
    assert "cannot be read: its scripts replace functions of the browser" in outcome.message


def test_a_page_finds_nothing_by_which_the_tool_could_be_woken(look: Look, site: Site) -> None:
    names = "Object.getOwnPropertyNames(window).filter(each => /^_[0-9a-f]{16}$/.test(each))"
    script = f"<script>document.title = 'found: ' + {names}</script>"
    capture = look(site.page("/", f"<!doctype html>{TAG}{script}"))
    assert isinstance(capture, Capture)
    assert capture.title == "found:"


@pytest.mark.parametrize(
    "flood",
    [
        "for (let i = 0; i < 20000; i++) console.error('e'.repeat(10000))",
        "for (let i = 0; i < 20000; i++) setTimeout(() => { throw new Error('e' + i) })",
        "for (let i = 0; i < 20000; i++) Promise.reject(new Error('e' + i))",
    ],
)
def test_a_flood_of_messages_is_stopped_in_the_page(look: Look, site: Site, flood: str) -> None:
    started = time.monotonic()
    capture = look(site.page("/", f"<!doctype html>{TAG}<script>{flood}</script>"))
    assert isinstance(capture, Capture)
    assert [tag.html for tag in capture.tags] == [TAG]
    assert len(capture.console_errors) == 20
    assert time.monotonic() - started < 20


def test_a_large_tag_is_evaluated_beside_the_event_loop_of_the_other_pages(
    scenario: Callable[..., Scenario], kept_browser: KeptBrowser, site: Site
) -> None:
    threads = set()

    def note_thread(_tag: CapturedTag) -> bool:
        threads.add(threading.current_thread())
        return False

    async def look() -> Capture | Breakdown:
        played = scenario(site.page("/", f"<!doctype html>{TAG.replace('1042', '1042 ' * 20_000)}"))
        awaited = TagWait(is_recorded=note_thread)
        async with (
            kept_browser.open() as session,
            visit(session, played, PageOptions(), awaited=awaited) as seen,
        ):
            return seen.outcome

    assert isinstance(kept_browser.run(look()), Capture)
    assert threads
    assert threading.current_thread() not in threads
