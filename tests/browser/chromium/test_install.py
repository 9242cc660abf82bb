"""Installing a browser, with Playwright's real installer against a download server of our own."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from validator.browser.chromium import install
from validator.browser.chromium.discover import BrowserOrigin
from validator.browser.chromium.install import install_browser
from validator.browser.chromium.probe import render_test_page
from validator.core.errors import BrowserError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the zip is laid out for Linux")


class Downloads(BaseHTTPRequestHandler):
    """Serves whatever browser Playwright asks for as a zip that starts the system's."""

    def __init__(self, browser: Path, *arguments: object) -> None:
        self.browser = browser
        super().__init__(*arguments)  # type: ignore[arg-type]  # what socketserver hands over

    def do_GET(self) -> None:
        name = "ffmpeg-linux"
        if "headless-shell" in self.path:
            folder = self.path.rpartition("/")[2].removesuffix(".zip")
            name = f"{folder}/chrome-headless-shell"
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, f'#!/bin/sh\nexec {self.browser} "$@"\n')
        self.send_response(200)
        self.send_header("Content-Length", str(content.tell()))
        self.end_headers()
        self.wfile.write(content.getvalue())

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def download_host(browser_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Downloads, browser_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """An environment in which no browser is installed and nothing can be downloaded."""
    return {
        "PATH": str(tmp_path),
        "HOME": str(tmp_path),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:1",
    }


@pytest.mark.browser
def test_playwrights_download_is_installed_and_renders(
    machine: dict[str, str], download_host: str
) -> None:
    said: list[str] = []
    machine["PLAYWRIGHT_DOWNLOAD_HOST"] = download_host
    browser, was_there = install_browser((BrowserOrigin.PLAYWRIGHT,), machine, said.append)
    assert not was_there
    assert browser.path.is_relative_to(machine["PLAYWRIGHT_BROWSERS_PATH"])
    assert said[0] == "downloading Playwright's headless Chromium"
    assert any(line.startswith("  100% of ") for line in said)
    assert render_test_page(browser) > 0


def test_a_browser_that_is_there_is_left_alone(machine: dict[str, str], browser_path: Path) -> None:
    said: list[str] = []
    machine["CN_VALIDATOR_BROWSER"] = str(browser_path)
    both = (BrowserOrigin.PLAYWRIGHT, BrowserOrigin.SYSTEM)
    browser, was_there = install_browser(both, machine, said.append)
    assert (browser.path, was_there, said) == (browser_path, True, [])


def test_a_wrong_variable_is_not_worked_around(machine: dict[str, str]) -> None:
    machine["CN_VALIDATOR_BROWSER"] = "/nowhere"
    both = (BrowserOrigin.PLAYWRIGHT, BrowserOrigin.SYSTEM)
    with pytest.raises(BrowserError, match="CN_VALIDATOR_BROWSER: /nowhere: no such file"):
        install_browser(both, machine, print)


def test_a_failed_download_is_one_line_and_the_next_way_is_tried(
    machine: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put_one_there(*_: object) -> None:
        path = tmp_path / "chromium"
        path.write_text("#!/bin/sh\necho Chromium 1.2.3\n")
        path.chmod(0o755)

    ways = {**install.INSTALLERS, BrowserOrigin.SYSTEM: put_one_there}
    monkeypatch.setattr(install, "INSTALLERS", ways)
    said: list[str] = []
    both = (BrowserOrigin.PLAYWRIGHT, BrowserOrigin.SYSTEM)
    browser, was_there = install_browser(both, machine, said.append)
    assert (browser.origin, was_there) == (BrowserOrigin.SYSTEM, False)
    assert said == [
        "downloading Playwright's headless Chromium",
        "Playwright's download failed: connect ECONNREFUSED 127.0.0.1:1",
    ]


def test_where_every_way_fails_each_says_what_to_type(machine: dict[str, str]) -> None:
    both = (BrowserOrigin.PLAYWRIGHT, BrowserOrigin.SYSTEM)
    with pytest.raises(BrowserError) as caught:
        install_browser(both, machine, lambda _: None)
    assert str(caught.value) == (
        "no browser could be installed\n"
        "  Playwright's download failed: connect ECONNREFUSED 127.0.0.1:1\n"
        "  only Debian's packages are installed by this command"
    )
    assert caught.value.hint == (
        "cn-validator browser install --playwright, with network access\n"
        "      or: install your distribution's chromium package"
    )


def test_without_root_the_command_that_needs_it_is_named(
    machine: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, code in {"apt-get": 0, "apt-cache": 1, "sudo": 0}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(install, "_is_ubuntu", lambda: False)
    with pytest.raises(BrowserError, match="needs root") as caught:
        install_browser((BrowserOrigin.SYSTEM,), machine, print)
    assert caught.value.hint == "sudo apt-get install -y chromium"


def test_ubuntus_snap_is_not_installed(
    machine: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "ubuntu"})
    with pytest.raises(BrowserError, match="Ubuntu's chromium package is a snap") as caught:
        install_browser((BrowserOrigin.SYSTEM,), machine, print)
    assert caught.value.hint.startswith("install Google Chrome's .deb package: https://")
