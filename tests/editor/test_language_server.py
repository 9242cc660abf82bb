"""What an editor shows in a scenario: completion, hover and mistakes, from a real language server.

``make setup`` installs the server, which the YAML extension of VS Code is made of, into .venv. The
schemas are those that ``init`` puts beside the scenarios, found by the comment in the first line.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from validator.browser.chromium.driver import playwright_folder
from validator.cli import invoke

SERVER = Path(__file__).parents[2] / ".venv/language-server/node_modules/yaml-language-server"
NODE = shutil.which("node") or str(playwright_folder() / "driver" / "node")
pytestmark = pytest.mark.skipif(
    not SERVER.is_dir(),
    reason="yaml-language-server is not installed: `make setup` does it, where npm finds its "
    "registry",
)
SETTINGS = {
    "yaml": {
        "schemaStore": {"enable": False},  # it is on the network
        "hover": True,
        "completion": True,
        "validate": True,
    }
}


class Server:
    """Speaks the Language Server Protocol over standard streams.

    https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._last_id = 0

    def notify(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        """Return the answer to a request; what the server itself asks meanwhile is answered."""
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        answer = self._until(lambda message: message.get("id") == self._last_id)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def heard(self, method: str) -> Any:
        """Return what the server says of its own accord, once it does."""
        return self._until(lambda message: message.get("method") == method)["params"]

    def _until(self, is_wanted: Any) -> Any:
        while True:
            message = self._read()
            if "method" in message and "id" in message:
                wants_settings = message["method"] == "workspace/configuration"
                items = message["params"].get("items", ()) if wants_settings else ()
                result = [SETTINGS.get(item.get("section"), {}) for item in items]
                self._send({"id": message["id"], "result": result if wants_settings else None})
            elif is_wanted(message):
                return message

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline()) != b"\r\n":
            assert line, "the server ended"
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    assert invoke(["init", "--folder", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with subprocess.Popen(
        [NODE, str(SERVER / "bin" / "yaml-language-server"), "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
    ) as process:
        server = Server(process)
        hover = {"contentFormat": ["markdown"]}
        able = {"workspace": {"configuration": True}, "textDocument": {"hover": hover}}
        server.ask("initialize", processId=None, rootUri=folder.as_uri(), capabilities=able)
        server.notify("initialized")
        yield server
        server.ask("shutdown")
        server.notify("exit")


HEAD = {
    "scenario": "# yaml-language-server: $schema=../schemas/scenario.schema.json\n",
    "fragment": "# yaml-language-server: $schema=../../schemas/fragment.schema.json\n",
    "config": "# yaml-language-server: $schema=schemas/config.schema.json\n",
}
PLACES = {
    "scenario": "scenarios/open-{}.yaml",
    "fragment": "scenarios/fragments/open-{}.yaml",
    "config": "cn-validator-{}.yaml",
}


@pytest.fixture
def opened(server: Server, folder: Path, request: pytest.FixtureRequest) -> Any:
    """Open a text as a file of a kind; ``|`` in it is where the cursor is."""

    def opened(kind: str, text: str) -> dict[str, Any]:
        before, _, after = text.partition("|")
        place = folder / PLACES[kind].format(abs(hash((request.node.name, text))))
        shown = {"uri": place.as_uri(), "languageId": "yaml", "version": 1}
        server.notify(
            "textDocument/didOpen", textDocument=shown | {"text": HEAD[kind] + before + after}
        )
        line, column = 1 + before.count("\n"), len(before) - before.rfind("\n") - 1
        at = {"line": line, "character": column}
        return {"textDocument": {"uri": place.as_uri()}, "position": at}

    return opened


@pytest.mark.parametrize(
    ("kind", "text", "offered"),
    [
        ("scenario", "|", {"name", "base_url", "steps", "confirmation", "expect", "secrets"}),
        ("scenario", "steps:\n  - |", {"goto", "click", "fill", "payment", "include"}),
        ("scenario", "steps:\n  - click:\n      |", {"role", "label", "text", "test_id"}),
        ("scenario", "steps:\n  - payment:\n      |", {"at", "steps", "return", "within"}),
        ("scenario", "connectif: |", {"block", "observe", "allow"}),
        ("fragment", "|", {"name", "vars", "steps"}),
        ("config", "|", {"rules", "schemas"}),
    ],
)  # fmt: skip
def test_completion_offers_what_may_be_written(
    server: Server, opened: Any, kind: str, text: str, offered: set[str]
) -> None:
    answer = server.ask("textDocument/completion", **opened(kind, text))
    assert offered <= {item["label"] for item in answer["items"]}


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("scenario", "ba|se_url: https://shop.example\n", "The http(s) URL of the shop"),
        ("scenario", "confirm|ation: {url: '**'}\n", "How the order confirmation is recognised"),
        ("scenario", "steps:\n  - go|to: /\n", "Open a page: a path relative to base_url"),
        ("scenario", "steps:\n  - click: {ro|le: button}\n", "An element, by its ARIA role"),
        ("scenario", "steps:\n  - payment: {with|in: 10s}\n", "How long the return may take"),
        ("fragment", "va|rs: {a: b}\n", "The parameters of the fragment with their defaults"),
        ("config", "ru|les: {}\n", "The severity of a rule"),
    ],
)  # fmt: skip
def test_hover_explains_a_key(server: Server, opened: Any, kind: str, text: str, said: str) -> None:
    answer = server.ask("textDocument/hover", **opened(kind, text))
    assert said in answer["contents"]["value"].replace("\\", "")


def test_a_mistake_is_underlined_where_it_is(server: Server, opened: Any) -> None:
    wrong = opened("scenario", "name: A\nsteps:\n  - clik: '#pay'\n|")
    uri = wrong["textDocument"]["uri"]
    told = server.heard("textDocument/publishDiagnostics")
    while told["uri"] != uri or not told["diagnostics"]:
        told = server.heard("textDocument/publishDiagnostics")
    (first, *_) = told["diagnostics"]
    assert first["range"]["start"]["line"] == 3
    assert "clik" in first["message"]


def test_the_folder_that_init_makes_has_no_mistake(server: Server, folder: Path) -> None:
    for path in sorted((folder / "scenarios").rglob("*.yaml")):
        shown = {"uri": path.as_uri(), "languageId": "yaml", "version": 1}
        server.notify("textDocument/didOpen", textDocument=shown | {"text": path.read_text()})
        told = server.heard("textDocument/publishDiagnostics")
        while told["uri"] != path.as_uri():
            told = server.heard("textDocument/publishDiagnostics")
        assert told["diagnostics"] == []
