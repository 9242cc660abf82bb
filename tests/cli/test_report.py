"""Results that were kept are shown again, and put together."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Cli

PAGES = Path(__file__).parents[1] / "cases"
GOOD = PAGES / "total-price-mismatch/pass/lines-add-up.html"
BAD = PAGES / "total-price-mismatch/fail/one-unit.html"


@pytest.fixture
def results(cli: Cli) -> tuple[str, str]:
    """The results of a check that passes, and of one that does not."""
    assert cli("check", str(GOOD), "--report", "json=good.json").code == 0
    assert cli("check", str(BAD), "--rule", "total-price-mismatch=error",
               "--report", "json=bad.json").code == 1  # fmt: skip
    return "good.json", "bad.json"


def test_a_kept_report_is_shown_as_it_was(cli: Cli, results: tuple[str, str]) -> None:
    good, bad = results
    shown = cli("report", bad)
    assert (shown.code, shown.err) == (1, "")
    assert "✗" in shown.out
    assert "total-price-mismatch" in shown.out
    assert cli("report", good).code == 0


def test_a_kept_report_is_written_in_other_formats(
    cli: Cli, results: tuple[str, str], tmp_path: Path
) -> None:
    done = cli("report", results[1], "--report", "junit=r.xml", "--report", "json")
    assert json.loads(done.out) == json.loads((tmp_path / "bad.json").read_text("utf-8"))
    assert ET.parse(tmp_path / "r.xml").getroot().get("failures") == "1"  # noqa: S314 - our own file


def test_merged_results_end_as_the_worst_of_them(cli: Cli, results: tuple[str, str]) -> None:
    done = cli("merge", *results, "--report", "json")
    assert done.code == 1
    assert json.loads(done.out)["counts"] == {"passed": 1, "flaky": 0, "failed": 1, "broken": 0}


def test_the_same_results_are_not_counted_twice(cli: Cli, results: tuple[str, str]) -> None:
    done = cli("merge", results[0], f"./{results[0]}")
    assert done.code == 2
    assert done.err.startswith("good.json: these results are named twice")


def test_a_part_that_checked_nothing_is_not_merged_into_a_pass(
    cli: Cli, results: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/results.ndjson").touch()
    done = cli("merge", results[0], "run")
    assert done.code == 2
    assert done.err.startswith("run: it has no results")


def test_evidence_is_found_where_the_results_have_moved_to(cli: Cli, tmp_path: Path) -> None:
    page = tmp_path / "confirmation.html"
    page.write_text("<div class='cn_purchase'></div>", encoding="utf-8")
    assert cli("check", str(page), "--report", "json=r.json").code == 1
    data = json.loads((tmp_path / "r.json").read_text("utf-8"))
    picture = {"kind": "har", "path": "out/01-x/requests.har"}
    data["results"][0]["outcome"]["evidence"] = [picture]
    (tmp_path / "moved/out/01-x").mkdir(parents=True)
    (tmp_path / "moved/out/01-x/requests.har").touch()
    (tmp_path / "moved/r.json").write_text(json.dumps(data), encoding="utf-8")
    cli("report", "moved/r.json", "--report", "html=moved/report.html")
    html = (tmp_path / "moved/report.html").read_text("utf-8")
    assert 'href="./out/01-x/requests.har"' in html


@pytest.mark.browser
def test_a_video_without_ffmpeg_is_answered_with_what_to_install(cli: Cli, tmp_path: Path) -> None:
    scenario = "name: x\nsteps: [{goto: 'http://127.0.0.1:9/'}]\n"
    (tmp_path / "s.yaml").write_text(scenario, encoding="utf-8")
    done = cli("run", "s.yaml", "--video", PLAYWRIGHT_BROWSERS_PATH=str(tmp_path))
    assert done.code == 3
    assert "a video needs Playwright's ffmpeg, which is not installed" in done.out
    assert "python -m playwright install ffmpeg" in done.out


@pytest.mark.parametrize("command", ["report", "merge"])
def test_a_file_that_is_no_report_is_refused(cli: Cli, tmp_path: Path, command: str) -> None:
    (tmp_path / "odd.json").write_text('{\n  "schema_version": "one"}', encoding="utf-8")
    done = cli(command, "odd.json")
    assert (done.code, done.out) == (2, "")
    assert 'odd.json:2:21: the results are of version "one"' in done.err
    assert "to fix: Update cn-validator" in done.err
