"""Waits for the tag without polling, and takes all that is known of it in one evaluation."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from playwright.async_api import BrowserContext, Error, Frame, Page

from validator.browser.journey import PageUnresponsive
from validator.browser.traffic import Policy, Traffic
from validator.capture import CapturedTag, ConnectifScript, CspViolation, Gate, Placement
from validator.document import Json, Location

MAX_TAG_CHARS = 2_000_000
"""A tag is a few kilobytes; a page must not be able to fill our memory with one."""
FRAME_DEADLINE = 3.0
"""Seconds an iframe may take to answer: a frame that hangs hides nothing else."""
SHUT_FOR_GOOD = frozenset({Gate.TRACKING_OFF, Gate.DOMAIN, Gate.EXCLUDED, Gate.NOT_INCLUDED})
"""With these nothing is sent; with the others a page may still send what it likes."""

_CAPTURE_JS = files("validator.browser").joinpath("capture.js").read_text(encoding="utf-8")
_SCRIPT_JS = files("validator.browser").joinpath("script.js").read_text(encoding="utf-8")
_LOOK_JS = files("validator.browser").joinpath("look.js").read_text(encoding="utf-8")
_LOOK = f"({_LOOK_JS})({_SCRIPT_JS})"


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look at a page saw. Times are milliseconds since its navigation start."""

    awaited: str
    """The name of the tag that is waited for: only for it is settled what is settled."""
    tags: tuple[CapturedTag, ...]
    blank: bool
    """Whether there is nothing in the document at all."""
    filled: bool
    """Whether each tag of the page has all that the script needs to record it."""
    title: str
    ready_state: str
    dom_content_loaded_ms: float | None
    load_ms: float | None
    script: ConnectifScript
    script_done: bool
    script_reading: tuple[Mapping[str, Json], ...] | None

    @property
    def there(self) -> tuple[CapturedTag, ...]:
        """The awaited tags that the Connectif script can see."""
        return tuple(tag for tag in self.found if tag.placement is Placement.DOCUMENT)

    @property
    def found(self) -> tuple[CapturedTag, ...]:
        """The awaited tags, wherever they stand."""
        return tuple(tag for tag in self.tags if tag.name == self.awaited)

    def is_settled(self, posts: int, awaited: int, *, without_tag: bool) -> bool:
        """Tell whether nothing more can come that changes what Connectif will record.

        ``posts`` is how often the page has sent, ``awaited`` how many purchases it has yet to.
        ``without_tag``: a page that is done without a tag is settled too.
        """
        if not (self.there or without_tag) or self.ready_state != "complete":
            return False
        if self.script_done:
            return bool(SHUT_FOR_GOOD & set(self.script.shut)) or (posts > 0 and awaited <= 0)
        is_awaited = self.script.present and not self.script.failed
        return self.filled and not is_awaited


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is looked for: the tags' names, and first among them the one that is waited for.

    ``fields`` are those it is not whole without; ``is_recorded`` tells whether the Connectif
    script would send it, so that the sending is waited for too.
    """

    names: Sequence[str] = ("cn_purchase",)
    fields: Sequence[str] = ()
    is_recorded: Callable[[CapturedTag], bool] = lambda _tag: False


class Watch:
    """Watches every page of a context from the first byte of each document."""

    def __init__(self, awaited: Awaited) -> None:
        self.awaited = awaited
        self.traffic = Traffic()
        self._key = f"_{secrets.token_hex(8)}"
        self._changed = asyncio.Event()

    async def attach(self, context: BrowserContext, policy: Policy) -> None:
        def signal(_source: Mapping[str, Any], _what: object) -> None:
            self._changed.set()

        self.traffic.on_post = self._changed.set
        await self.traffic.attach(context, policy)
        await context.expose_binding(self._key, signal)
        notes = {"key": self._key, "names": list(self.awaited.names)}
        await context.add_init_script(f"{_CAPTURE_JS}({json.dumps(notes)})")

    async def until_settled(
        self, page: Page, within_ms: float, deadline_ms: float, *, without_tag: bool = False
    ) -> Sight:
        """Return the sight of a settled tag, or the last one after ``within_ms``.

        ``without_tag`` says that none is expected: then a page that is done is not waited for.
        Raises PageUnresponsive where the page does not answer within ``deadline_ms``.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + within_ms / 1000
        while True:
            self._changed.clear()
            sight = await self._look_in_time(page, deadline_ms)
            remaining = end - loop.time()
            if remaining <= 0 or self._is_settled(page, sight, without_tag=without_tag):
                return await self._with_iframes(page, sight)
            try:
                async with asyncio.timeout(remaining):
                    await self._changed.wait()
            except TimeoutError:
                # One last look: what came at the very end still counts as seen.
                continue

    def _is_settled(self, page: Page, sight: Sight, *, without_tag: bool) -> bool:
        sent = sum(event.type == "purchase" and event.here for event in self.traffic.events(page))
        # How many purchases are to be sent is not known where what is sent is not read.
        is_known = self.traffic.is_watched
        # Each script there is reads all tags, and sends what it has read.
        due = sum(map(self.awaited.is_recorded, sight.there)) * max(sight.script.loads, 1)
        return sight.is_settled(
            self.traffic.posts(page),
            due - sent if is_known else 0,
            # A page that sends the purchase by itself needs no tag.
            without_tag=without_tag or sent > 0,
        )

    async def _look_in_time(self, page: Page, deadline_ms: float) -> Sight:
        try:
            async with asyncio.timeout(deadline_ms / 1000):
                while True:
                    try:
                        seen = await self._look(page.main_frame, self.awaited.names)
                        if seen is not None:
                            return _sight(seen, page.url, self.awaited.names[0])
                    except Error as error:
                        if not _is_navigation(error):
                            raise
                    # The page moved on under the look: look at where it went.
                    await page.wait_for_load_state("domcontentloaded")
        except TimeoutError as error:
            raise PageUnresponsive from error

    async def _with_iframes(self, page: Page, sight: Sight) -> Sight:
        """Add the tags that stand in iframes, where the script of the page cannot see them."""
        frames = [frame for frame in page.frames if frame is not page.main_frame]
        looks = await asyncio.gather(*(self._tags_in_iframe(frame) for frame in frames))
        found = tuple(tag for tags in looks for tag in tags)
        return replace(sight, tags=sight.tags + found)

    async def _tags_in_iframe(self, frame: Frame) -> tuple[CapturedTag, ...]:
        try:
            async with asyncio.timeout(FRAME_DEADLINE):
                seen = await self._look(frame, self.awaited.names[:1])
                element = await frame.frame_element()
                css = await element.evaluate("e => e.id ? '#' + CSS.escape(e.id) : 'iframe'")
        except (Error, TimeoutError):
            # A frame that went away or hangs has no tag to show; its page is judged without it.
            return ()
        return tuple(
            _tag(item, frame.url, placement=Placement.IFRAME, css=css)
            for item in (seen or {"tags": ()})["tags"]
        )

    async def _look(self, frame: Frame, names: Sequence[str]) -> dict[str, Any] | None:
        """Return what look.js sees; None in the moment between two documents."""
        argument = {
            "key": self._key,
            "names": list(names),
            "needed": list(self.awaited.fields),
            "limit": MAX_TAG_CHARS,
        }
        seen: dict[str, Any] | None = await frame.evaluate(_LOOK, argument)
        return seen


