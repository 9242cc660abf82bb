"""Reports go where they were asked to, whole, and what cannot be written is said at once."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from validator.cli.options.output import Output, output_options
from validator.cli.options.report_targets import ReportTarget
from validator.cli.terminal.capabilities import wants_color
from validator.cli.terminal.echo import echo
from validator.core.capture import Capture
from validator.core.errors import InputError
from validator.core.exit_code import ExitCode
from validator.core.result import Report
from validator.core.result import Result as Judged
from validator.report import FORMATS
from validator.report.terminal import terminal_report

REPORT = Report(
    (Judged("página ✓", Capture("http://shop.test/", rendered=True, tags=())),),
    "r1",
    "2026-11-23T10:15:00Z",
    12.0,
    notes=("a note",),
)


@click.command()
@output_options
def command(output: Output) -> int:
    echo("the run", err=True)
    output.write(REPORT)
    return REPORT.exit_code


@click.command()
@output_options
@click.pass_obj
def github_command(report: Report, output: Output) -> None:
    output.write(report)


def invoke(*arguments: str, **environ: str) -> Result:
    clean: dict[str, str | None] = {"NO_COLOR": None, "FORCE_COLOR": None, "COLUMNS": "80"}
    return CliRunner().invoke(command, arguments, env=clean | environ)


def test_without_options_the_terminal_report_is_on_standard_output() -> None:
    ran = invoke()
    assert ran.stdout == terminal_report(REPORT, width=80, color=False)
    assert "1 passed in 12ms" in ran.stdout
    assert ran.stderr == "the run\n"


@pytest.mark.parametrize("argument", ["json", "json=-"])
def test_a_report_without_a_path_takes_the_place_of_the_terminal_report(argument: str) -> None:
    ran = invoke("--report", argument)
    assert json.loads(ran.stdout)["run_id"] == "r1"


def test_several_reports_go_to_files_in_folders_that_are_made(tmp_path: Path) -> None:
    ran = invoke("--report", f"junit={tmp_path}/a/b/j.xml", "--report", f"json={tmp_path}/r.json")
    assert (tmp_path / "a/b/j.xml").read_text(encoding="utf-8") == FORMATS["junit"](REPORT)
    assert (tmp_path / "r.json").read_text(encoding="utf-8") == FORMATS["json"](REPORT)
    assert "1 passed" in ran.stdout
    assert f"junit report: {tmp_path}/a/b/j.xml\n" in ran.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "r.json"]


def test_an_old_report_is_replaced_and_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old", encoding="utf-8")
    (tmp_path / "link.json").symlink_to("real.json")
    invoke("--report", f"json={tmp_path}/link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text(encoding="utf-8"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are for Unix")
def test_a_pipe_is_written_to_once_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    invoke("--report", f"json={pipe}")
    assert json.loads(os.read(reader, 65_536))["run_id"] == "r1"
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("jsn=x", "there is no report 'jsn': did you mean json?"),
        ("pdf", "there is no report 'pdf': it is one of terminal, json, junit, "),
        ("json=", "json= names no file; --report json is standard output."),
        ("\x1b[31m=x", r"there is no report '\\x1b[31m': it is one of"),
    ],
)
def test_a_wrong_report_is_refused(argument: str, message: str) -> None:
    ran = invoke("--report", argument)
    assert ran.exit_code == 2
    assert message in " ".join(ran.stderr.split())
    assert "the run" not in ran.stderr


@pytest.mark.parametrize("path", ["-", "same.xml"])
def test_two_reports_in_one_place_are_refused(path: str) -> None:
    ran = invoke("--report", f"json={path}", "--report", f"junit={path}")
    assert ran.exit_code == 2
    assert "two reports cannot both go to" in ran.stderr


def test_what_cannot_be_written_is_found_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = invoke(
        *("--report", f"json={tmp_path}"),
        *("--report", f"junit={tmp_path}/file/j.xml"),
        *("--report", f"svg={tmp_path}/{'x' * 300}/r.svg"),
    )
    assert isinstance(ran.exception, InputError)
    assert [finding.message for finding in ran.exception.findings] == [
        "the json report cannot be written: Is a directory",
        "the junit report cannot be written: a part of its path is a file, not a folder",
        "the svg report cannot be written: File name too long",
    ]
    assert str(ran.exception.findings[0].location) == str(tmp_path)
    assert "the run" not in ran.stderr


def test_trying_a_path_leaves_what_is_there(tmp_path: Path) -> None:
    old = tmp_path / "r.json"
    old.write_text("old", encoding="utf-8")
    invoke("--report", f"json={old}", "--report", f"junit={tmp_path}/j.xml", "--report", "nope")
    written = Output((ReportTarget("json", tmp_path),)).write(REPORT)
    assert written.exit_code is ExitCode.BROKEN
    assert old.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_a_file_that_fails_after_all_does_not_cost_the_other_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "good.xml"
    output = Output(
        (ReportTarget("json", tmp_path), ReportTarget("junit", good), ReportTarget("terminal"))
    )
    assert output.write(REPORT).exit_code is ExitCode.BROKEN
    assert good.exists()
    printed = capsys.readouterr()
    assert "1 passed" in printed.out
    assert "the json report cannot be written: Is a directory" in printed.err


def test_quiet_prints_only_what_is_wrong_and_the_count(tmp_path: Path) -> None:
    ran = invoke("--quiet", "--report", f"json={tmp_path}/r.json")
    assert ran.stdout == "1 passed in 12ms\n"
    assert ran.stderr == "the run\n"


def test_on_github_the_annotations_follow_the_report_and_the_summary_is_added_to(
    tmp_path: Path,
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    broken = replace(REPORT, results=())
    shown = CliRunner().invoke(github_command, ["--report", "github"], obj=broken,
                               env={"GITHUB_STEP_SUMMARY": str(summary)})  # fmt: skip
    stop, *report, resume, annotation = shown.stdout.splitlines()
    assert stop.removeprefix("::stop-commands::") == resume.strip(":")
    assert "nothing checked" in "\n".join(report)
    assert annotation.startswith("::error title=cn-validator::exit 2")
    assert summary.read_text(encoding="utf-8") == "before\n" + FORMATS["markdown"](broken)


def test_without_the_option_nothing_is_said_to_github(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    ran = invoke(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert "::" not in ran.stdout
    assert not summary.exists()


def test_a_summary_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    ran = invoke("--report", "github", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert "the job's summary cannot be written: Is a directory" in ran.stderr


def test_annotations_and_json_do_not_share_standard_output() -> None:
    ran = invoke("--report", "json", "--report", "github")
    assert ran.exit_code == 2
    assert "two reports cannot both go to standard output" in ran.stderr


def test_a_terminal_without_unicode_gets_ascii_and_a_file_does_not(tmp_path: Path) -> None:
    arguments = ["--report", f"terminal={tmp_path}/r.txt"]
    ran = CliRunner(charset="ascii").invoke(command, arguments, env={"COLUMNS": "80"})
    assert ran.stdout_bytes.isascii()
    assert "+ p\\xe1gina +" in ran.stdout
    assert "✓ página ✓" in (tmp_path / "r.txt").read_text(encoding="utf-8")


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("choice", "terminal", "environ", "color"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"NO_COLOR": "0"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_follows_the_option_then_the_environment_then_the_stream(
    choice: str, terminal: bool, environ: dict[str, str], color: bool
) -> None:
    assert wants_color(choice, Stream(terminal=terminal), environ) is color


def test_colour_reaches_a_pipe_when_it_is_asked_for() -> None:
    assert "\x1b[" in invoke("--color", "always").stdout
    assert "\x1b[" not in invoke("--color", "auto").stdout


@pytest.mark.parametrize("columns", ["10", "500"])
def test_the_report_keeps_a_readable_width(columns: str) -> None:
    rule = next(line for line in invoke(COLUMNS=columns).stdout.splitlines() if "─" in line)
    assert len(rule) == {"10": 40, "500": 120}[columns]
