"""``diff``, ``history`` and ``run --baseline``, as CI uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator import Report, check_html
from validator.report.json import json_report

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

TAG = (
    '<div class="cn_purchase"><b class="purchase_id">7</b><b class="cart_id">c</b>'
    '<b class="total_quantity">1</b><b class="total_price">{}</b></div>'
)


@pytest.fixture
def runs(tmp_path: Path) -> None:
    """One page when it was right, and when its total was not, and another: good, bad, other."""
    for name, page, total in (
        ("good", "page.html", "5.00"),
        ("bad", "page.html", "5,00"),
        ("other", "other.html", "5.00"),
    ):
        result = check_html(TAG.format(total), name=page)
        report = json_report(Report((result,), f"the-{name}-run", "2026-11-23T10:15:00Z"))
        (tmp_path / f"{name}.json").write_text(report)


@pytest.mark.usefixtures("runs")
def test_a_new_finding_and_a_changed_value_are_told(cli: Cli) -> None:
    done = cli("diff", "good.json", "bad.json")
    assert done.code == 0
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[0] == "new"
    assert lines[1].startswith("error  decimal-format  total_price")
    assert "page.html: passed → failed" in lines
    assert 'cn_purchase total_price: "5.00" → "5,00"  [page.html]' in lines
    assert lines[-1].endswith(": 1 new finding, 0 fixed, 2 unchanged")


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("old", "new", "code"), [("good", "bad", 1), ("bad", "good", 0), ("bad", "bad", 0)]
)
def test_only_new_findings_fail(old: str, new: str, code: int, cli: Cli) -> None:
    assert cli("diff", f"{old}.json", f"{new}.json", "--fail-on", "new").code == code


@pytest.mark.usefixtures("runs")
def test_what_was_not_run_is_no_success(cli: Cli) -> None:
    assert cli("diff", "bad.json", "other.json", "--fail-on", "new").code == 3


@pytest.mark.usefixtures("runs")
def test_programs_get_one_json_object(cli: Cli) -> None:
    data = json.loads(cli("diff", "good.json", "bad.json", "--report", "json").out)
    assert [finding["rule"] for finding in data["new"]] == ["decimal-format"]
    assert data["summary"] == "1 new finding, 0 fixed, 2 unchanged"


@pytest.mark.usefixtures("runs")
def test_the_history_names_what_is_flaky(cli: Cli) -> None:
    done = cli("history", "h.db", "--release", "1.0", "--add", "good.json", "--add", "bad.json")
    assert done.code == 0
    assert "  1.0  ✓✗  no tag" in done.out
    assert "flaky: page.html (1.0: 1 passed, 1 failed)" in done.out


@pytest.mark.browser
def test_with_a_baseline_only_new_findings_fail_a_run(cli: Cli, site: Site, tmp_path: Path) -> None:
    scenario = {"name": "s", "steps": [{"goto": f"{site.url}/thanks"}]}
    (tmp_path / "s.yaml").write_text(json.dumps(scenario))
    site.page("/thanks", TAG.format("5,00"))
    keep = ("--history", "h.db", "--release", "1")
    assert cli("run", "s.yaml", "--report", "json=base.json", *keep).code == 1
    again = ("run", "s.yaml", "--baseline", "base.json", "--fail-on", "new", *keep)
    same = cli(*again, "--report", "json=now.json")
    assert same.code == 0
    assert "exit 0: nothing is wrong that was not in the baseline already" in same.out
    assert "0 new findings, 0 fixed, " in same.err
    assert json.loads((tmp_path / "now.json").read_text())["exit_code"] == 0
    site.page("/thanks", TAG.format("NaN"))
    worse = cli(*again)
    assert worse.code == 1
    assert "exit 1: something is wrong that was not in the baseline" in worse.out
    assert "  1  ✗✗✗" in cli("history", "h.db").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fail-on", "new"], "give --baseline"),
        (["--baseline", "nowhere.json"], "nowhere.json: the results cannot be read"),
        (["--history", "s.yaml"], "s.yaml: the history cannot be used: file is not a database"),
    ],
)
def test_options_that_cannot_work_are_refused_before_the_run(
    options: list[str], said: str, cli: Cli, tmp_path: Path
) -> None:
    scenario = {"name": "s", "steps": [{"goto": "http://127.0.0.1:9/" + "x" * 999}]}
    (tmp_path / "s.yaml").write_text(json.dumps(scenario))
    done = cli("run", "s.yaml", *options)
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "cn-validator-results").exists()
