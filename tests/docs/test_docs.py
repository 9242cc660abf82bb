"""README, guides and recipes are executed: every command, every file they show, in their order.

A block of YAML or HTML begins with a comment that names its file, one of JSON follows its name. The
exit codes are here, so that the commands of the pages can be copied.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
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
from validator.scenario.files import bundled_scenarios
from validator.starter import BUNDLED_SHOP

if TYPE_CHECKING:
    from tests.conftest import KeptBrowser, Site

DOCS = Path(__file__).parents[2] / "docs"
SHOP = Path(__file__).parent / "shop"
STAGING = "https://staging.shop.example"
README = DOCS.parent / "README.md"
PAGES = [README, *sorted(DOCS.glob("guides/*.md")), DOCS / "check.md", DOCS / "contracts.md"]
BLOCK = re.compile(r"(?:^`(\S+)`:\n\n)?^```(\w+)\n(.+?)^```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"\A(?:# |<!-- )(\S+\.\w+)(?: -->)?\n")
ENTER_FOLDER = re.compile(r"mkdir (\S+) && cd \1")
FINDINGS = {
    ("README", "cn-validator demo --break comma-decimals"),
    ("developer", "cn-validator check confirmation.html"),
    ("developer", "cn-validator check --show-recorded confirmation.html"),
    ("check", "cn-validator check confirmation.html"),
    ("check", "cat confirmation.html | cn-validator check -"),
    ("check", "cn-validator check --show-recorded confirmation.html"),
    ("contracts", "cn-validator check confirmation.html --rule cart-id-missing=off"),
}
"""The commands that end with exit code 1, by the page they are on. All others end with 0."""
BY_OTHERS = (
    "pipx install",  # tests/test_wheel.py
    "cn-validator browser install",
    "cn-validator demo --serve",  # tests/cli/test_demo.py
    "google-chrome",
    "cn-validator check --attach",  # tests/cli/test_attach.py
    "cn-validator record",  # tests/cli/test_ten_minutes.py
    "cn-validator run --headed",
)
"""What needs a person, a window or a network, and where it is done for real. Of commands that are
ours, the options exist at least."""
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
    monkeypatch: pytest.MonkeyPatch

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
    return Place(tmp_path, capsys, monkeypatch)


def follow(page: Path, place: Place, urls: dict[str, str]) -> int:
    """Do what a page says, from top to bottom; return how many commands were run."""
    commands = 0
    for name, language, body in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "sh":
            for line in body.splitlines():
                execute(page.stem, line, place, urls)
                commands += 1
        elif language != "text":
            named = name or "".join(NAMED.findall(body)[:1])
            assert named, f"{page.name}: a block without the name of its file: {body[:60]}"
            path = place.folder / named
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
    return commands


def execute(page: str, command: str, place: Place, urls: dict[str, str]) -> None:
    if into := ENTER_FOLDER.fullmatch(command):
        (place.folder / into[1]).mkdir()
        place.monkeypatch.chdir(place.folder / into[1])
        return
    expected = 1 if (page, command) in FINDINGS else 0
    for shown, real in urls.items():
        command = command.replace(shown, real)
    if command.startswith(BY_OTHERS):
        if not command.startswith("cn-validator"):
            return
        # Its options exist, at least: --help is heard before anything else is done.
        command = f"{command} --help"
    done = place.run(command)
    assert done.code == expected, f"{command}\n{done.out}"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with demo_servers() as servers:
        yield servers


@pytest.mark.browser
@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_can_be_followed_from_an_empty_folder(
    page: Path, place: Place, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_URL", demo.shop_url)
    monkeypatch.setenv("PAYMENT_URL", demo.payment_url)
    if page.stem == "contracts":
        # It is about a project that has scenarios and a page.
        others = shutil.ignore_patterns("payment")
        shutil.copytree(bundled_scenarios(), place.folder / "scenarios", ignore=others)
        (place.folder / "confirmation.html").write_text('<div class="cn_purchase"></div>')
    assert follow(page, place, {STAGING: demo.shop_url, BUNDLED_SHOP: demo.shop_url}) >= 4


def test_each_exit_code_is_of_a_command_that_a_page_has() -> None:
    shown = {
        (page.stem, line)
        for page in PAGES
        for _, language, body in BLOCK.findall(page.read_text(encoding="utf-8"))
        if language == "sh"
        for line in body.splitlines()
    }
    assert shown >= FINDINGS
    assert not [line for _, line in shown if line.startswith("$") or "  # " in line]


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
    for page in (DOCS / "index.md", DOCS / "recipes.md", *PAGES):
        for target in re.findall(r"\]\(([^)#:]+\.md)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"
