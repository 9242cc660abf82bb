"""What is kept of a journey: a picture, HTML, a trace, its requests, a video."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import BrowserContext, Error, Locator, Page

from validator.browser.page_values import (
    UnexpectedValue,
    check_page_value,
    first_line,
    page_text,
)
from validator.browser.trace import MIN_KEY_CHARS, build_har, find_keys, write_redacted
from validator.core.capture import Evidence, Highlight
from validator.core.crashes import internal_errors
from validator.core.errors import BrowserError, InternalError
from validator.core.evidence_options import EvidenceOptions
from validator.core.files import open_draft, write_atomically
from validator.core.redaction import Redactor

TIMEOUT_MS = 5_000
MAX_SCREENSHOT_HEIGHT = 6_000
"""CSS pixels. Of a page that is taller, only what is in the window is in the picture."""
MAX_HTML_CHARS = 50_000_000
"""A page that is longer is cut: its beginning shows what it is."""
MAX_MARKS = 12

_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_NO_SCRIPTS_META = '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'">'
"""Put into a page that is kept: it is shown as it was, and does nothing to whoever opens it."""
_EVIDENCE_JS = files("validator.browser").joinpath("evidence.js").read_text(encoding="utf-8")


@dataclass(slots=True)
class Video:
    """A video in the making. ``scratch`` is where the browser writes it; None: there is none."""

    scratch: Path | None = None
    page: Page | None = None
    target: Path | None = None
    """Where it is kept; None: it is not."""

    async def new_page(self, context: BrowserContext) -> Page:
        """Open the page that is filmed. Raises BrowserError where that is not possible."""
        try:
            self.page = await context.new_page()
        except Error as error:
            if self.scratch and "ffmpeg" in error.message:
                raise BrowserError(
                    "a video needs Playwright's ffmpeg, which is not installed",
                    "python -m playwright install ffmpeg",
                ) from error
            raise
        return self.page


@asynccontextmanager
async def keep_video(options: EvidenceOptions) -> AsyncIterator[Video]:
    """Keep a video that was recorded inside, once its context has closed."""
    if not (options.video and options.folder):
        yield Video()
        return
    with TemporaryDirectory(prefix="cn-validator-") as scratch:
        film = Video(Path(scratch))
        yield film
        if film.target and film.page and film.page.video:
            # A browser that is gone has left no whole video.
            with suppress(Error), open_draft(film.target) as draft:
                await film.page.video.save_as(draft)


class _LostEvidence(Exception):  # noqa: N818 - costs one file, and is no error of a result
    """Why a piece of evidence could not be kept."""


async def _explained(what: str, work: Awaitable[list[Evidence]]) -> list[Evidence]:
    """Return what the work kept. Raises _LostEvidence, whatever went wrong."""
    try:
        with internal_errors(what, Error, OSError, TimeoutError, UnexpectedValue):
            return await work
    except InternalError as error:
        raise _LostEvidence(f"{error}; {error.hint}") from error
    except Error as error:
        raise _LostEvidence(first_line(error.message)) from error
    except TimeoutError as error:
        raise _LostEvidence("the page does not respond") from error
    except UnexpectedValue as error:
        message = "the scripts of the page replace functions of the browser"
        raise _LostEvidence(message) from error
    except OSError as error:
        raise _LostEvidence(error.strerror or str(error)) from error


@dataclass(frozen=True, slots=True)
class EvidenceRecorder:
    """Records a context from its first page on, as far as was asked for."""

    context: BrowserContext
    options: EvidenceOptions
    film: Video

    async def start(self) -> None:
        if self.options.folder and self.options.trace:
            # Without pictures: what is typed into a page cannot be taken out of them.
            await self.context.tracing.start(snapshots=True, screenshots=False, sources=False)

    async def keep(
        self,
        page: Page,
        secrets: Iterable[str],
        masked: Sequence[Locator],
        places: Sequence[str],
        on_loss: Callable[[str], None],
    ) -> tuple[Evidence, ...]:
        """Write all that was recorded, secrets hidden, and what the page looks like now.

        ``masked`` are fields to be covered in the picture, ``places`` elements to be marked. What
        cannot be kept costs nothing else; ``on_loss`` is told of it.
        """
        folder = self.options.folder
        if folder is None:
            return ()
        known = {*secrets, *await self._cookies()}

        async def piece(what: str, work: Awaitable[list[Evidence]]) -> list[Evidence]:
            try:
                return await _explained(what, work)
            except _LostEvidence as lost:
                on_loss(f"{what} could not be kept: {lost}")
                return []

        kept = [
            *await piece(
                "the screenshot", _take_screenshot(page, folder / "end.png", masked, places)
            ),
            *await piece("the HTML", _save_html(page, folder / "end.html", Redactor(known))),
        ]
        if self.options.trace:
            kept += await piece("the trace", self._trace(folder, known))
        if self.film.scratch:
            self.film.target = folder / "video.webm"
            kept.append(Evidence("video", self.film.target.as_posix()))
        return tuple(kept)

    async def _cookies(self) -> list[str]:
        with suppress(Error):
            values = [cookie.get("value", "") for cookie in await self.context.cookies()]
            return [value for value in values if len(value) >= MIN_KEY_CHARS]
        return []

    async def _trace(self, folder: Path, secrets: set[str]) -> list[Evidence]:
        trace, requests = folder / "trace.zip", folder / "requests.har"
        with TemporaryDirectory(prefix="cn-validator-") as scratch:
            raw = Path(scratch) / "trace.zip"
            await self.context.tracing.stop(path=raw)
            # In a thread: other scenarios go on while this one's trace is rewritten.
            await asyncio.to_thread(_write_redacted_trace, raw, trace, requests, secrets)
        return [Evidence("trace", trace.as_posix()), Evidence("har", requests.as_posix())]


def _write_redacted_trace(raw: Path, trace: Path, requests: Path, secrets: set[str]) -> None:
    with open_draft(trace) as draft:
        write_redacted(raw, draft, Redactor(secrets.union(find_keys(raw)), remembers=False))
    write_atomically(requests, build_har(trace))


async def _take_screenshot(
    page: Page, path: Path, masked: Sequence[Locator], places: Sequence[str]
) -> list[Evidence]:
    async with asyncio.timeout(TIMEOUT_MS / 1000):
        seen = check_page_value(await page.evaluate(_EVIDENCE_JS, list(places)), "boxes")
        is_whole = 0 < _number(seen["height"]) <= MAX_SCREENSHOT_HEIGHT
        picture = await page.screenshot(
            mask=masked, timeout=TIMEOUT_MS, full_page=is_whole, scale="css"
        )
    write_atomically(path, picture)
    size = (seen["width"], seen["height"]) if is_whole else seen["viewport"]
    width, height = (int(_number(side)) for side in size)
    return [Evidence("screenshot", path.as_posix(), width, height, _parse_marks(seen, height))]


def _parse_marks(seen: Mapping[str, Any], height: int) -> tuple[Highlight, ...]:
    """Return where elements are in the picture; each place once, though many may stand there."""
    marks: dict[tuple[float, ...], Highlight] = {}
    for item in seen["marks"]:
        x, y, width, tall = (_number(item[side]) for side in ("x", "y", "width", "height"))
        if y <= height:
            mark = Highlight(str(item["css"]), x, y, width, tall, shown=bool(item["shown"]))
            marks.setdefault((x, y, width, tall), mark)
    return tuple(marks.values())[:MAX_MARKS]


def _number(value: object) -> float:
    # A page may have put functions of its own in place of the browser's.
    if not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return round(max(float(value), 0.0), 1)


async def _save_html(page: Page, path: Path, redactor: Redactor) -> list[Evidence]:
    async with asyncio.timeout(TIMEOUT_MS / 1000):
        html = page_text(await page.content(), MAX_HTML_CHARS)
    text = redactor.text(_HEAD.sub(rf"\g<0>{_NO_SCRIPTS_META}", html, count=1))
    write_atomically(path, text)
    return [Evidence("html", path.as_posix())]
