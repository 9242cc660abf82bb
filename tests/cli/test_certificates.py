"""Certificates: of a staging shop that nobody vouches for, and those that it asks browsers for."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.core.page_options import CERTIFICATES_NOT_CHECKED

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

TAG = (
    '<!doctype html><title>Thank you</title><div class="cn_purchase" style="display: none">'
    '<b class="purchase_id">A1</b><b class="cart_id">c1</b><b class="total_quantity">1</b>'
    '<b class="total_price">9.95</b><b class="purchase_date">2026-01-02T03:04:05Z</b>'
    '<b class="payment_method">Card</b><div class="product_basket_item"><b class="quantity">1</b>'
    '<b class="price">9.95</b><b class="unit_price">9.95</b><b class="product_id">mug</b>'
    '<b class="name">Mug</b><b class="url">https://127.0.0.1/mug</b></div></div>'
)
SCENARIO = """\
name: Staging
base_url: {}
steps:
  - goto: /thanks
confirmation: {{url: "**/thanks"}}
"""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(TAG.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output to what they say."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a self-signed certificate of the shop, and one of a browser with its key."""
    folder = tmp_path_factory.mktemp("certificates")
    for name, subject in (("shop", "/CN=127.0.0.1"), ("qa", "/CN=qa")):
        command = [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", subject, "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", f"{name}.key", "-out", f"{name}.pem"),
        ]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    both = (folder / "qa.pem").read_text() + (folder / "qa.key").read_text()
    (folder / "both.pem").write_text(both)
    return folder


@contextmanager
def serving(certificates: Path, *, asks: bool) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "shop.pem", certificates / "shop.key")
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates / "qa.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def staging(certificates: Path) -> Iterator[str]:
    with serving(certificates, asks=False) as url:
        yield url


@pytest.fixture(scope="module")
def private(certificates: Path) -> Iterator[str]:
    with serving(certificates, asks=True) as url:
        yield url


@pytest.mark.browser
@pytest.mark.parametrize("options", [(), ("--no-javascript",)], ids=["browser", "fetched"])
def test_an_untrusted_certificate_is_accepted_only_if_asked_for(
    cli: Cli, staging: str, options: tuple[str, ...]
) -> None:
    refused = cli("check", f"{staging}/thanks", *options)
    assert refused.code == 3
    assert "certificate" in refused.out
    assert CERTIFICATES_NOT_CHECKED not in refused.out
    accepted = cli("check", f"{staging}/thanks", "--insecure", *options)
    assert accepted.code == 0, accepted.out
    assert accepted.out.count(CERTIFICATES_NOT_CHECKED) == 1


@pytest.mark.browser
def test_a_scenario_an_environment_and_an_option_say_that_certificates_are_not_checked(
    cli: Cli, tmp_path: Path, staging: str
) -> None:
    (tmp_path / "plain.yaml").write_text(SCENARIO.format(staging))
    (tmp_path / "own.yaml").write_text(SCENARIO.format(staging) + "ignore_https_errors: true\n")
    (tmp_path / "cn-validator.yaml").write_text(
        "environments:\n  staging: {ignore_https_errors: true}\n"
    )
    refused = cli("run", "plain.yaml")
    assert refused.code == 3
    assert "--insecure" in refused.out
    for way in ("own.yaml", "plain.yaml --env staging", "plain.yaml --insecure"):
        done = cli("run", *way.split(), "--report", "json")
        assert done.code == 0, done.out
        report = json.loads(done.out)
        assert CERTIFICATES_NOT_CHECKED in report["notes"]
        assert report["results"][0]["notes"] == [CERTIFICATES_NOT_CHECKED]
    shown = cli("config", "own.yaml")
    assert "ignore_https_errors" in shown.out


@pytest.mark.browser
def test_a_client_certificate_is_shown_to_the_shop(
    cli: Cli, tmp_path: Path, certificates: Path, private: str
) -> None:
    pem = str(certificates / "both.pem")
    assert cli("check", f"{private}/thanks", "--insecure").code == 3
    for options in ((), ("--no-javascript",)):
        done = cli("check", f"{private}/thanks", "--insecure", "--client-cert", pem, *options)
        assert done.code == 0, done.out
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "private.yaml").write_text(SCENARIO.format(private))
    (tmp_path / "cn-validator.yaml").write_text(
        "defaults:\n  ignore_https_errors: true\n"
        "  client_certificate:\n"
        f"    cert: {certificates / 'qa.pem'}\n"
        f"    key: {certificates / 'qa.key'}\n"
    )
    done = cli("run")
    assert done.code == 0, done.out


def test_a_client_certificate_that_is_not_there_is_named_with_its_line(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "private.yaml").write_text(
        SCENARIO.format("https://127.0.0.1:9") + "client_certificate: {pfx: qa.p12}\n"
    )
    done = cli("run", "private.yaml")
    assert done.code == 2
    assert "private.yaml:6:27: there is no file qa.p12" in done.err
