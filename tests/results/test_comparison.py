"""Two runs beside each other. Each is written as a JSON report and read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from validator.core.capture import Breakdown, Capture, Reason, StepTiming
from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.core.result import FieldReading, NotEvaluated, Report, Result, TagReading
from validator.core.result_json import result_line
from validator.report.json import json_report
from validator.results.comparison import RunComparison, compare_runs
from validator.results.run_summary import load_run_summary

Compared = Callable[..., RunComparison]
LINE = Location("s.yaml", 3, 5)
GONE = Breakdown(Reason.TIMEOUT, "no answer")


def seen(ms: float = 100.0, url: str = "http://shop.example/thanks") -> Capture:
    steps = (StepTiming("click Pay", LINE, ms), StepTiming("goto /", LINE, 10.0))
    return Capture(url, rendered=True, tags=(), steps=steps)


def wrong(rule: str = "decimal-format", at: str = "/total_price", line: int = 3) -> Finding:
    return Finding(rule, Severity.ERROR, f"{rule} is wrong", at, Location("page", line, 1))


def says(fields: Mapping[str, str]) -> TagReading:
    readings = tuple(FieldReading(at, text, text, differs=False) for at, text in fields.items())
    return TagReading(Document("tag", dict(fields)), readings, MappingProxyType({}))


@pytest.fixture
def compared(tmp_path: Path) -> Compared:
    """Compare the results of two runs, by way of their files."""

    def compare_them(before: Result | list[Result], after: Result | list[Result]) -> RunComparison:
        runs = []
        for name, results in (("old", before), ("new", after)):
            listed = results if isinstance(results, list) else [results]
            file = tmp_path / f"{name}.json"
            file.write_text(json_report(Report(tuple(listed), name, "2026-11-23T10:15:00Z")))
            runs.append(load_run_summary(file))
        return compare_runs(*runs)

    return compare_them


def test_a_finding_is_the_same_where_rule_and_field_are_whatever_its_line(
    compared: Compared,
) -> None:
    found = compared(
        Result("s", seen(), (wrong(), wrong("items-missing", ""))),
        Result("s", seen(), (wrong(line=40), wrong(at="/price"))),
    )
    assert [(each.rule, each.pointer) for each in found.unchanged] == [
        ("decimal-format", "/total_price")
    ]
    assert [(each.rule, each.pointer) for each in found.new] == [("decimal-format", "/price")]
    assert [each.rule for each in found.fixed] == ["items-missing"]
    assert found.summary == "1 new finding, 1 fixed, 1 unchanged"


def test_a_warning_that_is_an_error_now_is_new(compared: Compared) -> None:
    warned = replace(wrong(), severity=Severity.WARNING)
    assert compared(Result("s", seen(), (warned,)), Result("s", seen(), (wrong(),))).new_errors == 1


def test_a_second_finding_of_the_same_kind_is_new(compared: Compared) -> None:
    found = compared(Result("s", seen(), (wrong(),)), Result("s", seen(), (wrong(), wrong())))
    assert (len(found.new), len(found.unchanged)) == (1, 1)


def test_the_same_finding_in_another_scenario_is_new(compared: Compared) -> None:
    found = compared(Result("a", seen(), (wrong(),)), Result("b", seen(), (wrong(),)))
    assert [each.subject for each in found.new] == ["b"]


@pytest.mark.parametrize(
    "after",
    [
        Result("other", seen()),
        Result("s", GONE),
        Result("s", seen(), not_evaluated=(NotEvaluated("decimal-format", "off"),)),
        Result("s", seen(), (wrong("purchase-tag-missing", ""),)),
    ],
    ids=["not run", "broken", "not evaluated", "its tag is gone"],
)
def test_what_was_not_judged_is_not_fixed(after: Result, compared: Compared) -> None:
    tag = says({"/total_price": "1,50"})
    found = compared(Result("s", seen(), (wrong(),), (tag,)), after)
    assert found.fixed == ()
    assert [each.rule for each in found.unknown] == ["decimal-format"]


def test_only_errors_count_as_new_errors(compared: Compared) -> None:
    advice = Finding("cart-id-missing", Severity.WARNING, "none")
    assert compared(Result("s", seen()), Result("s", seen(), (advice,))).new_errors == 0
    assert compared(Result("s", seen()), Result("s", seen(), (wrong(),))).new_errors == 1


def test_values_that_changed_are_told_but_not_those_of_each_order(compared: Compared) -> None:
    before = {"/purchase_id": "1", "/total_price": "5.00", "/brand": "Nook"}
    after = {"/purchase_id": "2", "/total_price": "6.00", "/payment_method": "Card"}
    found = compared(
        Result("s", seen(), readings=(says(before),)), Result("s", seen(), readings=(says(after),))
    )
    assert [(each.pointer, each.before, each.after) for each in found.values] == [
        ("/total_price", "5.00", "6.00"),
        ("/brand", "Nook", None),
        ("/payment_method", None, "Card"),
    ]


def on_host(host: str, key: str) -> Result:
    reading = says({"/url": f"http://{host}/a", "/key": key})
    return Result("s", seen(url=f"http://{host}/thanks"), readings=(reading,))


def test_another_host_and_another_run_change_no_value(compared: Compared) -> None:
    found = compared(on_host("shop.example", "qa+old@x"), on_host("staging.example", "qa+new@x"))
    assert found.values == ()


def test_a_step_is_slower_only_where_that_is_clear(compared: Compared) -> None:
    assert compared(Result("s", seen(1_000)), Result("s", seen(1_499))).slower == ()
    assert compared(Result("s", seen(100)), Result("s", seen(590))).slower == ()
    (slower,) = compared(Result("s", seen(1_000)), Result("s", seen(1_600))).slower
    assert (slower.title, slower.before_ms, slower.after_ms) == ("click Pay", 1_000, 1_600)


def test_verdicts_that_changed_are_told(compared: Compared) -> None:
    found = compared(
        [Result("a", seen()), Result("b", seen())], [Result("a", GONE), Result("c", seen())]
    )
    assert [(each.subject, each.before, each.after) for each in found.verdicts] == [
        ("a", "passed", "broken"),
        ("b", "passed", ""),
        ("c", "", "passed"),
    ]


def test_the_stream_of_a_run_is_read_up_to_where_a_crash_has_cut_it(tmp_path: Path) -> None:
    folder = tmp_path / "20261123-101500-a1b2"
    folder.mkdir()
    whole = result_line(Result("s", seen(), (wrong(),)))
    (folder / "results.ndjson").write_text(whole + whole[:50])
    run = load_run_summary(folder)
    assert run.run_id == "20261123-101500-a1b2"
    assert [result.subject for result in run.results] == ["s"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        (b"{", "r.json:1:2: JSON syntax"),
        (b"\xff", "not UTF-8"),
        (b"[]", "not a report of cn-validator"),
        (b'{"schema_version": 99, "results": []}', "version 99"),
        (json_report(Report((), "r", "2026-11-23T10:15:00Z")).encode(), "no result in them"),
        (
            json.dumps({"schema_version": 1, "run_id": "r", "started": "", "results": [{}]}),
            "not complete",
        ),
    ],
    ids=["absent", "broken JSON", "binary", "a list", "another version", "empty", "incomplete"],
)
def test_what_is_no_report_is_refused_in_one_line(
    content: bytes | str | None, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "r.json"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError, match=said):
        load_run_summary(file)
