"""The JSON report says everything, in the form its schema promises."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from validator.core.result import Report, TagReading
from validator.core.result_json import result_line
from validator.report.json import json_report

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "schemas/results.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def decoded(report: Report) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json_report(report))
    return data


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "required" in schema and "properties" in schema:
            yield schema
        for inside in schema.values():
            yield from objects(inside)


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_object_of_the_schema_is_closed_and_demands_all_its_keys() -> None:
    found = list(objects(SCHEMA))
    assert len(found) > 10
    for schema in found:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


def test_a_report_with_everything_in_it_fits_the_schema(report: Report) -> None:
    VALIDATOR.validate(decoded(report))


def test_a_report_of_nothing_fits_the_schema() -> None:
    VALIDATOR.validate(decoded(Report((), "r1", "2026-11-23T10:15:00Z")))


def remove_results(data: dict[str, Any]) -> None:
    del data["results"]


def invent_a_key(data: dict[str, Any]) -> None:
    data["results"][2]["findings"][0]["colour"] = "red"


def invent_a_verdict(data: dict[str, Any]) -> None:
    data["results"][0]["verdict"] = "probably"


def count_lines_from_zero(data: dict[str, Any]) -> None:
    data["results"][2]["findings"][0]["location"]["line"] = 0


def raise_the_version(data: dict[str, Any]) -> None:
    data["schema_version"] = 2


def confuse_the_outcome(data: dict[str, Any]) -> None:
    data["results"][0]["outcome"]["kind"] = "breakdown"


@pytest.mark.parametrize(
    "spoil",
    [
        remove_results,
        invent_a_key,
        invent_a_verdict,
        count_lines_from_zero,
        raise_the_version,
        confuse_the_outcome,
    ],
)
def test_the_schema_refuses_a_wrong_report(
    report: Report, spoil: Callable[[dict[str, Any]], None]
) -> None:
    data = decoded(report)
    spoil(data)
    assert not VALIDATOR.is_valid(data)


def test_every_field_of_a_finding_is_in_the_report(report: Report) -> None:
    finding = report.results[2].findings[0]
    shown = decoded(report)["results"][2]["findings"][0]
    assert shown == json.loads(json.dumps(dataclasses.asdict(finding)))


def test_every_field_of_a_reading_is_in_the_report(report: Report) -> None:
    known = {field.name for field in dataclasses.fields(TagReading)} - {"document"}
    assert known < set(decoded(report)["results"][2]["readings"][0])


def test_the_captured_html_is_verbatim(report: Report) -> None:
    tag = decoded(report)["results"][0]["outcome"]["tags"][0]
    assert tag["html"] == '<div class="cn_purchase">\n…</div>'


def test_each_field_of_a_tag_says_where_it_is(report: Report) -> None:
    field = decoded(report)["results"][2]["readings"][0]["fields"][2]
    assert field["recorded"] == 1.234
    assert (field["location"]["line"], field["location"]["column"]) == (43, 5)


def test_the_verdicts_and_the_exit_code_are_those_of_the_report(report: Report) -> None:
    data = decoded(report)
    assert [result["verdict"] for result in data["results"]] == [
        result.verdict for result in report.results
    ]
    assert data["exit_code"] == report.exit_code
    assert data["counts"] == {"passed": 2, "flaky": 0, "failed": 2, "broken": 1}


def with_title(report: Report, title: str) -> Report:
    first = report.results[0]
    outcome = dataclasses.replace(first.outcome, title=title)  # type: ignore[arg-type]
    return dataclasses.replace(report, results=(dataclasses.replace(first, outcome=outcome),))


@pytest.mark.parametrize("text", ["\x00\x1b[31m", "\u202eabc", "\ud800", "]]><script>", "\u2028"])
def test_hostile_text_is_escaped_and_comes_back_as_it_was(report: Report, text: str) -> None:
    written = json_report(with_title(report, text))
    assert written.isascii()
    assert "\x1b" not in written
    assert json.loads(written)["results"][0]["outcome"]["title"] == text


def test_a_number_that_json_does_not_know_becomes_text(report: Report) -> None:
    reading = dataclasses.replace(report.results[2].readings[0], event={"totalPrice": float("nan")})
    result = dataclasses.replace(report.results[2], readings=(reading,))
    data = decoded(dataclasses.replace(report, results=(result,)))
    assert data["results"][0]["readings"][0]["event"] == {"totalPrice": "nan"}


def test_a_result_line_is_one_line_and_the_same_as_in_the_report(report: Report) -> None:
    lines = [result_line(result) for result in report.results]
    assert all(line.index("\n") == len(line) - 1 for line in lines)
    assert [json.loads(line) for line in lines] == decoded(report)["results"]
