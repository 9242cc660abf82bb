"""What all tests share."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from validator.browser.chromium.discover import find_browser

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout the tests run in."""
    return REPOSITORY


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The real Chromium; tests that need one fail, not skip, where there is none."""
    return find_browser(None, os.environ).path


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
