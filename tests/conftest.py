"""What all tests share."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.platforms.posix_only import POSIX_ONLY
from validator.browser.chromium.discover import find_browser
from validator.browser.chromium.session import Session, open_session
from validator.core.result import Report
from validator.run.options import RunOptions
from validator.run.progress import Progress
from validator.run.runner import run_scenarios_async
from validator.scenario.model.scenario import Scenario

T = TypeVar("T")
REPOSITORY = Path(__file__).parent.parent
DOWNLOADS = "PLAYWRIGHT_BROWSERS_PATH"
"""The variable that tells Playwright's driver where its browsers and its ffmpeg are."""


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout the tests run in."""
    return REPOSITORY


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The real Chromium; tests that need one fail, not skip, where there is none."""
    return find_browser(None, os.environ).path


class KeptBrowser:
    """One browser, and the event loop it lives in, for many tests of a worker.

    Each test has contexts of its own, as the scenarios of one run have.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._downloads = os.environ.get(DOWNLOADS)
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self._session: Session | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do what ``asyncio.run`` does, in the loop of the browser."""
        return self._runner.run(work)

    @asynccontextmanager
    async def open(
        self, browser: str | None = None, *, headed: bool = False, **options: Any
    ) -> AsyncIterator[Session]:
        """Do what ``open_session`` does; a browser like the one that is there is not started."""
        found = find_browser(browser, os.environ, headed=headed)
        is_same = (found.path, os.environ.get(DOWNLOADS)) == (self._path, self._downloads)
        if headed or any(options.values()) or not is_same:
            async with open_session(browser, headed=headed, **options) as session:
                yield session
            return
        if self._session is None or not self._session.browser.is_connected():
            await self._open.aclose()
            opened = open_session(str(self._path), headed=False)
            self._session = await self._open.enter_async_context(opened)
        yield self._session

    def play(
        self, scenarios: Sequence[Scenario], options: RunOptions, progress: Progress
    ) -> Report:
        """Do what ``run_scenarios`` does."""
        # A browser that has held requests back pauses all of them, those that may go out too;
        # one that is paused as its page is left does not arrive.
        is_held = all(each.connectif == "block" for each in scenarios)
        opened = self.open if is_held else open_session
        return self.run(run_scenarios_async(scenarios, options, progress, opened))

    def close(self) -> None:
        self._runner.run(self._open.aclose())
        self._runner.close()


@pytest.fixture(scope="session")
def kept_browser(browser_path: Path) -> Iterator[KeptBrowser]:
    """The browser that all tests of a worker may share."""
    browser = KeptBrowser(browser_path)
    yield browser
    browser.close()


def pytest_configure() -> None:
    """Let signals end the processes that tests start: a shell ignores some for its background."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            is_interrupt = number == signal.SIGINT
            signal.signal(number, signal.default_int_handler if is_interrupt else signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that no worker is left alone with one in the end."""
    long = {
        item.path
        for item in items
        if item.get_closest_marker("browser") or item.get_closest_marker("slow")
    }
    items.sort(key=lambda item: item.path not in long)
    if os.name == "nt":
        for item in items:
            if reason := POSIX_ONLY.get(item.path.relative_to(REPOSITORY).as_posix()):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tags were compared: a number that a mere "passed" does not give."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in report.user_properties:
                if name == "differential":
                    terminalreporter.write_line(f"differential test: {value}")


@dataclass(slots=True)
class Answer:
    """What a page of the site answers. ``hangs``: the body is begun and never ended."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False


@dataclass(slots=True)
class Site:
    """A real HTTP server whose pages a test writes. ``seen`` are the headers it was sent."""

    url: str
    pages: dict[str, Answer] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def page(self, path: str, body: str = "", status: int = 200, **headers: str) -> str:
        """Add a page; return its URL."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Answer(body, status, named)
        return self.url + path

    def hanging_page(self, path: str, body: str = "") -> str:
        """Add a page that begins and never ends; return its URL."""
        self.pages[path] = Answer(body, hangs=True)
        return self.url + path

    def headers_of(self, path: str) -> dict[str, str]:
        """Return the headers, in lower case, of the last request for a path."""
        return next(headers for asked, headers in reversed(self.seen) if asked == path)


def _serve(host: str) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def do_GET(self) -> None:
            served.seen.append(
                (self.path, {name.lower(): value for name, value in self.headers.items()})
            )
            answer = served.pages.get(self.path, Answer("not here", 404))
            self.send_response(answer.status)
            headers = {"content-type": "text/html; charset=utf-8"} | answer.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # the browser may have moved on
                self.wfile.write(answer.body.encode())
            if answer.hangs:
                self.wfile.flush()
                served.closing.wait()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output to what they say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Site(f"http://{host}:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    """A shop's server, as the test writes it."""
    yield from _serve("127.0.0.1")


@pytest.fixture
def third_site() -> Iterator[Site]:
    """A third origin, as a bank's challenge has."""
    yield from _serve("127.0.0.1")


@pytest.fixture
def other_site() -> Iterator[Site]:
    """Another origin: another host name and another port."""
    yield from _serve("localhost")
