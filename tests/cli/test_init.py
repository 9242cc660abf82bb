"""``cn-validator init``: what it makes passes lint, runs green, and is never written over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from validator.cli import init, invoke
from validator.core.installation import Source
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
REPOSITORY = "/srv/my code/cn-validator"


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
def test_the_pipeline_is_where_its_server_looks_for_it(
    folder: Path, server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "find_source", lambda: Source(REPOSITORY, is_local=True))
    assert invoke(["init", SHOP, "--ci", server]) == 0
    path = CI_FILES[server][1]
    assert made(folder) == MADE | {path}
    assert f"installs cn-validator from {REPOSITORY}" in capsys.readouterr().out
    text = (folder / path).read_text()
    for command in ("browser install", "lint", "run scenarios --label smoke"):
        assert f"cn-validator {command}" in text
    if path.endswith(".yml"):
        assert yaml.safe_load(text)


@pytest.mark.parametrize("server", CI_FILES)
def test_a_repository_and_revision_are_installed_and_git_before(
    folder: Path, server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "git+https://git.example/cn@1f2e3d"
    monkeypatch.setattr(
        init, "find_source", lambda: Source("cn-tag-validator", suffix=f" @ {address}")
    )
    assert invoke(["init", SHOP, "--ci", server]) == 0
    text = (folder / CI_FILES[server][1]).read_text().replace("\\'", "'")
    git = text.index("command -v git || (apt-get update")
    assert text.index(f"python -m pip install 'cn-tag-validator @ {address}'") > git
    assert "REPLACE" not in text
    assert f"installs cn-tag-validator @ {address}" in capsys.readouterr().out


def test_a_bare_name_is_written_only_if_it_is_given(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "find_source", lambda: None)
    assert invoke(["init", SHOP, "--ci", "gitlab"]) == 2
    assert made(folder) == set()
    assert "to fix: give the source: --install" in capsys.readouterr().err
    assert invoke(["init", SHOP, "--ci", "gitlab", "--install", "cn-tag-validator==0.1.0"]) == 0
    text = (folder / ".gitlab-ci.yml").read_text()
    assert "python -m pip install cn-tag-validator==0.1.0\n" in text
    assert "git" not in text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("git+https://qa:hunter2@git.example/cn@1", "credentials must not stand in a file"),
        ("cn\nrm -rf .", "one requirement, one line"),
        ("--index-url=https://evil.example", "one requirement, one line"),
        (" ", "one requirement, one line"),
    ],
)
def test_what_may_not_stand_in_a_pipeline_is_refused(
    folder: Path, given: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["init", SHOP, "--ci", "github", f"--install={given}"]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "hunter2" not in said
    assert made(folder) == set()


def test_a_source_without_a_pipeline_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["init", SHOP, "--install", "x.whl"]) == 2
    assert "name its server too" in capsys.readouterr().err


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
