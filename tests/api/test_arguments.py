"""What the functions of the API accept, and what they say of anything else."""

from __future__ import annotations

import copy
import io
import json
import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from validator import (
    CheckError,
    InputError,
    PageOptions,
    Report,
    Result,
    check_html,
    check_url,
    explain,
    run_scenarios,
    save_report,
)
from validator.core.page_options import Geolocation

GOOD = (
    '<div class="cn_purchase"><b class="purchase_id">7</b><b class="cart_id">c</b>'
    '<b class="total_quantity">1</b><b class="total_price">{}</b></div>'
)
PASSED, FAILED = check_html(GOOD.format("5")), check_html(GOOD.format("5,00"))
URL = "http://127.0.0.1:9/"


@pytest.mark.parametrize(
    "html",
    [Path("x.html"), io.StringIO("<p>"), None, "confirmation.html", "", b"", 7],
    ids=["path", "stream", "None", "file name", "empty", "no bytes", "number"],
)
def test_what_is_not_html_is_refused_by_name(html: Any) -> None:
    with pytest.raises(InputError, match="html: ") as raised:
        check_html(html)
    assert "read_bytes()" in raised.value.findings[0].hint


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"count": -1}, "count"),
        ({"count": True}, "count"),
        ({"tag": ""}, "tag"),
        ({"name": None}, "name"),
        ({"expect": {"total_price": float("nan")}}, "expect['total_price']"),
        ({"expect": {"total_price": [1]}}, "expect['total_price']"),
        (
            {"expect": {"purchase_date": datetime(2026, 11, 20, tzinfo=UTC)}},
            "expect['purchase_date']",
        ),
        ({"expect": {"total_price": True}}, "expect['total_price']"),
        ({"expect": "total_price"}, "expect"),
        ({"rules": ["decimal-format"]}, "rules"),
        ({"schema": 7}, "schema"),
        ({"config": 7}, "config"),
    ],
    ids=str,
)
def test_options_of_a_check_are_refused_by_name(options: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as raised:
        check_html("<p>", **options)
    assert [str(each.location) for each in raised.value.findings] == [place]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"timeout_ms": 0}, "timeout_ms"),
        ({"timeout_ms": float("nan")}, "timeout_ms"),
        ({"within_ms": -1}, "within_ms"),
        ({"within_ms": float("inf")}, "within_ms"),
        ({"page": {"device": "Pixel 7"}}, "page"),
        ({"page": PageOptions(timezone="Mars/Phobos")}, "page.timezone"),
        ({"page": PageOptions(viewport=(0, 600))}, "page.viewport"),
        ({"page": PageOptions(locale="Spanish!")}, "page.locale"),
        ({"page": PageOptions(geolocation=Geolocation(91, 0))}, "page.geolocation"),
        ({"page": PageOptions(headers={"Host": "x"})}, "page.headers"),
        ({"headed": "no"}, "headed"),
    ],
    ids=str,
)
def test_options_of_a_page_are_refused_by_name(options: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as raised:
        check_url(URL, **options)
    assert [str(each.location) for each in raised.value.findings] == [place]


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InputError) as raised:
        check_url("", within_ms=-1, timeout_ms=0, count=-1)
    places = [str(each.location) for each in raised.value.findings]
    assert places == ["url", "within_ms", "timeout_ms", "count"]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"retries": -1}, "retries"),
        ({"workers": 0}, "workers"),
        ({"max_orders": -1}, "max_orders"),
        ({"keywords": 7}, "keywords"),
        ({"base_url": "shop.example"}, "base_url="),
        ({"locale": "Spanish!"}, "locale="),
        ({"seed": -1}, "seed="),
        ({"hosts": {"a b": "1"}}, "hosts="),
        ({"variables": ["a"]}, "variables="),
        ({"environ": {"CN_VALIDATOR_BASE_URL": "shop.example"}}, "CN_VALIDATOR_BASE_URL"),
        ({"env": "stagin"}, "env="),
        ({"environ": "x"}, "environ"),
        ({"environ": {"CN_VALIDATOR_SEED": 7}}, "environ"),
        ({"config": "a\0b"}, "config"),
    ],
    ids=str,
)
def test_options_of_a_run_are_refused_by_name(options: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as raised:
        run_scenarios("nowhere.yaml", **options)
    assert [str(each.location) for each in raised.value.findings] == [place]


def write_scenario(folder: Path, name: str, **more: object) -> None:
    text = json.dumps({"name": name, "steps": [{"goto": "/"}], "base_url": URL, **more})
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


class Unprintable:
    """Breaks whoever shows it."""

    def __str__(self) -> str:
        raise RuntimeError


def test_a_value_is_refused_without_a_look_at_its_text() -> None:
    value: Any = Unprintable()
    with pytest.raises(InputError) as raised:
        check_html("<p>", expect={"total_price": value})
    assert [str(each.location) for each in raised.value.findings] == ["expect['total_price']"]


def test_what_is_not_a_result_is_not_explained() -> None:
    result: Any = None
    with pytest.raises(InputError, match="result: None is not a Result"):
        explain(result)


@pytest.mark.parametrize("option", ["keywords", "labels"])
def test_a_lone_text_is_one_keyword_or_label(option: str, tmp_path: Path) -> None:
    write_scenario(tmp_path, "card")
    with pytest.raises(InputError, match="none of the 1 scenarios matches"):
        run_scenarios(tmp_path, **{option: "courier"})  # type: ignore[arg-type]  # by name


def test_advice_names_arguments_of_python(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('{"name": "a", "steps": [{"goto": "/"}]}', encoding="utf-8")
    with pytest.raises(InputError) as raised:
        run_scenarios(tmp_path)
    assert "base_url=" in raised.value.findings[0].hint
    assert "--base-url" not in raised.value.findings[0].hint


def test_more_orders_than_allowed_are_refused(repository: Path) -> None:
    with pytest.raises(InputError, match="max_orders= is 0"):
        run_scenarios(repository / "scenarios" / "cash-on-delivery.yaml", max_orders=0)


def test_the_rules_of_the_configuration_apply(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cn-validator.yaml").write_text("rules: {decimal-format: 'off'}", encoding="utf-8")
    assert check_html(GOOD.format("5,00")).passed
    wins = check_html(GOOD.format("5,00"), rules={"decimal-format": "error"})
    assert not wins.passed


def test_a_traceback_shows_no_values_of_ours() -> None:
    with pytest.raises(InputError) as raised:
        check_url(URL, timeout_ms=0, page=PageOptions(headers={"X-Key": "hunter2hunter2"}))
    shown = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    # The last frame is the one that hands the error to the caller.
    assert "hunter2hunter2" not in "".join(shown.format()).split("in called")[-1]
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_a_result_is_true_if_it_passed() -> None:
    assert PASSED
    assert not FAILED
    assert Report((PASSED,), "run", "now")
    assert not Report((PASSED, FAILED), "run", "now")
    assert not Report((), "run", "now")


def test_findings_are_raised_on_demand() -> None:
    assert PASSED.raise_for_findings() is PASSED
    with pytest.raises(CheckError, match="decimal-format") as raised:
        FAILED.raise_for_findings()
    assert isinstance(raised.value, AssertionError)
    assert raised.value.result == FAILED
    with pytest.raises(CheckError, match="1 of 2 did not pass"):
        Report((PASSED, FAILED), "run", "now").raise_for_findings()


def pickled(value: Result) -> Result:
    return pickle.loads(pickle.dumps(value))  # type: ignore[no-any-return]  # noqa: S301 - ours


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("result", [PASSED, FAILED], ids=["passed", "failed"])
def test_results_are_copied_and_hashed(copied: Callable[[Result], Result], result: Result) -> None:
    assert copied(result) == result
    assert {copied(result), result} == {result}


def test_a_result_and_a_report_are_written(tmp_path: Path) -> None:
    assert json.loads(FAILED.to_json())["verdict"] == "failed"
    report = Report((FAILED,), "run", "2026-01-01T00:00:00+00:00")
    for name, said in (("r.json", '"failed"'), ("r.xml", "<testsuite"), ("r.html", "<html")):
        assert said in save_report(report, tmp_path / name).read_text(encoding="utf-8")
    with pytest.raises(InputError, match="kind"):
        save_report(report, tmp_path / "r.pdf")