def _is_navigation(error: Error) -> bool:
    return "context was destroyed" in error.message or "navigat" in error.message


def _tag(item: Mapping[str, Any], url: str, *, placement: Placement, css: str) -> CapturedTag:
    return CapturedTag(
        name=item["name"],
        html=item["html"],
        placement=placement,
        origin=Location(url, item["line"], item["column"], css),
        css=css,
        texts=MappingProxyType(item["texts"]),
        quirks=item["quirks"],
        appeared_ms=item["appeared"],
    )


def _sight(seen: Mapping[str, Any], url: str, awaited: str) -> Sight:
    return Sight(
        awaited=awaited,
        tags=tuple(
            _tag(item, url, placement=Placement(item["placement"]), css=item["css"])
            for item in seen["tags"]
        ),
        blank=seen["blank"],
        filled=seen["filled"],
        title=seen["title"],
        ready_state=seen["readyState"],
        dom_content_loaded_ms=seen["domContentLoaded"],
        load_ms=seen["load"],
        script=_script(seen["script"]),
        script_done=seen["script"]["done"] is not None,
        script_reading=_reading(seen["script"]["reading"]),
    )


def _script(seen: Mapping[str, Any]) -> ConnectifScript:
    return ConnectifScript(
        present=seen["present"],
        version=seen["version"],
        loaded_ms=seen["loaded"],
        read_ms=seen["read"],
        elements=seen["elements"],
        loads=seen["loads"],
        address=seen["address"],
        failed=seen["failed"],
        waits_as=seen["heldAs"],
        violations=tuple(
            CspViolation(each["directive"], each["blocked"]) for each in seen["violations"]
        ),
        configuration=MappingProxyType(seen["configuration"]),
        shut=MappingProxyType(seen["shut"]),
    )


def _reading(text: str | None) -> tuple[Mapping[str, Json], ...] | None:
    """Return the events the page's own script reads; None where it gives something else."""
    try:
        events = json.loads(text or "null")
    except RecursionError:
        return None
    if not isinstance(events, list) or not all(isinstance(each, dict) for each in events):
        return None
    return tuple(events)
