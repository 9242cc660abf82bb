"""A bug of this tool in one scenario, or in one report, costs that one only."""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from validator.core.errors import InternalError

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

pytestmark = pytest.mark.browser


PASSWORD = "correct horse battery"  # noqa: S105 - a made-up one


class Bug(Exception):  # noqa: N818 - named as what it is
    pass


def fail_for_bad(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """Have a function raise, where one of its arguments is about the scenario named "bad"."""

    module, _, name = target.rpartition(":")
    holder: Any = importlib.import_module(module)
    original = getattr(holder, name)

    def check(*given: Any, **named: Any) -> None:
        if "bad" in (text := f"{given} {named}") and "internal error" not in text:
            raise Bug(f"our own, with {PASSWORD}")

    def failing(*given: Any, **named: Any) -> Any:
        check(*given, **named)
        return original(*given, **named)

    async def failing_later(*given: Any, **named: Any) -> Any:
        check(*given, **named)
        return await original(*given, **named)

    is_async = inspect.iscoroutinefunction(original)
    monkeypatch.setattr(holder, name, failing_later if is_async else failing)


@pytest.fixture
def three(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Scenarios of which the second is named "bad"."""
    monkeypatch.setenv("PASSWORD", PASSWORD)
    for name in ("a", "bad", "c"):
        site.page(f"/{name}", f"<h1>Thanks {name}</h1>")
        scenario = {
            "name": name,
            "base_url": site.url,
            "secrets": ["PASSWORD"],
            "steps": [
                {"goto": f"/{name}"},
                {"evaluate": {"script": f"() => '{name}'", "save": "x"}},
            ],
            "confirmation": {"css": "h1"},
            "expect": {"cn_purchase": "none", "within": "100ms"},
        }
        (tmp_path / f"{name}.yaml").write_text(json.dumps(scenario))
    return tmp_path


def results(folder: Path) -> dict[str, Any]:
    report = json.loads((folder / "r.json").read_text())
    return {result["subject"]: result for result in report["results"]}


@pytest.mark.parametrize(
    "target",
    [
        "validator.run.scenario_run:evaluate_capture",
        "validator.run.runner:result_line",
        "validator.run.runner:_with_storage_state",
        "validator.run.scenario_run:visit",
        "validator.browser.visit:capture_page",
        "validator.browser.steps.browser_actions:page_text",
        "validator.browser.visit:wait_for_confirmation",
    ],
)
def test_a_bug_in_one_scenario_ends_that_one_and_no_other(
    cli: Cli, three: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setenv("TMPDIR", str(three))
    fail_for_bad(monkeypatch, target)
    reports = ("--report", "json=r.json", "--report", "junit=r.xml", "--history", "h.db")
    scenarios = ("a.yaml", "bad.yaml", "c.yaml")
    done = cli("run", *scenarios, "--retries", "2", *reports)
    assert done.code == 4, done.err
    found = results(three)
    assert {name: each["verdict"] for name, each in found.items()} == {
        "a": "passed", "bad": "broken", "c": "passed",
    }  # fmt: skip
    outcome = found["bad"]["outcome"]
    assert outcome["reason"] == "internal"
    assert outcome["message"].startswith("internal error: Bug: this is a bug in cn-validator")
    assert found["bad"]["attempts"] == 1
    named = next(word for word in outcome["hint"].split() if "cn-validator-crash-" in word)
    told = Path(named.rstrip(",")).read_text()
    assert "Bug: our own, with [secret]" in told
    assert PASSWORD not in told
    assert 'tests="3"' in (three / "r.xml").read_text()
    assert "bad" in cli("history", "h.db").out
    assert "exit 4: a bug of cn-validator" in done.out


@pytest.mark.usefixtures("three")
def test_settings_that_only_the_browser_refuses_cost_their_scenario(
    cli: Cli, tmp_path: Path
) -> None:
    scenario = json.loads((tmp_path / "bad.yaml").read_text())
    state = {"cookies": [{"name": "a", "value": "b"}]}
    (tmp_path / "state.json").write_text(json.dumps(state))
    (tmp_path / "bad.yaml").write_text(json.dumps(scenario | {"storage_state": "state.json"}))
    files = ("a.yaml", "bad.yaml", "c.yaml")
    done = cli("run", *files, "--report", "json=r.json")
    assert done.code == 3, done.err
    found = results(tmp_path)
    assert [each["verdict"] for each in found.values()] == ["passed", "broken", "passed"]
    outcome = found["bad"]["outcome"]
    assert outcome["reason"] == "refused"
    assert outcome["message"].startswith("the browser refuses these settings: ")


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("validator.browser.evidence:_take_screenshot", "the screenshot"),
        ("validator.browser.evidence:_save_html", "the HTML"),
        ("validator.browser.evidence:_write_redacted_trace", "the trace"),
    ],
)
def test_a_bug_in_evidence_costs_that_piece_and_is_noted(
    cli: Cli, three: Path, monkeypatch: pytest.MonkeyPatch, target: str, what: str
) -> None:
    fail_for_bad(monkeypatch, target)
    files = ("a.yaml", "bad.yaml", "c.yaml")
    done = cli(
        "run",
        *files,
        "--evidence",
        "always",
        "--trace",
        "--report",
        "json=r.json",
    )
    assert done.code == 0, done.err
    bad = results(three)["bad"]
    kept = {each["kind"] for each in bad["outcome"]["evidence"]}
    assert len(kept) == (2 if what == "the trace" else 3)
    (note,) = bad["notes"]
    assert note.startswith(f"{what} could not be kept: internal error: Bug: ")
    assert f"bad: {what} could not be kept" in " ".join(done.out.split())


def test_a_bug_in_the_search_for_locators_keeps_the_error_of_the_step(
    cli: Cli, three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = json.loads((three / "bad.yaml").read_text())
    scenario["steps"].append({"click": {"text": "nothing"}, "timeout": "200ms"})
    (three / "bad.yaml").write_text(json.dumps(scenario))
    fail_for_bad(monkeypatch, "validator.browser.steps.locator_candidates:_nearest_locators")
    done = cli("run", "bad.yaml", "--report", "json=r.json")
    assert done.code == 3
    bad = results(three)["bad"]
    assert bad["outcome"]["reason"] == "step-failed"
    assert bad["notes"][0].startswith("what the locator may have meant is missing: internal error")


@pytest.mark.parametrize(
    ("target", "lost"),
    [
        ("validator.report.junit:_test_case", "r.xml"),
        ("validator.cli.options.post_run:save_run", "h.db"),
        ("validator.cli.options.post_run:compare_with_baseline", "comparison"),
    ],
)
def test_a_bug_in_one_report_leaves_the_others(
    cli: Cli, three: Path, monkeypatch: pytest.MonkeyPatch, target: str, lost: str
) -> None:
    assert cli("run", "a.yaml", "bad.yaml", "--report", "json=before.json").code == 0
    fail_for_bad(monkeypatch, target)
    reports = ("--report", "junit=r.xml", "--report", "json=r.json", "--report", "csv=r.csv")
    more = ("--history", "h.db", "--baseline", "before.json")
    done = cli("run", "a.yaml", "bad.yaml", *reports, *more)
    assert done.code == 4
    assert "internal error: Bug" in done.err
    assert results(three).keys() == {"a", "bad"}
    assert (three / "r.csv").exists()
    assert (three / "r.xml").exists() == (lost != "r.xml")
    assert ("bad" in cli("history", "h.db").out) == (lost != "h.db")


def test_a_bug_in_one_page_of_a_check_ends_that_one(
    cli: Cli, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [site.page(f"/{name}", "<h1>Thanks</h1>") for name in ("a", "bad")]
    (tmp_path / "bad.html").write_text("<p>bad")
    fail_for_bad(monkeypatch, "validator.run.scenario_run:evaluate_capture")
    fail_for_bad(monkeypatch, "validator.run.page_check:evaluate_capture")
    done = cli("check", *pages, "bad.html", "--report", "json=r.json")
    assert done.code == 4
    assert [each["outcome"].get("reason") for each in results(tmp_path).values()] == [
        None, "internal", "internal",
    ]  # fmt: skip


def test_an_internal_error_names_its_file() -> None:
    assert "the file x.txt" in InternalError("Bug", "x.txt").hint
    assert "could not be written" in InternalError("Bug").hint
