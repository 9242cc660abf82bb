"""A page that somebody else drives, by Playwright's sync or async API: watched, and looked at.

What to do is written once for both APIs: see ``playwright_calls``.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import Error

from validator.browser.capture.quiet_watch import TURN_JS, Quiet, QuietWatch
from validator.browser.capture.snapshot import (
    PageSnapshot,
    PageUnreadable,
    decode_snapshot,
    parse_snapshot,
    parse_tag,
)
from validator.browser.capture.watcher import (
    MAX_TAG_CHARS,
    SNAPSHOT_JS,
    TagWait,
    TagWatcher,
    build_init_script,
    evaluate_quiet,
    is_navigation_error,
)
from validator.browser.network.caller_block import block_in_context
from validator.browser.network.playwright_calls import (
    AnyPage,
    PlaywrightCalls,
)
from validator.browser.network.traffic import TrafficPolicy
from validator.browser.page_values import first_line
from validator.core.capture import (
    NO_ACTIVITY,
    Breakdown,
    Capture,
    CapturedTag,
    ConnectifScript,
    Placement,
    Reason,
    SendingDisabledReason,
    hint_for_status,
    reason_for_status,
    utc_timestamp,
)
from validator.core.urls import is_web_url, shorten_url

_SIGNAL_JS = files("validator.browser.capture").joinpath("open_page.js").read_text(encoding="utf-8")
_SNAPSHOT_AND_COUNT_JS = (
    f"(argument) => [window[argument.key]?.changes ?? 0, ({SNAPSHOT_JS})(argument)]"
)
_NEXT_CHANGE_JS = "([key, seen, ms]) => window[key]?.next(seen, ms)"
_RESPONDS_JS = "() => true"
_STATUS_JS = """() => {
  try { return performance.getEntriesByType("navigation")[0].responseStatus; } catch { return 0; }
}"""
"""The HTTP status of the page; 0 where there is none, such as for a file."""
_POLL_INTERVAL_MS = 100
"""How often a page that did not answer at once is asked again: a hidden one draws no frames."""
_FRAME_DEADLINE_MS = 3_000
_SCREENSHOT_MS = 5_000

_LET_THROUGH = (
    "data for Connectif was not answered on this machine: a test order may have reached the account"
)
_LET_THROUGH_HINT = (
    "a route of the test, or unroute_all, came before watch_page: leave Connectif's requests to "
    "route.fallback(), or use Chromium, where routes make no difference"
)
_WATCHERS: WeakKeyDictionary[Any, TagWatcher] = WeakKeyDictionary()
"""The contexts whose pages were watched from their beginning."""


def watch_context(
    page: AnyPage, policy: TrafficPolicy, names: tuple[str, ...]
) -> PlaywrightCalls[None]:
    """Watch a page's whole context from now on: what it sends to Connectif, and when tags come."""
    context: Any = page.context
    if context in _WATCHERS:
        return
    watch = TagWatcher(TagWait(names))

    if policy == "block":
        yield from block_in_context(page)
    watch.traffic.listen(context, policy)
    watch.requests.listen(context)
    for each in context.pages:
        watch.traffic.on_page(each)
        if each.url not in ("", "about:blank"):
            watch.traffic.note_open_document(each)
        watch.requests.on_page(each)
    key = json.dumps(watch.key)
    yield context.add_init_script(f"{_SIGNAL_JS}({key}); {build_init_script(watch.key, names)}")
    _WATCHERS[context] = watch


def take_screenshot(page: AnyPage) -> PlaywrightCalls[bytes | None]:
    """Return a picture of a page as PNG; None for one that cannot give it, such as a closed one."""
    try:
        picture: bytes = yield page.screenshot(timeout=_SCREENSHOT_MS)
    except Error:
        return None
    return picture


def capture_open_page(
    page: AnyPage, awaited: TagWait, within_ms: float, *, without_tag: bool = False
) -> PlaywrightCalls[Capture | Breakdown]:
    """See what tags a page has, once nothing more can come, or at the end of its time.

    ``without_tag`` says that none is expected: then a page that is done is not waited for.
    """
    watch = _WATCHERS.get(page.context)
    if watch and watch.traffic.has_open_document(page):
        watch = None  # what its document did before it was watched is not known
    look = _PageCapture(page, awaited, watch, without_tag)
    try:
        yield page.wait_for_load_state("domcontentloaded")
        yield from look.answers(page.main_frame, max(within_ms, _FRAME_DEADLINE_MS))
        if breakdown := _find_error_page(page.url, (yield page.evaluate(_STATUS_JS))):
            return breakdown
        snapshot = yield from look.wait_until_settled(within_ms)
        hidden = yield from look.iframes()
    except PageUnreadable as error:
        message = f"{shorten_url(page.url)} cannot be read: {error}"
        return Breakdown(Reason.NOT_A_PAGE, message, url=page.url)
    except Error as error:
        return _error_breakdown(page, error)
    if watch and watch.traffic.let_through:
        return Breakdown(Reason.REFUSED, _LET_THROUGH, url=page.url, hint=_LET_THROUGH_HINT)
    defect, hint = snapshot.defect
    if defect:
        message = f"{shorten_url(page.url)} {defect}"
        return Breakdown(Reason.NOT_A_PAGE, message, url=page.url, hint=hint)
    return look.capture(replace(snapshot, tags=snapshot.tags + hidden), within_ms)


def _find_error_page(url: str, status: object) -> Breakdown | None:
    """Return why a page is not the one that was meant: the browser's or the shop's error page."""
    if url.startswith("chrome-error:"):
        message = "the browser shows its own error page: the address could not be opened"
        return Breakdown(Reason.UNREACHABLE, message, url=url)
    # 0 is that of a page without a status, such as a file.
    if not isinstance(status, int) or not status or not (reason := reason_for_status(status)):
        return None
    message = f"{shorten_url(url)} answered HTTP {status}"
    return Breakdown(reason, message, url=url, hint=hint_for_status(status))


