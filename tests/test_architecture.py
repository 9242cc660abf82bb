"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
LONGEST_MODULE = 400
ONE_CONCEPT = {
    "reconcile/column_parsers.py",
    "api.py",
    "core/capture.py",
    "scenario/model/actions.py",
}
"""Longer, and looked at: each is one concept."""
MOST_MODULES = 20
LARGER = {
    "validator/cli": 24,
    "validator/core": 24,
    "validator/reconcile": 24,
    "validator/report": 22,
}
"""Packages of one kind of file each: a command, a shared type, a question, a format."""
MOST_AT_THE_TOP = 10
EMPTY_NAMES = re.compile(r"(utils?|helpers?|common|misc|managers?)\.")
PRIVATE_PATH = re.compile(r"(?<![\w.*])/(?:work|root|home|Users)/\w")
REGISTRY_HOST = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org")


def tracked_files() -> list[Path]:
    # CI may check out as another user than it runs as; git then wants to be told.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    names = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    paths = [REPOSITORY / name for name in names.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def packages() -> list[Path]:
    return sorted(path.parent for path in (REPOSITORY / "validator").rglob("__init__.py"))


def test_a_module_longer_than_a_few_screens_is_one_concept() -> None:
    """Look for two concepts in it; where there are none, name it in ``ONE_CONCEPT``."""
    lengths = {
        str(path.relative_to(REPOSITORY / "validator")): len(
            path.read_text(encoding="utf-8").splitlines()
        )
        for path in (REPOSITORY / "validator").rglob("*.py")
    }
    longer = {path for path, length in lengths.items() if length > LONGEST_MODULE}
    assert longer - ONE_CONCEPT == set()


def test_a_package_has_few_enough_modules_to_be_looked_through() -> None:
    top = REPOSITORY / "validator"
    counts = {
        str(folder.relative_to(REPOSITORY)): len(list(folder.glob("[!_]*.py")))
        for folder in packages()
    }
    limits = dict.fromkeys(counts, MOST_MODULES) | {top.name: MOST_AT_THE_TOP} | LARGER
    assert {name: n for name, n in counts.items() if n > limits[name]} == {}


def test_every_package_says_what_belongs_there() -> None:
    silent = [
        str(folder.relative_to(REPOSITORY))
        for folder in packages()
        if not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_file_is_named_for_nothing() -> None:
    assert [path for path in tracked_files() if EMPTY_NAMES.fullmatch(f"{path.stem}.")] == []


def test_our_own_bugs_are_caught_in_two_places_only() -> None:
    broad = re.compile(r"except (Base)?Exception\b|except:")
    places = [
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "validator").rglob("*.py")
        for _ in broad.findall(path.read_text(encoding="utf-8"))
    ]
    # The command line is the last resort; a run isolates each scenario and each report.
    assert sorted(places) == ["validator/cli/__init__.py", "validator/core/crashes.py"]


def test_every_silenced_lint_gives_its_reason() -> None:
    """On its own line, or as a comment right above."""
    silenced = re.compile(r"# noqa\b")
    reasoned = re.compile(r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)* - \w")
    bare = []
    for folder in ("validator", "benchmarks", "docs/generate", "tests"):
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            lines = path.read_text(encoding="utf-8").splitlines()
            bare += [
                f"{path.relative_to(REPOSITORY)}: {line.strip()}"
                for above, line in pairwise(["", *lines])
                if silenced.search(line)
                and not reasoned.search(line)
                and not above.strip().startswith("# ")
                and path != Path(__file__)
            ]
    assert bare == []


def test_every_lint_that_is_switched_off_gives_its_reason() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    off = set(lint["ignore"]).union(*lint["per-file-ignores"].values())
    reasoned = {code for code in off if re.search(rf'^\s*"{code}",\s*# \w', text, re.MULTILINE)}
    assert off - reasoned == set()


WITHOUT_A_BROWSER = (
    "--help",
    "check --help",
    "run --help",
    "demo --help",
    "backfill --help",
    "recorded --help",
    "watch --help",
    "diff --help",
    "history --help",
    "rules",
    "schema cn_purchase",
    "check page.html",
    "report --help",
    "merge --help",
)
HEAVY = ("playwright", "flask", "httpx", "jinja2")
LOADED_BY_EACH = f"""
import contextlib, io, json, sys
from validator.cli import invoke

answers = {{}}
for command in {WITHOUT_A_BROWSER!r}:
    before = set(sys.modules)
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        code = invoke(command.split())
    answers[command] = code, sorted({{*{HEAVY!r}}} & (set(sys.modules) - before))
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def loaded_by_each(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, list[str]]]:
    """Run the commands in one process of their own: command → exit code, heavy modules loaded."""
    folder = tmp_path_factory.mktemp("loaded")
    (folder / "page.html").write_text("<div class='cn_purchase'></div>")
    command = [sys.executable, "-c", LOADED_BY_EACH]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=True)
    loaded: dict[str, tuple[int, list[str]]] = json.loads(answer.stdout)
    return loaded


@pytest.mark.parametrize("command", WITHOUT_A_BROWSER)
def test_what_needs_no_browser_does_not_load_one(
    loaded_by_each: dict[str, tuple[int, list[str]]], command: str
) -> None:
    code, loaded = loaded_by_each[command]
    assert code in (0, 1)
    assert loaded == []


@pytest.mark.parametrize("pattern", [PRIVATE_PATH, REGISTRY_HOST], ids=["path", "host"])
def test_no_committed_file_knows_the_machine_it_was_written_on(pattern: re.Pattern[str]) -> None:
    knowing = [
        f"{path.relative_to(REPOSITORY)}: {found[0]}"
        for path in tracked_files()
        if (found := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert knowing == []
