"""What Chromium and this project make of the same pages."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.session import open_session
from validator.contract.fields import parse_tag_schema
from validator.contract.schema import load_schema
from validator.core.capture import CapturedTag, Placement
from validator.core.document import Json, Location
from validator.core.page_options import PageOptions
from validator.page.recorded_event import build_reading
from validator.page.static_capture import capture_html
from validator.page.tag_fields import extract_fields

BATCH = 200
"""How many pages one evaluation reads."""
PURCHASE = parse_tag_schema(load_schema("cn_purchase"))

_HERE = Path(__file__).parent
_SOURCES = {
    "look": files("validator.browser.capture").joinpath("look.js").read_text(encoding="utf-8"),
    "texts": files("validator.browser.capture").joinpath("texts.js").read_text(encoding="utf-8"),
    "independent": (_HERE / "independent.js").read_text(encoding="utf-8"),
    "standIn": files("validator.demo")
    .joinpath("static/connectif-stand-in.js")
    .read_text(encoding="utf-8"),
}

Events: TypeAlias = "list[Json]"


@dataclass(frozen=True, slots=True)
class Readings:
    """One page, and the purchase events that each reading finds in it."""

    html: str
    stand_in: Events
    """The bundled stand-in for the Connectif script, in the page."""
    independent: Events
    """``independent.js``, in the page."""
    rendered: Events
    """Ours, of what the browser captures."""
    static: Events
    """Ours, of the HTML alone."""
    tags: int
    """How many tags the Connectif script can see."""


Chromium: TypeAlias = Callable[[Iterable[str]], Iterator[Readings]]


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start a browser; yield what reads pages in it."""
    with asyncio.Runner() as runner:
        session = open_session(str(find_browser(None, os.environ).path), headed=False)
        opened = runner.run(session.__aenter__())
        context = opened.context(PageOptions(), base_url=None, service_workers=False)
        page = runner.run(runner.run(context.__aenter__()).new_page())
        source = (_HERE / "compare.js").read_text(encoding="utf-8")

        def readings(pages: Iterable[str]) -> Iterator[Readings]:
            waiting = list(pages)
            while waiting:
                batch, waiting = waiting[:BATCH], waiting[BATCH:]
                argument = {"pages": json.dumps(batch), **_SOURCES}
                answers = json.loads(runner.run(page.evaluate(source, argument)), parse_int=float)
                for html, answer in zip(batch, answers, strict=True):
                    yield _readings(html, answer)

        try:
            yield readings
        finally:
            runner.run(context.__aexit__(None, None, None))
            runner.run(session.__aexit__(None, None, None))


def _readings(html: str, answer: dict[str, Any]) -> Readings:
    seen = [_captured(item) for item in answer["seen"]]
    return Readings(
        html=html,
        stand_in=answer["standIn"],
        independent=answer["independent"],
        rendered=_events(seen),
        static=_events(capture_html(html, "page.html").tags),
        tags=sum(tag.placement is Placement.DOCUMENT for tag in seen),
    )


def _captured(item: dict[str, Any]) -> CapturedTag:
    return CapturedTag(
        name=item["name"],
        html=item["html"],
        placement=Placement(item["placement"]),
        origin=Location("page.html", 1, 1),
        texts=MappingProxyType(item["texts"]),
        quirks=item["quirks"],
        foreign=item["foreign"],
    )


def _events(tags: Iterable[CapturedTag]) -> Events:
    readings = (
        build_reading(PURCHASE, *extract_fields(tag, PURCHASE))
        for tag in tags
        if tag.placement is Placement.DOCUMENT
    )
    return [_as_sent(dict(each.event)) for each in readings if each.event is not None]


def _as_sent(event: Json) -> Json:
    """Return what is read out of the JSON that is sent: 1e21 and 1000…0 are one number."""
    sent: Json = json.loads(json.dumps(event), parse_int=float)
    return sent
