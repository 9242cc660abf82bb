"""The guides and recipes are executed: every command, every file they show.

A block of YAML or HTML begins with a comment that names its file; a command says how it ends.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.cli import invoke
from validator.demo import Demo, demo_servers
from validator.run import runner

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser, Site

DOCS = Path(__file__).parents[2] / "docs"
SHOP = Path(__file__).parent / "shop"
STAGING = "https://staging.shop.example"
GUIDES = sorted(DOCS.glob("guides/*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.+?)^```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"(?:# |<!-- )(\S+\.\w+)(?: -->)?\n")
COMMAND = re.compile(r"\$ (.+?)   # (.+)")
BY_OTHERS = ("until the window is closed", "exit 0 on a desktop")
"""Endings that need a person or a window: tests/cli/test_ten_minutes.py has both for real."""
CARD = "4111 1111 1111 1111"


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str


@dataclass(frozen=True, slots=True)
class Place:
    """The reader's folder, which is the current one, and what becomes of output."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, command: str) -> Done:
        """Run a command: in this process, but where it needs a shell."""
        if re.search(r"[|<>&]", command):
            shell = ["bash", "-o", "pipefail", "-c", command]
            done = subprocess.run(shell, capture_output=True, text=True, check=False)
            return Done(done.returncode, done.stdout + done.stderr)
        program, *arguments = shlex.split(command)
        assert program == "cn-validator", command
        self.capsys.readouterr()
        code = invoke(arguments)
        said = self.capsys.readouterr()
        return Done(code, said.out + said.err * (code not in (0, 1)))


@pytest.fixture
def place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kept_browser: KeptBrowser,
) -> Place:
    """An empty folder, and what the reader has set: the command on PATH, the secrets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runner, "run_scenarios", kept_browser.play)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    for name, value in (("CI", "true"), ("CARD_NUMBER", CARD), ("SHOP_PASSWORD", "not-hunter2")):
        monkeypatch.setenv(name, value)
    return Place(tmp_path, capsys)


def follow(page: Path, place: Place, urls: dict[str, str]) -> int:
    """Do what a page says, from top to bottom; return how many commands were run."""
    commands = 0
    for language, body in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "console":
            for line in body.splitlines():
                commands += execute(line, place, urls)
        elif language not in ("sh", "text"):
            named = NAMED.match(body)
            assert named, f"{page.name}: a block without the name of its file: {body[:60]}"
            path = place.folder / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
    return commands


def execute(line: str, place: Place, urls: dict[str, str]) -> int:
    said = COMMAND.fullmatch(line)
    assert said, f"a command that does not say how it ends: {line}"
    command, ends = said.groups()
    for shown, real in urls.items():
        command = command.replace(shown, real)
    if ends in BY_OTHERS:
        # Its options exist, at least: --help is heard before anything else is done.
        command, ends = f"{command} --help", "exit 0"
    done = place.run(command)
    assert f"exit {done.code}" == ends, f"{command}\n{done.out}"
    return 1


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with demo_servers() as servers:
        yield servers


@pytest.mark.browser
@pytest.mark.parametrize("page", GUIDES, ids=[page.stem for page in GUIDES])
def test_a_guide_can_be_followed_from_an_empty_folder(
    page: Path, place: Place, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_URL", demo.shop_url)
    confirmation = f"{STAGING}/order-confirmation/1042"
    is_shown = confirmation in page.read_text(encoding="utf-8")
    urls = ({confirmation: order(place, demo)} if is_shown else {}) | {STAGING: demo.shop_url}
    assert follow(page, place, urls) >= 5


def order(place: Place, demo: Demo) -> str:
    """Place an order in the bundled shop; return the address of its confirmation page."""
    place.run(f"cn-validator init {demo.shop_url}")
    report = json.loads(place.run("cn-validator run --report json").out)
    url: str = report["results"][0]["outcome"]["url"]
    return url


@pytest.fixture
def shops(site: Site) -> Site:
    """A shop for each recipe, on one server."""

    def page(name: str, **words: str) -> str:
        text = (SHOP / f"{name}.html").read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        return text

    for name in ("login", "account", "cookies", "shadow", "iframe", "card", "currencies"):
        site.page(f"/{name}", page(name))
    for store in ("en", "es"):
        site.page(f"/stores/{store}", page(f"store-{store}"))
    for name in ("login", "cookies", "shadow", "iframe", "eur", "usd", "en", "es"):
        tag = page("tag", ID=name, PRICE="54.95" if name == "usd" else "49.95")
        site.page(f"/order-confirmation/{name}", page("confirmation", TAG=tag))
    site.page("/spa", page("spa", TAG=page("tag", ID="spa", PRICE="49.95")))
    return site


@pytest.mark.browser
def test_every_recipe_runs_green_against_its_shop(
    shops: Site, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_URL", shops.url)
    assert follow(DOCS / "recipes.md", place, {}) == 2
    written = {path.name for path in (place.folder / "scenarios").glob("*.yaml")}
    report = place.run("cn-validator run --list").out
    assert written
    assert all(name in report for name in written)


def test_the_exit_codes_of_the_guide_are_those_of_the_command() -> None:
    from validator.core.exit_code import ExitCode

    text = (DOCS / "guides" / "ci.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    assert [int(code) for code in documented] == list(ExitCode)


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in (DOCS / "index.md", DOCS / "recipes.md", *GUIDES):
        for target in re.findall(r"\]\(([^)#:]+\.md)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"
