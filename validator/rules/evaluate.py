"""Capture → tags → schema and rules → Result. Pure: the same capture gives the same result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from validator.contract.contracts import Contracts, usual_count
from validator.contract.fields import Field
from validator.contract.schema import Schema, Violation, violations
from validator.core.capture import Breakdown, Capture, CapturedTag, Placement, TagStop
from validator.core.document import Location
from validator.core.finding import Finding, Severity
from validator.core.result import NotEvaluated, Result, TagReading
from validator.core.severities import Settings
from validator.page.recorded_event import read
from validator.page.tag_fields import read_tag
from validator.rules.catalogue import BY_ID, RULES
from validator.rules.findings import finding_of, order_of
from validator.rules.page import journey
from validator.rules.rule import Problem, Rule, Subject, Unknown
from validator.rules.suppression import causes
from validator.rules.tag.expectations import is_contradiction
from validator.rules.tag.placeholders import is_unrendered
from validator.rules.tag.rendered_text import marked
from validator.rules.tag.schema_messages import consequence_of, explain, rule_of, strange_classes
from validator.rules.unreported_losses import untold


@dataclass(frozen=True, slots=True)
class Expected:
    """What a scenario expects of the page, with every variable filled in (field → text)."""

    tag: str = "cn_purchase"
    count: int | None = 1
    """None: one or more."""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    locations: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    """Field → the scenario's line that expects it; "" → the expectation itself."""
    used_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The ids of purchases made before → which those were."""


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
    """Judge what was seen: what was expected on the way, the expected tag, then the others that
    are on the page.

    Findings come in document order, those of the whole page first. ``subject`` and ``location``
    name the scenario, URL or file. Raises InputError for a contract that cannot be used.
    """
    off = contracts.rules.off
    judged = [judge_stop(stop, contracts) for stop in capture.stops]
    carts = [each for stop in judged for each in stop.readings if each.tag == "cn_cart"]
    judged += [
        _judged(capture, each, contracts, carts[-1] if carts else None)
        for each in (expected, *_others(capture, expected, contracts))
    ]
    unknown = dict.fromkeys(unknown for each in judged for unknown in each.unknown)
    return Result(
        subject=subject,
        outcome=capture,
        findings=tuple(finding for each in judged for finding in each.findings),
        readings=tuple(reading for each in judged for reading in each.readings),
        not_evaluated=(
            *(NotEvaluated(rule, f"turned off by {off[rule].source}") for rule in off),
            *unknown,
        ),
        location=location,
        labels=labels,
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """What there is to say of all tags of one name."""

    findings: tuple[Finding, ...]
    readings: tuple[TagReading, ...]
    unknown: tuple[NotEvaluated, ...]

    @property
    def is_wrong(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def judge_stop(stop: TagStop, contracts: Contracts) -> Judged:
    """Judge the tag that was expected at a step on the way."""
    page = Capture(url=stop.url, rendered=True, tags=stop.tags, waited_ms=stop.within_ms)
    expected = Expected(stop.tag, stop.count, stop.values, stop.places)
    judged = _judged(page, expected, contracts)
    # That the tag is not there says that nothing else can be said of it.
    return judged if stop.tags else replace(judged, unknown=())


def broken(
    subject: str,
    breakdown: Breakdown,
    contracts: Contracts = OURS,
    location: Location | None = None,
    labels: tuple[str, ...] = (),
) -> Result:
    """Say that a journey broke, and what was wrong with the tags until then."""
    judged = [judge_stop(stop, contracts) for stop in breakdown.stops]
    return Result(
        subject=subject,
        outcome=breakdown,
        findings=tuple(finding for each in judged for finding in each.findings),
        readings=tuple(reading for each in judged for reading in each.readings),
        location=location,
        labels=labels,
    )


def _others(capture: Capture, expected: Expected, contracts: Contracts) -> Iterator[Expected]:
    """Yield the other tags the page has, or must have, as many of them as it likes."""
    if capture.reached:
        for name in contracts.names(expected.tag)[1:]:
            if name in contracts.demanded or _of_page(capture, name):
                yield Expected(name, usual_count(name))


def _of_page(capture: Capture, name: str) -> tuple[CapturedTag, ...]:
    """Return the tags of a name that the Connectif script can see."""
    return tuple(
        tag for tag in capture.tags if tag.name == name and tag.placement is Placement.DOCUMENT
    )


def _judged(
    capture: Capture, expected: Expected, contracts: Contracts, basket: TagReading | None = None
) -> Judged:
    tag = contracts.fields(expected.tag)
    seen = _Seen.of(capture, expected, tag, contracts.schema(expected.tag))
    seen = replace(seen, subject=replace(seen.subject, basket=basket))
    told, unknown = _judge(seen.subject, contracts.rules)
    told += seen.contract(tag, contracts.rules)
    told += untold(seen.subject, told)
    told = list(_graded(told, contracts.rules))
    told = sorted(
        causes(told),
        key=lambda entry: order_of(entry[0], entry[1], seen.subject),
    )
    findings = tuple(finding_of(*entry, seen.subject, expected.locations) for entry in told)
    return Judged(findings, marked(seen.subject), tuple(unknown))


_OF_JOURNEY = frozenset(rule.id for rule in journey.RULES)
_UNRENDERED = "placeholder-unrendered"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page whose tags are read, and what the schema does not allow in each."""

    subject: Subject
    violations: tuple[tuple[Violation, ...], ...]

    @classmethod
    def of(cls, capture: Capture, expected: Expected, tag: Field, schema: Schema) -> _Seen:
        tags = tuple(each for each in capture.tags if each.name == tag.name and capture.reached)
        there = tuple(each for each in tags if each.placement is Placement.DOCUMENT)
        seen = there[:1] if tag.is_read_once else there
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
            expected_count=max(1, len(seen)) if expected.count is None else expected.count,
            expects_any=expected.count is None,
            ignored=there[len(seen) :],
            expected=expected.values,
            fields=tag,
            used_ids=expected.used_ids,
            invalid=tuple(
                frozenset(fault.pointer for fault in found)
                | _unrendered(reading, tag)
                | _contradictory(reading)
                for found, reading in zip(faults, readings, strict=True)
            ),
        )
        return cls(subject, faults)

    def contract(self, tag: Field, rules: Settings) -> Iterator[tuple[Rule, Problem]]:
        """Yield what the schema faults: of several faults of one value, the first."""
        for index, reading in enumerate(self.subject.readings):
            told = set() if rules.is_off(_UNRENDERED) else set(_unrendered(reading, tag))
            has_elements = any(field.comes_from == "class" for field in tag.fields.values())
            if not reading.fields and self.violations[index] and has_elements:
                yield BY_ID["mandatory-field-missing"], _empty(reading, tag, index)
                continue
            differing = frozenset(each.pointer for each in reading.fields if each.differs)
            strange = (
                strange_classes(self.subject.seen[index].html, tag)
                if any(fault.keyword == "required" for fault in self.violations[index])
                else ()
            )
            for fault in self.violations[index]:
                rule = BY_ID[rule_of(fault)]
                if fault.pointer not in told and not rules.is_off(rule.id):
                    told.add(fault.pointer)
                    yield rule, replace(explain(fault, tag, differing, strange), tag=index)


