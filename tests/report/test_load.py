"""A report that was written comes back as it was."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from validator.core.capture import Breakdown, Capture
from validator.core.document import Document, Location, SourceMap
from validator.core.errors import InputError
from validator.core.result import Report, Result, TagReading, Verdict
from validator.core.result_json import result_line
from validator.report import FORMATS
from validator.report.json import json_report
from validator.report.json_reader import load_report, parse_report

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text(), inside, max_size=2),
    max_leaves=4,
)
MOMENTS = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
PLACES = st.builds(Location, st.text(), st.integers(1) | st.none(), st.integers(1) | st.none())

DOCUMENTS = st.builds(
    lambda label, data, place: Document(label, data, SourceMap({"": place})),
    st.text(),
    JSON,
    PLACES,
)
SCALARS: Mapping[type, st.SearchStrategy[Any]] = {
    str: st.text(),
    int: st.integers(0, 2**53),
    float: st.floats(0, 1e9, allow_nan=False).map(lambda number: round(number, 3)),
    bool: st.booleans(),
    type(None): st.none(),
}


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that results are made of; a new field is thereby tried at once."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if hint is object:
        return JSON
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*map(of, inside))
    if origin is tuple:
        return st.lists(of(inside[0]), max_size=2).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(st.text(), of(inside[1]), max_size=2)
    if hint is Document:
        return DOCUMENTS
    if dataclasses.is_dataclass(hint):
        return instances(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return SCALARS[hint]


def instances(kind: Any) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind, localns={"Json": object})
    named = {field.name: of(hints[field.name]) for field in dataclasses.fields(kind) if field.init}
    if kind is Report:
        named["started"] = MOMENTS
    return st.builds(kind, **named)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(report=st.deferred(lambda: of(Report)))
def test_any_report_comes_back_from_its_json_as_it_was(report: Report) -> None:
    written = json_report(report)
    assert json_report(parse_report(written.encode(), "r.json")) == written


@pytest.mark.parametrize("kind", FORMATS)
def test_a_report_that_was_read_looks_the_same_in_every_format(report: Report, kind: str) -> None:
    read = parse_report(json_report(report).encode(), "r.json")
    assert FORMATS[kind](read) == FORMATS[kind](report)


def test_numbers_enumerations_and_outcomes_have_their_types_again(report: Report) -> None:
    read = parse_report(json_report(report).encode(), "r.json")
    assert [type(result.outcome) for result in read.results] == [*[Capture] * 4, Breakdown]
    assert read.results[2].findings == report.results[2].findings
    assert read.results[4] == report.results[4]
    assert read.exit_code is report.exit_code
    assert read.results[2].readings[0].document.locate("/total_price").line == 43


def test_what_a_later_version_adds_is_passed_over(report: Report) -> None:
    data = json.loads(json_report(report))
    data["weather"] = "fine"
    data["results"][0]["attempts"] = [{"of": 3}]
    data["results"][2]["findings"][0]["colour"] = "red"
    read = parse_report(json.dumps(data).encode(), "r.json")
    assert json_report(read) == json_report(report)


def test_what_an_earlier_version_did_not_have_is_its_default(report: Report) -> None:
    data = json.loads(json_report(report))
    del data["notes"]
    del data["results"][0]["outcome"]["stops"]
    del data["results"][2]["readings"][0]["location"]
    read = parse_report(json.dumps(data).encode(), "r.json")
    assert read.notes == ()
    assert read.results[2].readings[0].document.locate("/total_price").line == 43


def refused(source: str | bytes) -> str:
    content = source.encode() if isinstance(source, str) else source
    with pytest.raises(InputError) as caught:
        parse_report(content, "r.json")
    [finding] = caught.value.findings
    return f"{finding.location}: {finding.message}"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "r.json:1:1: JSON syntax: Expecting value"),
        ('{"a": 1,\n  oops}', "r.json:2:3: JSON syntax: Expecting property name enclosed in"),
        ("[]", "r.json:1:1: this is not a report of cn-validator"),
        ('{"results": []}', "r.json:1:1: this is not a report of cn-validator"),
        ('{\n "schema_version": 2}', "r.json:2:20: the results are of version 2"),
        ('{"schema_version": 1}', 'r.json:1:1: the report is not complete: it has no "results"'),
        (b'{"a": "\xff"}', "r.json:1: the file is not UTF-8"),
        ("[" * 100_000, "r.json:1:1: it is nested too deep"),
    ],
)
def test_what_is_no_report_is_refused_with_its_place(source: str | bytes, message: str) -> None:
    assert refused(source).startswith(message)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("results", {}, "/results is not a list"),
        ("run_id", 7, "/run_id is not text"),
        ("interrupted", 1, "/interrupted is not true or false"),
        ("started", "yesterday", "/started is not a time with a zone"),
        ("started", "2026-11-23T10:15:00", "/started is not a time with a zone"),
        ("versions", [], "/versions is not an object"),
        ("results/0/duration_ms", True, "/results/0/duration_ms is not a number"),
        ("results/0/outcome/kind", "dream", "/results/0/outcome/kind is not capture or breakdown"),
        ("results/2/findings/1/severity", "grave", "is not one of: error, warning, info"),
        ("results/2/findings/1/location/line", 1.5, "location/line is not a whole number"),
        ("results/2/readings/0/fields/1", 3, "/results/2/readings/0/fields/1 is not an object"),
    ],
)
def test_a_value_that_does_not_fit_is_shown_with_its_line(
    report: Report, path: str, value: object, message: str
) -> None:
    data = json.loads(json_report(report))
    inside: Any = data
    *parents, last = [int(part) if part.isdecimal() else part for part in path.split("/")]
    for part in parents:
        inside = inside[part]
    inside[last] = value
    text = json.dumps(data, indent=2)
    said = refused(text)
    assert message in said
    line = text.splitlines()[int(said.split(":")[1]) - 1]
    assert json.dumps(value).partition("\n")[0][:3] in line


def test_what_a_crashed_run_has_kept_is_a_report(report: Report, tmp_path: Path) -> None:
    folder = tmp_path / "20261123-101500-a1b2"
    folder.mkdir()
    lines = "".join(map(result_line, report.results[:3]))
    (folder / "results.ndjson").write_text(lines + '{"subject": "cut sh', encoding="utf-8")
    read = load_report(folder)
    assert read.run_id == "20261123-101500-a1b2"
    assert read.started == "2026-11-23T10:15:00+00:00"
    assert [result.verdict for result in read.results] == [
        Verdict.PASSED,
        Verdict.PASSED,
        Verdict.FAILED,
    ]
    assert read.results[2].findings == report.results[2].findings
    assert "does not say whether the run was completed" in read.notes[0]


def test_a_spoilt_line_of_a_crashed_run_is_shown_with_its_number(
    report: Report, tmp_path: Path
) -> None:
    file = tmp_path / "results.ndjson"
    file.write_text(result_line(report.results[0]) + '{"subject": 3}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"ndjson:2:13: /subject is not text"):
        load_report(file)


@pytest.mark.parametrize("name", ["nothing.json", "empty-folder"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty-folder").mkdir()
    with pytest.raises(InputError, match="the results cannot be read: No such file or directory"):
        load_report(tmp_path / name)


def test_every_field_of_a_reading_comes_back(report: Report) -> None:
    read = parse_report(json_report(report).encode(), "r.json").results[2].readings[0]
    original: TagReading = report.results[2].readings[0]
    assert dataclasses.replace(read, document=original.document) == original


def test_a_result_has_no_verdict_but_its_own(report: Report) -> None:
    data = json.loads(json_report(report))
    data["results"][2]["verdict"] = "passed"
    read: Result = parse_report(json.dumps(data).encode(), "r.json").results[2]
    assert read.verdict is Verdict.FAILED
