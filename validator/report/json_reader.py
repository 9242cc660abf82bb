"""Reads a Report from the results file of a run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from validator.core.capture import Breakdown, Capture, Evidence
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.result import Report, Result
from validator.report.json import SCHEMA_VERSION
from validator.report.json_decoder import DecodeError, decode_dataclass

RESULTS_FILE = "results.ndjson"
"""The file in the folder of a run that each result is appended to."""
RUN_FILE = "run.json"
"""The file beside it: the run's id, how many results it is to have, whether it has ended."""
MAX_BYTES = 400_000_000
"""Far larger than the file of any run."""

MAX_STATE_BYTES = 10_000

OutcomeT = TypeVar("OutcomeT", bound=Capture | Breakdown)

_DECODER = json.JSONDecoder()
_WHITESPACE = re.compile(r"[ \t\r\n]*")
_RUN_ID = re.compile(r"(\d{8})-(\d{6})-[0-9a-f]+")


def load_report(path: Path) -> Report:
    """Read a JSON report, the ``results.ndjson`` of a run, or the folder of a run.

    Raises InputError, with line and column, for anything else.
    """
    file = path / RESULTS_FILE if path.is_dir() else path
    label = str(file)
    state = read_run_state(file.parent) if file.suffix == ".ndjson" else None
    try:
        if state and not file.exists():
            return _end_report(_parse_lines(b"", label, file.resolve().parent.name), state)
        with file.open("rb") as stream:
            # One byte more than allowed, to detect a file that is too long.
            source = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError.single(
            "results-unreadable",
            f"the results cannot be read: {error.strerror or error}",
            Location(label),
            "Name a file that --report json=FILE wrote, or the folder of a run.",
        ) from error
    if file.suffix == ".ndjson":
        report = _parse_lines(source, label, file.resolve().parent.name)
        report = _end_report(report, state) if state else report
    else:
        report = parse_report(source, label)
    return _relocate_evidence(report, file.resolve())


def _relocate_evidence(report: Report, file: Path) -> Report:
    """Find evidence that was moved together with the results."""

    def found(evidence: Evidence) -> Evidence:
        path = Path(evidence.path)
        if path.is_absolute() or path.exists():
            return evidence
        places = (folder / path for folder in file.parents)
        here = next((place for place in places if place.exists()), None)
        return replace(evidence, path=str(here)) if here else evidence

    def of(outcome: OutcomeT) -> OutcomeT:
        return replace(outcome, evidence=tuple(map(found, outcome.evidence)))

    results = (
        replace(result, outcome=of(result.outcome), earlier=tuple(map(of, result.earlier)))
        for result in report.results
    )
    return replace(report, results=tuple(results))


def parse_report(source: bytes, label: str) -> Report:
    """Read the text of a JSON report. Raises InputError at ``label``, with line and column."""
    text = _decode_text(source, label)
    data = _parse_json(text, label)
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version is None:
        _raise_invalid("this is not a report of cn-validator", Location(label, 1, 1))
    if version != SCHEMA_VERSION:
        raise InputError.single(
            "results-version",
            f"the results are of version {json.dumps(version)}, which is not known here",
            _locate_pointer(label, text, "/schema_version"),
            "Update cn-validator to the version that wrote them.",
        )
    try:
        report: Report = decode_dataclass(Report, data)
        _require_timestamp(report.started)
    except DecodeError as misfit:
        _raise_invalid(str(misfit), _locate_pointer(label, text, misfit.at))
    return report


def _require_timestamp(started: str) -> None:
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - has no zone, and so is refused below
    if moment.tzinfo is None:
        raise DecodeError("/started", "a time with a zone, in ISO 8601")


def parse_result(line: str) -> Result:
    """Read a result from its line of ``results.ndjson``. Raises InputError."""
    return _parse_lines(f"{line}\n".encode(), RESULTS_FILE, "").results[0]


