"""A page as the server sends it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.page_options import PageOptions
from validator.run.fetch import fetch_page

if TYPE_CHECKING:
    from tests.conftest import Site

OPTIONS = PageOptions()


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that sends bytes without end, each before any reader loses patience with it."""
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            if self.path == "/body":
                self.end_headers()
            else:
                self.wfile.write(b"HTTP/1.0 200 OK\r\nx-slow: ")
            with suppress(ConnectionError):
                while not closing.wait(0.02):
                    self.wfile.write(b"x")

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output to what they say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("part", ["/headers", "/body"])
def test_a_server_that_drips_is_left_in_time(dripping: str, part: str) -> None:
    outcome = fetch_page(dripping + part, OPTIONS, 300, ["cn_purchase"])
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.TIMEOUT
    assert outcome.message == f"{dripping}{part}: no whole answer within 0.3 s"


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 70}.es"])
def test_a_redirect_to_no_host_is_unreachable(site: Site, host: str) -> None:
    page = site.page("/", status=302, location=f"http://{host}/")
    outcome = fetch_page(page, OPTIONS, 5_000, ["cn_purchase"])
    assert isinstance(outcome, Breakdown)
    assert outcome.reason is Reason.UNREACHABLE


def test_a_login_in_a_redirect_is_not_shown(site: Site) -> None:
    site.page("/thanks", "<p>thanks")
    host = site.url.removeprefix("http://")
    page = site.page("/", status=302, location=f"http://qa:passw0rd@{host}/thanks")
    outcome = fetch_page(page, OPTIONS, 5_000, ["cn_purchase"])
    assert isinstance(outcome, Capture)
    assert outcome.url == f"{site.url}/thanks"
