"""Capture → tags → schema and rules → Result. Pure: the same capture gives the same result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from validator.capture import Capture, CapturedTag, Placement
from validator.contracts import Contracts
from validator.document import Location
from validator.fields import Field
from validator.finding import Consequence, Finding
from validator.reader import read
from validator.result import NotEvaluated, Result, TagReading
from validator.rules.catalogue import BY_ID, RULES
from validator.rules.contract import explain, rule_of, strange_classes
from validator.rules.frame import Problem, Rule, Subject, Unknown
from validator.rules.values import is_contradiction, is_unrendered
from validator.scenario.model import TagExpectation
from validator.schema import Schema, Violation, violations
from validator.tag import read_tag

MAX_SNIPPET = 4_000


@dataclass(frozen=True, slots=True)
class Expected:
    """What a scenario expects of the page, with every variable filled in (field → text)."""

    tag: str = "cn_purchase"
    count: int = 1
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    locations: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    """Field → the scenario's line that expects it; "" → the expectation itself."""

    @classmethod
    def of(cls, expectation: TagExpectation, saved: Mapping[str, str]) -> Expected:
        """Fill in what the steps saved. Raises UnsavedVariable."""
        values = {name: text.render(saved) for name, text in expectation.values.items()}
        return cls(expectation.tag, expectation.count, values, expectation.locations)


ONE_PURCHASE = Expected()
OURS = Contracts()


