"""The help of every command: complete, not cut, and its choices can be typed as they are shown."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from validator.cli import COMMANDS, SECTIONS, app, invoke

CONTEXT = click.Context(app, info_name="cn-validator")


def all_commands() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        command = app.get_command(CONTEXT, name)
        assert command is not None, f"{name}: no module validator/cli/{name}.py with a command"
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", each) for inner, each in command.commands.items())


def all_options() -> Iterator[tuple[str, click.Option]]:
    for name, command in all_commands():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield f"{name} {parameter.opts[0]}", parameter


OPTIONS = dict(all_options())
CHOICES = [
    (name, value.strip())
    for name, option in OPTIONS.items()
    if (shown := re.fullmatch(r"\[(.+)\]", option.make_metavar(CONTEXT))) and "|" in shown[1]
    for value in shown[1].split("|")
]


def shown_help(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert invoke([*arguments, "--help"]) == 0
    return capsys.readouterr().out


def test_every_option_has_a_help_text() -> None:
    """Write it in the ``click.option`` of the command's module, or of validator/cli/options."""
    assert [name for name, option in OPTIONS.items() if not option.help] == []


def test_every_option_with_a_value_has_a_metavar_that_names_the_value() -> None:
    """Give the option a ``metavar``: names of click's types mean nothing to a user."""
    vague = re.compile(r"(TEXT|INTEGER|FLOAT|PATH|FILE|INTEGER RANGE|FLOAT RANGE)$")
    unnamed = [
        name
        for name, option in OPTIONS.items()
        if not option.is_flag and option.metavar is None
        and vague.match(option.make_metavar(CONTEXT))
    ]  # fmt: skip
    assert unnamed == []


def test_there_are_choices_to_type() -> None:
    assert len(CHOICES) > 20


@pytest.mark.parametrize(("name", "value"), CHOICES, ids=str)
def test_a_choice_is_accepted_as_the_help_shows_it(name: str, value: str) -> None:
    option = OPTIONS[name]
    converted = option.type.convert(value, option, CONTEXT)
    assert str(converted) == value


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_list_of_commands_is_not_cut(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = shown_help(capsys=capsys).splitlines()
    for commands in SECTIONS.values():
        for name, text in commands.items():
            assert f"  {name:<9}  {text}" in lines, name


def test_the_list_of_commands_loads_none_of_them() -> None:
    asked = [sys.executable, "-X", "importtime", "-m", "validator", "--help"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    loaded = re.findall(r"validator\.\S+$", done.stderr, re.MULTILINE)
    assert set(loaded) == {
        "validator.cli",
        "validator.cli.terminal",
        "validator.cli.terminal.standard_streams",
        "validator.core",
        "validator.core.exit_code",
        "validator.core.installation",
    }


def test_commands_are_grouped_by_what_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    shown = shown_help(capsys=capsys)
    order = [word for title, names in SECTIONS.items() for word in (f"{title}:", *names)]
    positions = [re.search(rf"^ *{re.escape(word)}", shown, re.MULTILINE) for word in order]
    starts = [found.start() for found in positions if found]
    assert len(starts) == len(order)
    assert starts == sorted(starts)


def test_every_command_module_is_in_the_list() -> None:
    """Add a new command to ``SECTIONS`` in validator/cli/__init__.py."""
    (folder,) = importlib.import_module("validator.cli").__path__
    modules = {path.stem for path in Path(folder).glob("[!_]*.py")}
    with_command = {
        module.removesuffix("_")
        for module in modules
        if hasattr(importlib.import_module(f"validator.cli.{module}"), "command")
    }
    assert with_command == set(COMMANDS)


def test_the_options_of_run_are_grouped(capsys: pytest.CaptureFixture[str]) -> None:
    titles = re.findall(r"^(\S.+):$", shown_help("run", capsys=capsys), re.MULTILINE)
    assert titles == [
        "Selection", "Settings", "Rules and contracts", "Execution", "Browser", "Results",
        "Evidence", "Output", "Comparison and history", "Monitoring", "Other options",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["check", "run", "demo", "report", "merge", "diff", "lint",
                                     "config", "rules", "recorded", "reconcile"])  # fmt: skip
def test_reports_are_asked_for_in_the_same_way_everywhere(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = shown_help(command, capsys=capsys)
    assert "--report FORMAT[=FILE]" in shown
    assert "--format" not in shown
    assert "--json" not in shown


def test_a_mistyped_command_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert invoke(["chek"]) == 2
    assert 'there is no command "chek": did you mean "check"?' in capsys.readouterr().err


def test_a_command_that_is_like_no_other_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["xyzzy"]) == 2
    assert capsys.readouterr().err.endswith('there is no command "xyzzy"\n')


@pytest.mark.parametrize(("shell", "sign"), [("bash", "complete -o"), ("zsh", "compdef"),
                                             ("fish", "complete --no-files")])  # fmt: skip
def test_a_completion_script_is_printed(shell: str, sign: str, repository: Path) -> None:
    documented = (repository / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert f"_CN_VALIDATOR_COMPLETE={shell}_source cn-validator" in documented
    environ = os.environ | {"_CN_VALIDATOR_COMPLETE": f"{shell}_source"}
    done = subprocess.run(
        [sys.executable, "-m", "validator"], env=environ, capture_output=True, text=True, check=True
    )
    assert sign in done.stdout
    assert "_CN_VALIDATOR_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("cn-validator rec", {"record", "recorded", "reconcile"}),
        ("cn-validator check --vid", {""}),
        ("cn-validator run --evid", {"--evidence"}),
        ("cn-validator run --evidence on", {"on-failure"}),
        ("cn-validator lint --report j", {"json"}),
    ],
)
def test_words_are_completed(words: str, completed: set[str]) -> None:
    environ = os.environ | {
        "_CN_VALIDATOR_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "validator"], env=environ, capture_output=True, text=True, check=True
    )
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == completed
