"""What one look at a page saw, from what look.js gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from validator.browser.page_values import UnexpectedValue, is_shallow, parse_page_json
from validator.core.capture import (
    CapturedTag,
    ConnectifScript,
    CspViolation,
    PageActivity,
    Placement,
    SendingDisabledReason,
)
from validator.core.document import Json, Location
from validator.core.unicode import well_formed_json


class PageUnresponsive(Exception):  # noqa: N818 - a state of the page, reported as a Breakdown
    """The page did not answer in time: its scripts never give the browser a chance to."""


class PageUnreadable(Exception):  # noqa: N818 - a state of the page, told as a Breakdown
    """The page's scripts have changed what the browser itself gives, so that it tells nothing."""

    def __init__(self) -> None:
        super().__init__("its scripts replace functions of the browser, such as JSON.stringify")


PERMANENT_GATES = frozenset(
    {
        SendingDisabledReason.TRACKING_OFF,
        SendingDisabledReason.DOMAIN,
        SendingDisabledReason.EXCLUDED,
        SendingDisabledReason.NOT_INCLUDED,
    }
)
"""With these nothing is sent; with the others a page may still send what it likes."""


@dataclass(frozen=True, slots=True)
class PageSnapshot:
    """What one look at a page saw. Times are milliseconds since its navigation start."""

    awaited: tuple[str, ...]
    """The names of the tags that are waited for; what is settled, is so for the first of them."""
    tags: tuple[CapturedTag, ...]
    blank: bool
    """Whether there is nothing in the document at all."""
    filled: bool
    """Whether each tag of the page has all that the script needs to record it."""
    oversized: int
    """Characters of a tag that is too long to be read as a whole; 0 without one."""
    emptied: bool
    """Whether a tag stands so deep that Chromium has put its elements beside it."""
    xml_error: str
    """Where a page that is XML has an error, as the browser says it; "" without one."""
    title: str
    ready_state: str
    dom_content_loaded_ms: float | None
    load_ms: float | None
    script: ConnectifScript
    script_done: bool
    script_reading: tuple[Mapping[str, Json], ...] | None
    url: str
    origin_ms: float
    """The time origin of the document, by which it is told from the next one."""
    begun: int
    """How much the page has begun by itself."""
    activity: PageActivity

    @property
    def there(self) -> tuple[CapturedTag, ...]:
        """The awaited tags that the Connectif script can see."""
        return tuple(tag for tag in self.found if tag.placement is Placement.DOCUMENT)

    @property
    def found(self) -> tuple[CapturedTag, ...]:
        """The awaited tags, wherever they stand."""
        return tuple(tag for tag in self.tags if tag.name == self.awaited[0])

    @property
    def defect(self) -> tuple[str, str]:
        """Why nothing can be said of the page's tags, and what to do; or two ""."""
        if self.xml_error:
            return (
                f"is sent as XML and has an error, so that browsers show an error page: "
                f"{' '.join(self.xml_error.split())}",
                "send the page as text/html, or correct the XML",
            )
        if self.oversized:
            return (
                f"has a tag of {self.oversized:,} characters, which is too long to be read",
                "see what the page writes into the tag",
            )
        if self.emptied:
            return (
                "nests elements more than 512 levels deep. Chromium puts deeper ones beside each "
                "other, so that the fields are not inside of the tag",
                "close the elements around the tag, or put the tag at the start of the body",
            )
        return "", ""

    @property
    def is_whole(self) -> bool:
        """Whether of each awaited tag there is one that the Connectif script can see."""
        there = {tag.name for tag in self.tags if tag.placement is Placement.DOCUMENT}
        return there.issuperset(self.awaited)

    def is_settled(self, posts: int, awaited: int, *, without_tag: bool) -> bool:
        """Tell whether nothing more can come that changes what Connectif will record.

        ``posts`` is how often the page has sent, ``awaited`` how many purchases it has yet to.
        ``without_tag``: a page that is done without a tag is settled too.
        """
        if self.defect[0] and self.ready_state == "complete":
            return True
        if not (self.is_whole or without_tag) or self.ready_state != "complete":
            return False
        if self.script_done:
            return bool(PERMANENT_GATES & set(self.script.shut)) or (posts > 0 and awaited <= 0)
        return self.filled and not self.is_script_awaited

    @property
    def is_script_awaited(self) -> bool:
        """Whether the Connectif script is there and may still read the page."""
        return self.script.present and not self.script.failed


def parse_tag(item: Mapping[str, Any], url: str, *, placement: Placement, css: str) -> CapturedTag:
    return CapturedTag(
        name=item["name"],
        html=item["html"],
        placement=placement,
        origin=Location(url, item["line"], item["column"], css),
        css=css,
        texts=MappingProxyType(item["texts"]),
        quirks=item["quirks"],
        foreign=item["foreign"],
        nearby=tuple(item["nearby"]),
        appeared_ms=item["appeared"],
        changed_ms=item["changed"],
    )


def decode_snapshot(text: object) -> dict[str, Any] | None:
    """Return what look.js gave as JSON; None in the moment between two documents.

    Raises PageUnreadable for anything else.
    """
    if text is None:
        return None
    try:
        seen: dict[str, Any] = parse_page_json(text, "snapshot")
    except UnexpectedValue as error:
        raise PageUnreadable from error
    return seen


def parse_snapshot(seen: Mapping[str, Any], url: str, awaited: tuple[str, ...]) -> PageSnapshot:
    """Build the snapshot of a page from what ``decode_snapshot`` returned."""
    return PageSnapshot(
        awaited=awaited,
        tags=tuple(
            parse_tag(item, url, placement=Placement(item["placement"]), css=item["css"])
            for item in seen["tags"]
        ),
        blank=seen["blank"],
        filled=seen["filled"],
        oversized=seen["oversized"],
        emptied=seen["emptied"],
        xml_error=seen["xmlError"],
        title=seen["title"],
        ready_state=seen["readyState"],
        dom_content_loaded_ms=seen["domContentLoaded"],
        load_ms=seen["load"],
        script=_parse_script(seen["script"]),
        script_done=seen["script"]["done"] is not None,
        script_reading=_parse_script_reading(seen["script"]["reading"]),
        url=url,
        origin_ms=seen["origin"],
        begun=seen["begun"],
        activity=_parse_activity(seen, url, awaited[0]),
    )


def _parse_activity(seen: Mapping[str, Any], url: str, name: str) -> PageActivity:
    has_tag = any(
        (item["name"], item["placement"]) == (name, Placement.DOCUMENT) for item in seen["tags"]
    )
    document_url: str = seen["documentUrl"]
    return PageActivity(
        document_url="" if document_url == url else document_url,
        routed_ms=seen["routed"],
        removed_ms=None if has_tag else seen["removed"],
        pending=tuple(map(_describe_pending, seen["pending"])),
    )


def _describe_pending(item: Mapping[str, Any]) -> str:
    """Return ``a timer of 800 ms``."""
    is_timed = item["ms"] and item["what"] in ("a timer", "an interval", "a task")
    return f"{item['what']} of {item['ms']:g} ms" if is_timed else str(item["what"])


def _parse_script(seen: Mapping[str, Any]) -> ConnectifScript:
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


def _parse_script_reading(text: str | None) -> tuple[Mapping[str, Json], ...] | None:
    """Return the events the page's own script reads; None where it gives something else."""
    try:
        events = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    is_known = isinstance(events, list) and all(isinstance(each, dict) for each in events)
    if not is_known or not is_shallow(events):
        return None
    return tuple(well_formed_json(events))
