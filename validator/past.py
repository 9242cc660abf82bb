"""What a comparison needs of a run that is over, from its JSON report or its stream of results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validator.document import Location
from validator.errors import InputError
from validator.report.json import SCHEMA_VERSION, json_report
from validator.result import Report
from validator.urls import origin_of

STREAM = "results.ndjson"
NO_VALUES: Mapping[tuple[str, str], str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PastFinding:
    """A finding, as far as it is told from others."""

    subject: str
    rule: str
    pointer: str
    severity: str
    message: str
    place: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        return self.subject, self.rule, self.pointer


@dataclass(frozen=True, slots=True)
class PastResult:
    """``values`` are the texts of tags by tag and JSON pointer, without the page's origin and the
    run's id; ``steps`` are titles and milliseconds.

    ``tag_ms`` is when the first tag of the page came, since navigation start; None if not known.
    """

    subject: str
    verdict: str
    attempts: int = 1
    duration_ms: float = 0.0
    findings: tuple[PastFinding, ...] = ()
    not_evaluated: frozenset[str] = frozenset()
    values: Mapping[tuple[str, str], str] = field(default_factory=lambda: NO_VALUES)
    steps: tuple[tuple[str, float], ...] = ()
    tag_ms: float | None = None


@dataclass(frozen=True, slots=True)
class PastRun:
    """``started`` is ISO 8601 with a zone; "" where only the stream of results is left."""

    run_id: str
    results: tuple[PastResult, ...]
    started: str = ""


def past_run(path: Path) -> PastRun:
    """Read a JSON report, the stream of a run's results, or the folder the stream is in.

    Raises InputError for what is none of these, or has no result in it.
    """
    file = path / STREAM if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(file, "it is not UTF-8") from error
    try:
        run = _of_stream(file, text) if file.suffix == ".ndjson" else _of_report(json.loads(text))
    except json.JSONDecodeError as error:
        place = Location(str(file), error.lineno, error.colno)
        raise InputError.single("results-invalid", f"JSON syntax: {error.msg}", place) from error
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise _unreadable(file, "it is no report of this version of cn-validator") from error
    if not run.results:
        raise _unreadable(file, "it has no result in it, so there is nothing to compare")
    return run


def past_of(report: Report) -> PastRun:
    """Return the same of a run that has just ended."""
    return _of_report(json.loads(json_report(report)))


def _unreadable(file: Path, reason: str) -> InputError:
    hint = "name a file that --report json=FILE wrote, or the folder of a run"
    return InputError.single(
        "results-unreadable", f"the results cannot be read: {reason}", Location(str(file)), hint
    )


def _of_report(data: Any) -> PastRun:
    if data["schema_version"] != SCHEMA_VERSION:
        raise ValueError("another version")
    return PastRun(
        data["run_id"],
        tuple(_result(each, data["run_id"]) for each in data["results"]),
        data["started"],
    )


def _of_stream(file: Path, text: str) -> PastRun:
    # A crash may have cut the last line short: a whole one ends with a newline.
    lines = text.split("\n")[:-1]
    run_id = file.resolve().parent.name
    results = tuple(_result(json.loads(line), run_id) for line in lines if line.strip())
    return PastRun(run_id, results)


def _result(data: Any, run_id: str) -> PastResult:
    outcome, subject = data["outcome"], data["subject"]
    # What is of the run or the host alone is another in each run.
    passing = {run_id: "${run.id}", origin_of(outcome["url"]): ""}
    return PastResult(
        subject,
        data["verdict"],
        data.get("attempts", 1),
        data["duration_ms"],
        tuple(_finding(subject, each) for each in data["findings"]),
        frozenset(each["rule"] for each in data["not_evaluated"]),
        MappingProxyType(_values(data["readings"], passing)),
        tuple((step["title"], step["ms"]) for step in outcome["steps"]),
        next(
            (
                tag["appeared_ms"]
                for tag in outcome.get("tags", ())
                if tag["placement"] == "document" and tag["appeared_ms"] is not None
            ),
            None,
        ),
    )


def _finding(subject: str, data: Any) -> PastFinding:
    place = data["location"]
    return PastFinding(
        subject,
        data["rule"],
        data["pointer"],
        data["severity"],
        data["message"],
        str(Location(place["source"], place["line"], place["column"])) if place else "",
    )


def _values(readings: Any, passing: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Number the tags of one name, so that the second is not taken for the first."""
    values: dict[tuple[str, str], str] = {}
    count: dict[str, int] = {}
    for reading in readings:
        name = reading["tag"]
        number = count[name] = count.get(name, 0) + 1
        tag = name if number == 1 else f"{name} {number}"
        for each in reading["fields"]:
            text = each["text"]
            for found, instead in passing.items():
                text = text.replace(found, instead) if found else text
            values.setdefault((tag, each["pointer"]), text)
    return values
