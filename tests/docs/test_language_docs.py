"""The pages of the language are executed, and their tables made of the schemas: ``make docs``."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docs.generate.pages import FOLDER, TABLES, find_tables
from validator.cli import invoke
from validator.demo import Demo, demo_servers
from validator.run.config import load_config
from validator.scenario.load import load_scenarios

EACH = [(page, name) for page, tables in TABLES.items() for name in tables]


def text_of(page: str) -> str:
    return (FOLDER / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[str]:
    return re.findall(r"^```yaml\n(.+?)^```", text_of(page), re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[tuple[str, str, int]]:
    """Return page, command and exit code, which is not in the page: its text can be copied."""
    found = re.findall(r"^```sh\n(.+?)^```", text_of(page), re.MULTILINE | re.DOTALL)
    lines = [line for block in found for line in block.splitlines()]
    # Others are lines for the start-up file of a shell.
    ours = [line for line in lines if line.startswith("cn-validator ")]
    return [(page, line, 2 if line in WRONG_INPUT else 0) for line in ours]


WRONG_INPUT = (
    "cn-validator run --env stagin",
    "cn-validator config --env staging --report json",
)
"""The commands that a page shows to end with exit code 2."""
ALL_COMMANDS = [each for page in TABLES for each in commands(page)]


@pytest.mark.parametrize(("page", "name"), EACH, ids=str)
def test_a_table_says_what_the_schema_says(page: str, name: str) -> None:
    table = TABLES[page][name]()
    assert find_tables(text_of(page), name) == [table], "it is stale: make docs"


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for each page, with the files that it shows."""
    folders = {}
    for page in TABLES:
        folder = folders[page] = tmp_path_factory.mktemp("reader")
        (folder / ".secrets").write_text("CARD_NUMBER=4111 1111 1111 1111\n")
        for block in blocks(page):
            if named := re.match(r"# (\S+\.yaml)\n", block):
                (folder / named[1]).parent.mkdir(exist_ok=True)
                (folder / named[1]).write_text(block, encoding="utf-8")
    return folders


@pytest.mark.parametrize("page", TABLES)
def test_every_file_of_a_page_loads(
    page: str, projects: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(projects[page])
    config = Path("cn-validator.yaml")
    given = load_config(config).given({}, None, 1) if config.exists() else None
    assert load_scenarios(["scenarios"], environ={}, run_id="r", given=given)


@pytest.mark.parametrize("page", TABLES)
def test_every_list_of_steps_of_a_page_loads(page: str, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(page)):
        if block.startswith("- "):
            head = "name: Steps\nbase_url: http://a.test\nvars: {company: '', country: Spain}\n"
            file = tmp_path / f"steps-{number}.yaml"
            file.write_text(f"{head}steps:\n{block}", encoding="utf-8")
            assert load_scenarios([file], environ={}, run_id="r")
        else:
            assert block.startswith("# "), "each file says its name in its first line"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with demo_servers() as servers:
        yield servers


@pytest.fixture
def reader(
    projects: dict[str, Path],
    demo: Demo,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[str, str], tuple[int, str]]:
    """Run a command in the folder of a page; return how it ended, and what it said."""

    def run_in(page: str, command: str) -> tuple[int, str]:
        monkeypatch.chdir(projects[page])
        monkeypatch.setenv("SHOP_URL", demo.shop_url)
        program, *arguments = shlex.split(command)
        assert program == "cn-validator"
        return invoke(arguments), "".join(capsys.readouterr())

    return run_in


@pytest.mark.browser
@pytest.mark.parametrize(("page", "command", "ends"), ALL_COMMANDS, ids=str)
def test_each_command_ends_as_the_page_says(
    page: str, command: str, ends: int, reader: Callable[[str, str], tuple[int, str]]
) -> None:
    code, said = reader(page, command)
    assert code == ends, said


def test_every_page_has_commands_that_can_be_copied() -> None:
    for page in TABLES:
        assert commands(page)
        assert "\n$ " not in text_of(page)
