"""Waits for the tag without polling, and takes all that is known of it in one evaluation."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, Error, Frame, Page

from validator.browser.capture.quiet_watch import TURN_JS, Quiet, QuietWatch
from validator.browser.capture.snapshot import (
    PageSnapshot,
    PageUnreadable,
    PageUnresponsive,
    decode_snapshot,
    parse_snapshot,
    parse_tag,
)
from validator.browser.network.pending_requests import PendingRequests
from validator.browser.network.traffic import Traffic, TrafficPolicy
from validator.browser.page_values import page_text
from validator.core.capture import CapturedTag, Placement, TagCheckpoint

MAX_TAG_CHARS = 2_000_000
"""A tag is a few kilobytes; a page must not be able to fill our memory with one."""
FRAME_TIMEOUT_S = 3.0
"""Seconds an iframe may take to answer: a frame that hangs hides nothing else."""
LARGE_CHARS = 50_000
"""Tags of so many characters take longer to evaluate than a thread takes to start."""
MAX_CSS_CHARS = 1_000
T = TypeVar("T")
MAX_SCRIPT_REQUESTS = 2_000
"""Of one document, by fetch, XMLHttpRequest, beacon and history; capture.js lets no more out."""
EXCESS = "excess"
"""What capture.js says when a document makes requests without end."""
_ACTIVITY_JS, _CAPTURE_JS, _SCRIPT_JS, _TEXTS_JS, _LOOK_JS, _PACK_JS = (
    files("validator.browser.capture").joinpath(f"{name}.js").read_text(encoding="utf-8")
    for name in ("activity", "capture", "script", "texts", "look", "pack")
)
SNAPSHOT_JS = (
    f"(argument) => ({_PACK_JS})(({_LOOK_JS})({_SCRIPT_JS}, {_TEXTS_JS})(argument), "
    "window[`${argument.key}_notes`]?.stringify ?? JSON.stringify)"
)
"""Gives what look.js sees, as JSON; null in the moment between two documents."""


def build_init_script(key: str, names: Sequence[str]) -> str:
    """Return the script that runs in every document before those of the page."""
    given = {"key": key, "names": list(names), "mostRequests": MAX_SCRIPT_REQUESTS}
    return f"({_CAPTURE_JS})({_ACTIVITY_JS}, {_TEXTS_JS})({json.dumps(given)})"


@dataclass(frozen=True, slots=True)
class TagWait:
    """What is looked for: the tags' names, and first among them the one that is waited for.

    ``fields`` are those it is not whole without; ``is_recorded`` tells whether the Connectif
    script would send it, so that the sending is waited for too. ``demanded`` are other tags that
    are waited for. ``id_of`` names the purchase of a tag.
    ``is_met`` tells whether there is nothing wrong at a step that expects a tag.
    """

    names: Sequence[str] = ("cn_purchase",)
    fields: Sequence[str] = ()
    is_recorded: Callable[[CapturedTag], bool] = lambda _tag: False
    required_tags: Sequence[str] = ()
    read_purchase_id: Callable[[CapturedTag], str] = lambda _tag: ""
    is_met: Callable[[TagCheckpoint], bool] = lambda _stop: True


class TagWatcher:
    """Watches every page of a context from the first byte of each document."""

    def __init__(self, awaited: TagWait) -> None:
        self.awaited = awaited
        self.traffic = Traffic()
        self.requests = PendingRequests()
        self.on_excess: Callable[[], None] = lambda: None
        """Called when a document makes more requests by script than capture.js lets out."""
        self.key = f"_{secrets.token_hex(8)}"
        self._changed = asyncio.Event()
        self._change_signals: dict[Page, asyncio.Future[None]] = {}

    async def attach(self, context: BrowserContext, policy: TrafficPolicy) -> None:
        def on_page(page: Page) -> None:
            self._change_signals[page] = asyncio.ensure_future(self._attach_change_signal(page))

        self.traffic.on_post = self._changed.set
        self.requests.on_end = self._changed.set
        await self.traffic.attach(context, policy)
        self.requests.listen(context)
        context.on("page", on_page)
        await context.add_init_script(build_init_script(self.key, self.awaited.names))

    async def ready(self, page: Page) -> None:
        """Wait until what changes in a page is told, which a page's first script needs."""
        if page in self._change_signals:
            await self._change_signals[page]

    async def _attach_change_signal(self, page: Page) -> None:
        """Have the page tell when to look again.

        Not by Playwright's own binding: it asks the page's JSON, and a page that has put something
        else there ends the driver, and with it every other page.
        """

        def on_called(event: Mapping[str, Any]) -> None:
            if event["name"] != self.key:
                return
            if event["payload"] == EXCESS:
                self.on_excess()
            self._changed.set()

        with suppress(Error):  # it is closed already, and nobody will look at it
            session = await page.context.new_cdp_session(page)
            session.on("Runtime.bindingCalled", on_called)
            await session.send("Runtime.enable")
            await session.send("Runtime.addBinding", {"name": self.key})

    async def wait_until_settled(
        self, page: Page, within_ms: float, deadline_ms: float, *, without_tag: bool = False
    ) -> PageSnapshot:
        """Return the snapshot of a settled tag, or the last one after ``within_ms``.

        Where nothing has read the tag yet, the page is watched on until nothing is pending that
        could change it or bring a script.

        ``without_tag`` says that none is expected: then a page that is done is not waited for.
        Raises PageUnresponsive where the page does not answer within ``deadline_ms``.
        """

        async def is_done(snapshot: PageSnapshot) -> bool:
            recorded = await _evaluate(snapshot, lambda: self._count_recorded(snapshot))
            return self.is_settled(page, snapshot, without_tag=without_tag, recorded=recorded)

        return await self._until(
            page,
            self.awaited,
            is_done,
            (within_ms, deadline_ms),
            QuietWatch(page, self.requests),
        )

    async def wait_until_met(
        self, page: Page, stop: TagCheckpoint, deadline_ms: float
    ) -> TagCheckpoint:
        """Return the stop with what is there once it is as expected, or at the end of its time.

        Raises PageUnresponsive likewise.
        """

        async def met(snapshot: PageSnapshot) -> bool:
            if snapshot.ready_state == "loading":
                return False
            # Where none is expected, it may come until the page is done.
            if stop.count == 0 and not self.is_settled(page, snapshot, without_tag=True):
                return False
            complete = _complete_checkpoint(stop, page, snapshot)
            return await _evaluate(snapshot, lambda: self.awaited.is_met(complete))

        names = TagWait((stop.tag,))
        snapshot = await self._until(page, names, met, (stop.within_ms, deadline_ms))
        return _complete_checkpoint(stop, page, snapshot)

    async def _until(
        self,
        page: Page,
        awaited: TagWait,
        is_done: Callable[[PageSnapshot], Awaitable[bool]],
        times: tuple[float, float],
        watch: QuietWatch | None = None,
    ) -> PageSnapshot:
        """Look again whenever something changes, until it is done or the first time is over."""
        loop = asyncio.get_running_loop()
        within_ms, deadline_ms = times
        end = loop.time() + within_ms / 1000
        await self.ready(page)
        while True:
            self._changed.clear()
            within = max(end - loop.time(), 0) * 1000
            snapshot = await self._take_snapshot(page, awaited, within, deadline_ms)
            remaining = end - loop.time()
            quiet = evaluate_quiet(watch, snapshot, is_settled=await is_done(snapshot))
            if remaining <= 0 or quiet in (Quiet.REACHED, Quiet.LEFT):
                final = watch.complete(snapshot, quiet) if watch else snapshot
                return await self._with_iframes(page, awaited, final)
            if quiet is Quiet.TURN:
                await self._take_turn(page, deadline_ms)
                continue
            try:
                async with asyncio.timeout(remaining):
                    await self._changed.wait()
            except TimeoutError:
                # One last look: what came at the very end still counts as seen.
                continue

    def _count_recorded(self, snapshot: PageSnapshot) -> int:
        """Return how many of the tags the Connectif script would send."""
        return sum(map(self.awaited.is_recorded, snapshot.there))

    def is_settled(
        self,
        page: Page,
        snapshot: PageSnapshot,
        *,
        without_tag: bool,
        recorded: int | None = None,
    ) -> bool:
        """Tell whether nothing more can come that changes what Connectif will record.

        ``recorded`` is what ``_count_recorded`` returns, where it is known.
        """
        if not all(map(snapshot.script.has_violation, self.traffic.blocked_by_policy(page))):
            # The browser tells the page which directive it was in a task of its own, later.
            return False
        sent = self.traffic.purchases(page)
        # How many purchases are to be sent is not known where what is sent is not read.
        is_known = self.traffic.is_watched
        # Each script there is reads all tags, and sends what it has read.
        if recorded is None:
            recorded = self._count_recorded(snapshot)
        due = recorded * max(snapshot.script.loads, 1)
        return snapshot.is_settled(
            self.traffic.posts(page),
            due - sent if is_known else 0,
            # A page that sends the purchase by itself needs no tag.
            without_tag=without_tag or sent > 0,
        )

    async def _take_snapshot(
        self, page: Page, awaited: TagWait, within_ms: float, deadline_ms: float
    ) -> PageSnapshot:
        try:
            async with asyncio.timeout(deadline_ms / 1000):
                while True:
                    try:
                        seen = await self._look(page.main_frame, awaited, within_ms)
                        if seen is not None:
                            return parse_snapshot(
                                seen, page.url, (awaited.names[0], *awaited.required_tags)
                            )
                    except Error as error:
                        if not is_navigation_error(error):
                            raise
                    # The page moved on under the look: look at where it went.
                    await page.wait_for_load_state("domcontentloaded")
        except TimeoutError as error:
            raise PageUnresponsive from error

    async def _take_turn(self, page: Page, deadline_ms: float) -> None:
        try:
            async with asyncio.timeout(deadline_ms / 1000):
                await page.evaluate(TURN_JS, self.key)
        except TimeoutError as error:
            raise PageUnresponsive from error
        except Error as error:
            if not is_navigation_error(error):
                raise

    async def _with_iframes(
        self, page: Page, awaited: TagWait, snapshot: PageSnapshot
    ) -> PageSnapshot:
        """Add the tags that stand in iframes, where the script of the page cannot see them."""
        frames = [frame for frame in page.frames if frame is not page.main_frame]
        looks = await asyncio.gather(*(self._tags_in_iframe(frame, awaited) for frame in frames))
        found = tuple(tag for tags in looks for tag in tags)
        return replace(snapshot, tags=snapshot.tags + found)

    async def _tags_in_iframe(self, frame: Frame, awaited: TagWait) -> tuple[CapturedTag, ...]:
        try:
            async with asyncio.timeout(FRAME_TIMEOUT_S):
                seen = await self._look(frame, replace(awaited, names=awaited.names[:1]))
                element = await frame.frame_element()
                css = await element.evaluate("e => e.id ? '#' + CSS.escape(e.id) : 'iframe'")
                css = page_text(css, MAX_CSS_CHARS) or "iframe"
        except (Error, TimeoutError, PageUnreadable):
            # A frame that went away or hangs has no tag to show; its page is judged without it.
            return ()
        return tuple(
            parse_tag(item, frame.url, placement=Placement.IFRAME, css=css)
            for item in (seen or {"tags": ()})["tags"]
        )

    async def _look(
        self, frame: Frame, awaited: TagWait, within_ms: float = 0.0
    ) -> dict[str, Any] | None:
        """Return what look.js sees; None in the moment between two documents."""
        argument = {
            "key": self.key,
            "names": list(awaited.names),
            "needed": list(awaited.fields),
            "limit": MAX_TAG_CHARS,
            "remaining": within_ms,
        }
        return decode_snapshot(await frame.evaluate(SNAPSHOT_JS, argument))


async def _evaluate(snapshot: PageSnapshot, evaluate: Callable[[], T]) -> T:
    """Return what an evaluation of a snapshot's tags gives; of large ones, not in the event loop,
    where the other pages would wait for it."""
    if sum(len(tag.html) for tag in snapshot.tags) < LARGE_CHARS:
        return evaluate()
    return await asyncio.to_thread(evaluate)


def evaluate_quiet(watch: QuietWatch | None, snapshot: PageSnapshot, *, is_settled: bool) -> Quiet:
    if watch is None:
        return Quiet.REACHED if is_settled else Quiet.PENDING
    return watch.look(snapshot, is_settled=is_settled)


def is_navigation_error(error: Error) -> bool:
    return "context was destroyed" in error.message or "navigat" in error.message


def _complete_checkpoint(stop: TagCheckpoint, page: Page, snapshot: PageSnapshot) -> TagCheckpoint:
    return replace(stop, url=page.url, tags=snapshot.found)