def _parse_lines(source: bytes, label: str, run_id: str) -> Report:
    """Build a report from the results that a run has saved so far."""
    lines = _decode_text(source, label).split("\n")
    results = []
    for number, line in enumerate(lines, start=1):
        # A crash may have cut the last line: a complete line ends with a newline.
        if not line.strip() or number == len(lines):
            continue
        data = _parse_json(line, label, number - 1)
        try:
            result: Result = decode_dataclass(Result, data)
        except DecodeError as misfit:
            place = _locate_pointer(label, line, misfit.at)
            _raise_invalid(str(misfit), replace(place, line=number))
        results.append(result)
    return Report(
        tuple(results),
        run_id or "unknown",
        _start_from_run_id(run_id),
        sum(result.duration_ms for result in results),
        notes=(f"made from {RESULTS_FILE}, which does not say whether the run was completed",),
    )


def read_run_state(folder: Path) -> dict[str, Any] | None:
    """Read what a run says of its end; None for the results of an older version."""
    try:
        state = json.loads((folder / RUN_FILE).read_bytes()[:MAX_STATE_BYTES])
    except (OSError, ValueError, RecursionError):
        return None
    is_state = isinstance(state, dict) and isinstance(state.get("planned"), int)
    return state if is_state else None


def _end_report(report: Report, state: dict[str, Any]) -> Report:
    """Say whether the run of a report came to its end."""
    if state.get("ended") is True:
        return replace(report, notes=())
    have = len(report.results)
    note = f"the run did not end: {have} of {state['planned']} have a result"
    return replace(report, interrupted=True, notes=(note,))


def _start_from_run_id(run_id: str) -> str:
    """Return the start of a run from its id; the epoch, where the id does not contain it."""
    found = _RUN_ID.fullmatch(run_id)
    digits = "".join(found.groups()) if found else "19700101000000"
    return datetime.strptime(f"{digits}+0000", "%Y%m%d%H%M%S%z").isoformat()


def _decode_text(source: bytes, label: str) -> str:
    if len(source) > MAX_BYTES:
        _raise_invalid(f"the file is longer than {MAX_BYTES:,} bytes", Location(label))
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _raise_invalid(
            "the file is not UTF-8", Location(label, source.count(b"\n", 0, error.start) + 1)
        )


def _parse_json(text: str, label: str, before: int = 0) -> Any:  # Any: its type is not known yet
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        _raise_invalid(
            f"JSON syntax: {error.msg}", Location(label, error.lineno + before, error.colno)
        )
    except (ValueError, RecursionError):
        _raise_invalid(
            "it is nested too deep, or a number is too long", Location(label, before + 1, 1)
        )


def _raise_invalid(message: str, place: Location) -> NoReturn:
    hint = "Name a file that --report json=FILE wrote, unchanged."
    raise InputError.single("results-invalid", message, place, hint)


def _locate_pointer(label: str, text: str, at: str) -> Location:
    """Find the place of the value at a JSON pointer; for a missing value, of its parent."""
    offset = _skip_whitespace(text, 0)
    for part in at.split("/")[1:]:
        inside = _find_member(text, offset, part.replace("~1", "/").replace("~0", "~"))
        if inside is None:
            break
        offset = inside
    start = text.rfind("\n", 0, offset) + 1
    return Location(label, text.count("\n", 0, offset) + 1, offset - start + 1)


def _find_member(text: str, offset: int, name: str) -> int | None:
    """Return the offset of a member of the object or list at ``offset``, or None."""
    closing = {"{": "}", "[": "]"}.get(text[offset])
    if closing is None:
        return None
    index, at = 0, _skip_whitespace(text, offset + 1)
    while text[at] != closing:
        key = str(index)
        if closing == "}":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip_whitespace(text, _skip_whitespace(text, at) + 1)
        if key == name:
            return at
        at = _skip_whitespace(text, _DECODER.raw_decode(text, at)[1])
        at = _skip_whitespace(text, at + 1) if text[at] == "," else at
        index += 1
    return None


def _skip_whitespace(text: str, at: int) -> int:
    found = _WHITESPACE.match(text, at)
    return found.end() if found else at