def check(
    capture: Capture,
    *,
    subject: str,
    contracts: Contracts = OURS,
    expected: Expected = ONE_PURCHASE,
    location: Location | None = None,
    labels: tuple[str, ...] = (),
) -> Result:
    """Judge what was seen: the expected tag, then the others that are on the page.

    Findings come in document order, those of the whole page first. ``subject`` and ``location``
    name the scenario, URL or file. Raises InputError for a contract that cannot be used.
    """
    judged = [
        _judged(capture, each, contracts)
        for each in (expected, *_others(capture, expected, contracts))
    ]
    return Result(
        subject=subject,
        outcome=capture,
        findings=tuple(finding for each in judged for finding in each.findings),
        readings=tuple(reading for each in judged for reading in each.readings),
        not_evaluated=tuple(unknown for each in judged for unknown in each.unknown),
        location=location,
        labels=labels,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """What there is to say of all tags of one name."""

    findings: tuple[Finding, ...]
    readings: tuple[TagReading, ...]
    unknown: tuple[NotEvaluated, ...]


def _others(capture: Capture, expected: Expected, contracts: Contracts) -> Iterator[Expected]:
    """Yield the other tags the page has; it may have as many of them as it likes."""
    if capture.reached:
        for name in contracts.names(expected.tag)[1:]:
            if count := len(_of_page(capture, name)):
                yield Expected(name, count)


def _of_page(capture: Capture, name: str) -> tuple[CapturedTag, ...]:
    """Return the tags of a name that the Connectif script can see."""
    return tuple(
        tag for tag in capture.tags if tag.name == name and tag.placement is Placement.DOCUMENT
    )


def _judged(capture: Capture, expected: Expected, contracts: Contracts) -> _Judged:
    tag = contracts.fields(expected.tag)
    seen = _Seen.of(capture, expected, tag, contracts.schema(expected.tag))
    told, unknown = _judge(seen.subject)
    told += seen.contract(tag)
    told = sorted(_causes(told), key=lambda entry: _order(entry[0], entry[1], seen.subject))
    findings = tuple(_finding(*entry, seen.subject, expected) for entry in told)
    return _Judged(findings, seen.subject.readings, tuple(unknown))


_JOURNEY = "payment-return-not-automatic"
_TAG_TOO_MANY = ("purchase-tag-duplicate", "tag-unexpected")
_UNMET = "expectation-not-met"
_TOTALS = ("total-quantity-mismatch", "total-price-mismatch")
_RANK = {rule.id: rank for rank, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page whose tags are read, and what the schema does not allow in each."""

    subject: Subject
    violations: tuple[tuple[Violation, ...], ...]

    @classmethod
    def of(cls, capture: Capture, expected: Expected, tag: Field, schema: Schema) -> _Seen:
        tags = tuple(each for each in capture.tags if each.name == tag.name and capture.reached)
        seen = tuple(each for each in tags if each.placement is Placement.DOCUMENT)
        readings = tuple(
            read(tag, *read_tag(each, tag, rendered=capture.rendered)) for each in seen
        )
        faults = tuple(tuple(violations(reading.document, schema)) for reading in readings)
        subject = Subject(
            capture=capture,
            tag=expected.tag,
            seen=seen,
            readings=readings,
            unseen=tuple(each for each in tags if each.placement is not Placement.DOCUMENT),
            expected_count=expected.count,
            expected=expected.values,
            fields=tag,
            invalid=tuple(
                frozenset(fault.pointer for fault in found)
                | _unrendered(reading, tag)
                | _contradictory(reading)
                for found, reading in zip(faults, readings, strict=True)
            ),
        )
        return cls(subject, faults)

    def contract(self, tag: Field) -> Iterator[tuple[Rule, Problem]]:
        """Yield what the schema faults: of several faults of one value, the first."""
        for index, reading in enumerate(self.subject.readings):
            told = set(_unrendered(reading, tag))
            if not reading.fields and self.violations[index]:
                yield BY_ID["mandatory-field-missing"], _empty(reading, index)
                continue
            differing = frozenset(each.pointer for each in reading.fields if each.differs)
            strange = (
                strange_classes(self.subject.seen[index].html, tag)
                if any(fault.keyword == "required" for fault in self.violations[index])
                else ()
            )
            for fault in self.violations[index]:
                if fault.pointer not in told:
                    told.add(fault.pointer)
                    problem = explain(fault, tag, differing, strange)
                    yield BY_ID[rule_of(fault)], replace(problem, tag=index)


def _judge(subject: Subject) -> tuple[list[tuple[Rule, Problem]], list[NotEvaluated]]:
    """Ask every rule. Until the confirmation is reached, nothing is said of its tags."""
    told: list[tuple[Rule, Problem]] = []
    unknown: list[NotEvaluated] = []
    for rule in RULES:
        if rule.judge is None or (rule.tags and subject.tag not in rule.tags):
            continue
        if not subject.capture.reached and rule.id != _JOURNEY:
            unknown.append(NotEvaluated(rule.id, "the order confirmation was not reached"))
            continue
        try:
            for problem in rule.judge(subject):
                # One by one: what a rule says before it gives up still holds.
                told.append((rule, problem))
        except Unknown as error:
            unknown.append(NotEvaluated(rule.id, str(error)))
    return told, unknown


def _unrendered(reading: TagReading, tag: Field) -> frozenset[str]:
    return frozenset(
        each.pointer for each in reading.fields if is_unrendered(tag.at(each.pointer), each.text)
    )


def _contradictory(reading: TagReading) -> frozenset[str]:
    texts = {each.pointer: each.text for each in reading.fields}
    return frozenset(
        each.pointer for each in reading.shadowed if is_contradiction(each, texts[each.pointer])
    )


def _empty(reading: TagReading, index: int) -> Problem:
    return Problem(
        f"The tag is empty: {reading.lost_because}. Connectif drops it.",
        tag=index,
        expected="the fields of the purchase inside of the tag",
        actual="an empty tag",
        recorded="nothing",
        consequence=Consequence.PURCHASE_LOST,
    )


def _causes(told: list[tuple[Rule, Problem]]) -> Iterator[tuple[Rule, Problem]]:
    """Leave out what follows from a graver fault: a tag that should not be there at all, or a
    value that is not the expected one and so does not fit the others either."""
    excess = {problem.tag for rule, problem in told if rule.id in _TAG_TOO_MANY}
    is_unexpected = any(rule.id == "tag-unexpected" for rule, _ in told)
    unmet = {(problem.tag, problem.pointer) for rule, problem in told if rule.id == _UNMET}
    for rule, problem in told:
        of_wrong_tag = problem.tag is not None and (is_unexpected or problem.tag in excess)
        follows = rule.id in _TOTALS and (problem.tag, problem.pointer) in unmet
        if rule.id in _TAG_TOO_MANY or not (of_wrong_tag or follows):
            yield rule, problem


def _place(problem: Problem, subject: Subject) -> Location:
    if problem.location:
        return problem.location
    if problem.tag is None:
        return Location(subject.capture.url)
    return subject.readings[problem.tag].document.locate(problem.pointer)


def _order(rule: Rule, problem: Problem, subject: Subject) -> tuple[int, int, int, int]:
    place = _place(problem, subject)
    is_of_page = problem.tag is None and problem.location is None
    tag = -1 if problem.tag is None or not subject.capture.rendered else problem.tag
    line, column = (0, 0) if is_of_page else (place.line or 0, place.column or 0)
    return tag, line, column, _RANK[rule.id]


def _finding(rule: Rule, problem: Problem, subject: Subject, expected: Expected) -> Finding:
    place = _place(problem, subject)
    return Finding(
        rule=rule.id,
        severity=problem.severity or rule.severity,
        message=problem.message,
        pointer=problem.pointer,
        location=place,
        consequence=problem.consequence or rule.consequence,
        expected=problem.expected,
        actual=problem.actual,
        recorded=problem.recorded,
        why=rule.why,
        hint=problem.hint or rule.fix,
        snippet=_snippet(problem, place, subject),
        scenario=problem.scenario
        or expected.locations.get(problem.pointer.removeprefix("/"))
        or expected.locations.get(""),
    )


def _snippet(problem: Problem, place: Location, subject: Subject) -> str:
    """Return the source line that a place points into; of an endless one, what follows it."""
    for tag in subject.unseen if problem.tag is None else (subject.seen[problem.tag],):
        first = tag.origin.line or 1
        lines = tag.html.split("\n")
        if place.line is None or (problem.tag is None and tag.origin != place):
            continue
        if first <= place.line < first + len(lines):
            line, column = lines[place.line - first], place.column or 1
            if place.line == first:
                # What stands before the tag on its first line was not captured.
                line = " " * ((tag.origin.column or 1) - 1) + line
            return line[:MAX_SNIPPET] if column <= MAX_SNIPPET else line[column - 1 :][:MAX_SNIPPET]
    return ""