def _judge(
    subject: Subject, rules: Settings
) -> tuple[list[tuple[Rule, Problem]], list[NotEvaluated]]:
    """Ask every rule but those that are off.

    Until the confirmation is reached, nothing is said of its tags.
    """
    told: list[tuple[Rule, Problem]] = []
    unknown: list[NotEvaluated] = []
    for rule in RULES:
        if rule.judge is None or (rule.tags and subject.tag not in rule.tags):
            continue
        if rules.is_off(rule.id):
            continue
        if not subject.capture.reached and rule.id not in _OF_JOURNEY:
            if subject.capture.case is None:  # of a case, only what came of it is asked
                unknown.append(NotEvaluated(rule.id, "the order confirmation was not reached"))
            continue
        try:
            for problem in rule.judge(subject):
                # One by one: what a rule says before it gives up still holds.
                told.append((rule, problem))
        except Unknown as error:
            unknown.append(NotEvaluated(rule.id, str(error)))
    return told, unknown


def _graded(told: list[tuple[Rule, Problem]], rules: Settings) -> Iterator[tuple[Rule, Problem]]:
    """What a shop makes of a rule is the last word, on its graver and milder cases too."""
    for rule, problem in told:
        if not rules.is_off(rule.id):
            severity = rules.severity(rule.id) or problem.severity
            yield rule, replace(problem, severity=severity)


def _unrendered(reading: TagReading, tag: Field) -> frozenset[str]:
    return frozenset(
        each.pointer for each in reading.fields if is_unrendered(tag.at(each.pointer), each.text)
    )


def _contradictory(reading: TagReading) -> frozenset[str]:
    texts = {each.pointer: each.text for each in reading.fields}
    return frozenset(
        each.pointer for each in reading.shadowed if is_contradiction(each, texts[each.pointer])
    )


def _empty(reading: TagReading, tag: Field, index: int) -> Problem:
    return Problem(
        f"The tag is empty: {reading.lost_because}. Connectif drops it."
        if reading.lost_because
        else "The tag is empty.",
        tag=index,
        expected=f"the fields of the {tag.thing} inside of the tag",
        actual="an empty tag",
        recorded="nothing",
        consequence=consequence_of(tag),
    )