def _error_breakdown(page: AnyPage, error: Error) -> Breakdown:
    url = page.url
    if "Timeout" in error.message:
        return Breakdown(Reason.TIMEOUT, f"{shorten_url(url)} does not respond", url=url)
    reason = re.sub(r"^\w+\.\w+: ", "", first_line(error.message))
    return Breakdown(Reason.BROWSER, f"the page could not be looked at: {reason}", url=url)


@dataclass(frozen=True, slots=True)
class _PageCapture:
    page: Any
    """A page of either API."""
    awaited: TagWait
    watch: TagWatcher | None
    """None for a page that was open before anybody watched it."""
    without_tag: bool

    @property
    def key(self) -> str:
        return self.watch.key if self.watch else _FALLBACK_WATCHER.key

    def answers(self, frame: Any, within_ms: float) -> PlaywrightCalls[None]:
        """Raises Playwright's TimeoutError where scripts of a frame never end."""
        yield frame.wait_for_function(_RESPONDS_JS, timeout=within_ms, polling=_POLL_INTERVAL_MS)

    def wait_until_settled(self, within_ms: float) -> PlaywrightCalls[PageSnapshot]:
        end = time.monotonic() + within_ms / 1000
        quiet_watch = QuietWatch(self.page, self.watch.requests) if self.watch else None
        while True:
            try:
                if self.watch is None:
                    yield self.page.evaluate(_SIGNAL_JS, self.key)
                within = max(end - time.monotonic(), 0) * 1000
                changes, text = yield self.page.evaluate(
                    _SNAPSHOT_AND_COUNT_JS, self._argument(within)
                )
                seen = decode_snapshot(text)
                if seen is None:  # the moment between two documents
                    yield self.page.wait_for_load_state("domcontentloaded")
                    continue
                names = (self.awaited.names[0], *self.awaited.required_tags)
                snapshot = parse_snapshot(seen, self.page.url, names)
                remaining = end - time.monotonic()
                quiet = evaluate_quiet(quiet_watch, snapshot, is_settled=self._is_settled(snapshot))
                if remaining <= 0 or quiet in (Quiet.REACHED, Quiet.LEFT):
                    return quiet_watch.complete(snapshot, quiet) if quiet_watch else snapshot
                if quiet is Quiet.TURN:
                    yield self.page.evaluate(TURN_JS, self.key)
                    continue
                wait = [self.key, changes, remaining * 1000]
                yield self.page.evaluate(_NEXT_CHANGE_JS, wait)
            except Error as error:
                if not is_navigation_error(error):
                    raise
                # The page moved on under the look: look at where it went.
                yield self.page.wait_for_load_state("domcontentloaded")

    def _argument(self, within_ms: float = 0.0) -> dict[str, Any]:
        return {
            "key": self.key,
            "names": list(self.awaited.names),
            "needed": list(self.awaited.fields),
            "limit": MAX_TAG_CHARS,
            "remaining": within_ms,
        }

    def _is_settled(self, snapshot: PageSnapshot) -> bool:
        if self.watch is None:
            is_there = snapshot.is_whole and snapshot.filled
            return (is_there or self.without_tag) and snapshot.ready_state == "complete"
        self.watch.awaited = self.awaited
        return self.watch.is_settled(self.page, snapshot, without_tag=self.without_tag)

    def iframes(self) -> PlaywrightCalls[tuple[CapturedTag, ...]]:
        """See the tags in iframes, where the script of the page cannot see them."""
        found: list[CapturedTag] = []
        argument = self._argument() | {"names": list(self.awaited.names[:1])}
        for frame in self.page.frames:
            if frame is self.page.main_frame:
                continue
            try:
                yield from self.answers(frame, _FRAME_DEADLINE_MS)
                seen = decode_snapshot((yield frame.evaluate(SNAPSHOT_JS, argument)))
            except (Error, PageUnreadable):
                # A frame that went away or hangs has no tag to show; its page is judged without it.
                continue
            found += _parse_iframe_tags(seen, frame.url)
        return tuple(found)

    def capture(self, snapshot: PageSnapshot, within_ms: float) -> Capture:
        watch, page = self.watch, self.page
        script = snapshot.script if watch else _without_start_reason(snapshot.script)
        return Capture(
            url=snapshot.url,
            rendered=True,
            activity=snapshot.activity if watch else NO_ACTIVITY,
            tags=snapshot.tags,
            title=snapshot.title,
            waited_ms=within_ms,
            dom_content_loaded_ms=snapshot.dom_content_loaded_ms,
            load_ms=snapshot.load_ms,
            script=script,
            script_reading=snapshot.script_reading,
            sent_events=watch.traffic.events(page) if watch else (),
            requests=watch.traffic.requests(page) if watch else (),
            watched=watch is not None and watch.traffic.is_watched,
            seen_at=utc_timestamp() if is_web_url(page.url) else None,
        )


_FALLBACK_WATCHER = TagWatcher(TagWait())
"""Whose key is used in pages that nobody watched from their beginning."""


def _parse_iframe_tags(seen: dict[str, Any] | None, url: str) -> Iterator[CapturedTag]:
    for item in seen["tags"] if seen else ():
        yield parse_tag(item, url, placement=Placement.IFRAME, css="iframe")


def _without_start_reason(script: ConnectifScript) -> ConnectifScript:
    """Say nothing of what only somebody knows who was there when the page began."""
    shut = {
        gate: why for gate, why in script.shut.items() if gate != SendingDisabledReason.NOT_STARTED
    }
    return replace(script, shut=shut)
