"""``cn-validator init``: what it makes passes lint, runs green, and is never written over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from validator.cli import invoke
from validator.starter import CI_FILES

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from validator.demo import Demo

MADE = {
    "cn-validator.yaml",
    "scenarios/checkout.yaml",
    "scenarios/fragments/guest-address.yaml",
    ".vscode/settings.json",
    ".gitignore",
    "schemas/scenario.schema.json",
    "schemas/config.schema.json",
    "schemas/fragment.schema.json",
}
SHOP = "https://shop.example"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_has_all_to_start_from(folder: Path) -> None:
    assert invoke(["init", SHOP]) == 0
    assert made(folder) == MADE


@pytest.mark.parametrize("server", CI_FILES)
def test_the_pipeline_is_where_its_server_looks_for_it(folder: Path, server: str) -> None:
    assert invoke(["init", SHOP, "--ci", server]) == 0
    path = CI_FILES[server][1]
    assert made(folder) == MADE | {path}
    text = (folder / path).read_text()
    for command in ("browser install", "lint", "run scenarios --label smoke"):
        assert f"cn-validator {command}" in text
    if path.endswith(".yml"):
        assert yaml.safe_load(text)


@pytest.mark.browser
def test_what_it_makes_passes_lint_and_runs_green_against_the_bundled_shop(
    cli: Cli, demo: Demo
) -> None:
    assert cli("init", demo.shop_url).code == 0
    assert cli("lint", "--strict").code == 0
    ran = cli("run")
    assert ran.code == 0, ran.out


def test_files_that_exist_are_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".gitignore").write_text("mine\n")
    assert invoke(["init", SHOP]) == 0
    assert (folder / ".gitignore").read_text() == "mine\n"
    assert "kept   .gitignore  (it exists; --force overwrites it)" in capsys.readouterr().out
    assert invoke(["init", SHOP, "--force"]) == 0
    assert ".env" in (folder / ".gitignore").read_text()


def test_where_all_is_there_it_says_that_nothing_was_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    invoke(["init"])
    capsys.readouterr()
    assert invoke(["init"]) == 0
    assert capsys.readouterr().out.endswith("Nothing was written: all files exist.\n")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://qa:hunter2@shop.example/?token=1", "https://shop.example"),
        ("https://shop.example/es/", "https://shop.example/es"),
        ("https://shop.example/a'b}c\"d", "https://shop.example/a%27b%7Dc%22d"),
    ],
)
def test_of_an_address_only_what_files_may_hold_is_written(
    folder: Path, url: str, address: str
) -> None:
    assert invoke(["init", url, "--ci", "github"]) == 0
    scenario = yaml.safe_load((folder / "scenarios/checkout.yaml").read_text())
    assert scenario["base_url"] == f"${{env.SHOP_URL:-{address}}}"
    assert not any("hunter2" in (folder / name).read_text() for name in made(folder))


def test_the_editor_is_led_to_schemas_that_exist(folder: Path) -> None:
    invoke(["init"])
    settings = json.loads((folder / ".vscode/settings.json").read_text())
    assert all((folder / schema).is_file() for schema in settings["yaml.schemas"])
    for name in ("cn-validator.yaml", "scenarios/checkout.yaml"):
        first, *_ = (folder / name).read_text().splitlines()
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert ((folder / name).parent / schema).is_file()
