"""No output of a command has a secret, whatever kind of secret it is and wherever it appears."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

WORD = "correcthorse"
"""A secret that is a plain lower-case word."""

THROWS = """
name: an error of the page
secrets: [PW]
steps:
  - goto: /
  - fill: {css: input, value: "${secret.PW}"}
  - evaluate: "(() => { throw new Error(MESSAGE) })()"
confirmation: {css: .thanks}
"""

PROXY = """
environments:
  a:
    base_url: http://shop.example.test
    proxy: {server: "http://user:ProxyPassword@127.0.0.1:9"}
"""

SCENARIO = "name: x\nsteps: [{goto: /}]\nconfirmation: '**/'\n"


def output(folder: Path) -> str:
    """Return everything that a run has written."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".yaml"]
    texts = [file.read_bytes() for file in files]
    for file in files:
        if file.suffix == ".zip":
            with ZipFile(file) as archive:
                texts += [archive.read(name) for name in archive.namelist()]
    return b"".join(texts).decode("latin-1")


@pytest.mark.parametrize("secret", [WORD, "abc1", "Correct horse"])
@pytest.mark.parametrize(
    "message",
    [
        "'wrong password ' + document.querySelector('input').value",
        "'\\\"' + document.querySelector('input').value + '\\\" is wrong'",
        "'\\\" ' + document.querySelector('input').value",
        "document.querySelector('input').value.toUpperCase()",
    ],
)
def test_an_error_of_the_page_does_not_show_a_secret(
    cli: Cli, tmp_path: Path, site: Site, secret: str, message: str
) -> None:
    (tmp_path / "a.yaml").write_text(THROWS.replace("MESSAGE", message))
    site.page("/", "<title>x</title><input>")
    done = cli(
        *("run", "a.yaml", "--base-url", site.url, "--output", "out", "--trace"),
        *("--report", "json=r.json", "--report", "terminal"),
        PW=secret,
    )
    assert done.code == 3
    assert "[secret]" in done.out
    shown = (done.out + done.err + output(tmp_path)).lower()
    assert secret.lower() not in shown


@pytest.mark.parametrize(
    ("secret", "note"),
    [
        ("ab", "the secret PW is too short to be hidden: use 6 characters"),
        ("sesame", "the secret PW is short or plain: it is hidden only as a separate word"),
        ("Correct-horse-1", None),
        ("123", None),
    ],
)
def test_a_secret_that_cannot_be_hidden_everywhere_is_noted(
    cli: Cli, tmp_path: Path, site: Site, secret: str, note: str | None
) -> None:
    (tmp_path / "a.yaml").write_text(THROWS.replace("MESSAGE", "'x'"))
    site.page("/", "<title>x</title><input>")
    done = cli("run", "a.yaml", "--base-url", site.url, PW=secret)
    notes = [line for line in done.out.splitlines() if "the secret" in line]
    assert notes == ([f"note  {note}"] if note else [])


@pytest.mark.parametrize(
    "command", [("run",), ("config",), ("config", "--report", "json"), ("lint",)]
)
def test_the_password_of_a_proxy_is_not_shown(
    cli: Cli, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "cn-validator.yaml").write_text(PROXY)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/x.yaml").write_text(SCENARIO)
    done = cli(*command, *(() if command == ("lint",) else ("--env", "a")))
    assert "ProxyPassword" not in done.out + done.err


def test_a_secret_that_is_read_as_a_variable_is_hidden_in_errors_and_settings(
    cli: Cli, tmp_path: Path
) -> None:
    text = "secrets: [PW]\nbase_url: 'x:${env.PW}'\nuser_agent: '${env.PW}'\n" + SCENARIO
    (tmp_path / "a.yaml").write_text(text)
    ran, shown = cli("run", "a.yaml", PW="S3cret-word"), cli("config", "a.yaml", PW="S3cret-word")
    assert (ran.code, shown.code) == (2, 0)
    assert 'must be an http(s) URL, not "x:[secret]"' in ran.err
    assert "S3cret-word" not in ran.out + ran.err + shown.out + shown.err


def test_an_error_in_a_line_does_not_show_the_password_in_it(cli: Cli, tmp_path: Path) -> None:
    text = SCENARIO + "http_auth: {user: a, password: S3cret word, wrong: 1}\n"
    (tmp_path / "a.yaml").write_text(text)
    done = cli("run", "a.yaml")
    assert done.code == 2
    assert "S3cret" not in done.err
    assert "http_auth: {user: a, password: [secret], wrong: 1}" in done.err


def test_a_key_in_the_local_storage_that_a_scenario_begins_with_is_hidden(
    cli: Cli, tmp_path: Path, site: Site
) -> None:
    site.page("/", "<title>x</title><script>document.write(localStorage.token)</script>")
    items = [{"name": "token", "value": "l0cal-key"}]
    state = {"cookies": [], "origins": [{"origin": site.url, "localStorage": items}]}
    (tmp_path / "state").write_text(json.dumps(state))
    text = (
        "name: x\nstorage_state: state\nsteps:\n  - goto: /\n"
        '  - evaluate: "(() => { throw new Error(localStorage.token) })()"\n'
        "confirmation: '**/'\n"
    )
    (tmp_path / "a.yaml").write_text(text)
    done = cli("run", "a.yaml", "--base-url", site.url, "--output", "out")
    assert "Error: [secret]" in done.out
    assert "l0cal-key" not in output(tmp_path / "out")
