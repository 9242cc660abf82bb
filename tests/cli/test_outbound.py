"""With ``outbound: only-allowed``, nothing that a page does reaches a host that is not allowed."""

from __future__ import annotations

import asyncio
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from validator.browser.network.outbound_proxy import outbound_proxy

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

LEAKS = """
<h2>Shop</h2><link rel=preconnect href="{out}"><link rel=prefetch href="{out}/prefetch">
<link rel=dns-prefetch href="{out}"><img src="{out}/image"><iframe src="{out}/frame"></iframe>
<iframe src="/redirect"></iframe><script src="{out}/script"></script>
<script>
const settled = [
  fetch("{out}/fetch", {{mode: "no-cors"}}), fetch("/redirect", {{mode: "no-cors"}}),
  new Promise(done => {{ const s = new WebSocket("{ws}/socket"); s.onclose = done }}),
  new Promise(done => {{
    const worker = new Worker("/worker.js"); worker.onmessage = worker.onerror = done }}),
  new Promise(done => {{
    const worker = new SharedWorker("/shared.js");
    worker.port.onmessage = worker.onerror = done }}),
  navigator.serviceWorker.register("/service.js").then(() => navigator.serviceWorker.ready),
  new Promise(done => {{
    const peer = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{stun}"}}]}});
    peer.createDataChannel("x");
    peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && done();
    peer.createOffer().then(offer => peer.setLocalDescription(offer)) }}),
];
navigator.sendBeacon("{out}/beacon", "x");
Promise.allSettled(settled).then(() => fetch("/mine")).then(answer => answer.text()).then(text => {{
  document.body.insertAdjacentHTML("beforeend", "<h1>" + text + "</h1>") }});
</script>
"""
SENT = {"/image", "/frame", "/script", "/fetch", "/socket", "/worker", "/shared", "/beacon"}


@dataclass(slots=True)
class StunServer:
    """A server that WebRTC asks for the address of this machine; ``asked`` counts that."""

    port: int
    asked: int = 0


@pytest.fixture
def stun() -> Iterator[StunServer]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.asked += 1
            data, server = self.request
            # An error (RFC 8489), so that the browser does not ask again.
            server.sendto(b"\x01\x11\x00\x00" + data[4:20], self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        asked = StunServer(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield asked
        server.shutdown()
        thread.join()


@pytest.mark.browser
@pytest.mark.parametrize("is_limited", [False, True], ids=["anywhere", "only-allowed"])
def test_a_page_reaches_the_hosts_of_its_scenario_only(  # noqa: PLR0917 - fixtures
    cli: Cli, site: Site, other_site: Site, stun: StunServer, tmp_path: Path, is_limited: bool
) -> None:
    out = other_site.url
    ws = out.replace("http", "ws")
    site.page("/", LEAKS.format(out=out, ws=ws, stun=stun.port))
    site.page("/mine", "Thanks")
    site.page("/redirect", status=302, location=f"{out}/redirected")
    ask = f"fetch('{out}/%s', {{mode: 'no-cors'}}).catch(() => 0)"
    for name, after in {
        "worker": "postMessage(1)",
        "shared": "0",
        "service": "0",
    }.items():
        body = f"{ask % name}.then(() => {after})"
        if name == "shared":
            body = f"onconnect = event => {ask % name}.then(() => event.ports[0].postMessage(1))"
        site.page(f"/{name}.js", body, content_type="text/javascript")
    scenario = {
        "name": "leaks",
        "base_url": site.url,
        "connectif": "allow",
        "steps": [{"goto": "/"}, {"wait_for": {"css": "h1"}}],
        "confirmation": {"css": "h1"},
        "expect": {"cn_purchase": "none", "within": "100ms"},
    }
    (tmp_path / "a.yaml").write_text(json.dumps(scenario))
    (tmp_path / "cn-validator.yaml").write_text(
        "outbound: only-allowed" if is_limited else "workers: 1"
    )
    done = cli("run", "a.yaml")
    assert done.code == 0, (done.out, done.err)
    seen = {path for path, _ in other_site.seen}
    if is_limited:
        assert seen == set()
        assert stun.asked == 0
    else:
        assert seen >= SENT | {"/redirected", "/prefetch", "/service"}
        assert stun.asked


def test_a_payment_page_at_any_host_is_refused(cli: Cli, site: Site, tmp_path: Path) -> None:
    scenario = {
        "name": "a",
        "base_url": site.url,
        "steps": [{"payment": {"at": "**", "steps": [{"click": {"text": "Pay"}}]}}],
        "confirmation": "/thanks",
    }
    (tmp_path / "a.yaml").write_text(json.dumps(scenario))
    (tmp_path / "cn-validator.yaml").write_text("outbound: only-allowed")
    done = cli("run", "a.yaml")
    assert done.code == 2
    assert "a.yaml:1:1: the configuration says outbound: only-allowed" in done.err
    assert site.seen == []


def ask(request: str, trusted: str, hosts: dict[str, str]) -> str:
    """Return the first line that a proxy answers, for which all hosts are allowed."""

    async def answer() -> str:
        async with outbound_proxy(lambda host: "evil" not in host, trusted, hosts) as address:
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(address).port)
            writer.write(f"{request}\r\n\r\n".encode())
            line = (await reader.readline()).decode()
            writer.close()
            return line

    return asyncio.run(answer())


def test_a_name_leads_to_no_private_address_but_the_shops(site: Site) -> None:
    site.page("/a?b=c", "fine")
    port = urlsplit(site.url).port
    tunnel = f"CONNECT localhost:{port} HTTP/1.1"
    assert " 403 " in ask(tunnel, "shop.example", {})
    assert " 200 " in ask(tunnel, "localhost", {})
    assert " 200 " in ask(tunnel, "shop.example", {"localhost": "127.0.0.1"})
    plain = f"GET http://localhost:{port}/a?b=c HTTP/1.1"
    assert " 200 " in ask(plain, "localhost", {})
    assert " 403 " in ask(plain, "shop.example", {})
    mapped = {"bank.example": f"127.0.0.1:{port}"}
    assert " 200 " in ask("GET http://bank.example/a?b=c HTTP/1.1", "", mapped)
    assert " 403 " in ask(f"CONNECT evil.example:{port} HTTP/1.1", "", mapped)


@pytest.mark.parametrize(
    "request_line",
    ["nonsense", "GET /relative HTTP/1.1", "GET ftp://a.example/ HTTP/1.1", "x " * 70_000],
    ids=["words", "relative", "scheme", "long"],
)
def test_what_is_no_request_is_refused(request_line: str) -> None:
    assert " 403 " in ask(request_line, "", {})
