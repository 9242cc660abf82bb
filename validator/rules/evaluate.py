"""Capture → tags → schema and rules → Result. Pure: the same capture gives the same result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from validator.contract.contracts import Contracts, default_tag_count
from validator.contract.fields import Field
from validator.contract.schema import Schema, SchemaViolation, iter_schema_violations
from validator.core.capture import Breakdown, Capture, CapturedTag, Placement, TagCheckpoint
from validator.core.document import Location
from validator.core.finding import Finding, Severity
from validator.core.result import NotEvaluated, Result, TagReading
from validator.core.severities import RuleOverrides
from validator.page.recorded_event import build_reading
from validator.page.tag_fields import extract_fields
from validator.rules.catalogue import RULES, RULES_BY_ID
from validator.rules.findings import build_finding, violation_sort_key
from validator.rules.page import payment_return
from validator.rules.rule import NotEvaluable, Rule, RuleContext, Violation
from validator.rules.suppression import suppress_consequences
from validator.rules.tag.expectations import is_contradiction
from validator.rules.tag.placeholders import is_unrendered
from validator.rules.tag.rendered_text import mark_altered_fields
from validator.rules.tag.schema_messages import (
    build_schema_rule_violation,
    empty_tag_consequence,
    find_rule_id,
    find_unknown_classes,
)
from validator.rules.unreported_losses import unreported_losses


@dataclass(frozen=True, slots=True)
class ExpectedTag:
    """What a scenario expects of the page, with every variable filled in (field → text)."""

    tag: str = "cn_purchase"
    count: int | None = 1
    """None: one or more."""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    locations: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    """Field → the scenario's line that expects it; "" → the expectation itself."""
    used_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The ids of purchases made before → which those were."""


ONE_PURCHASE = ExpectedTag()
DEFAULT_CONTRACTS = Contracts()


def evaluate_capture(
    capture: Capture,
    *,
    subject: str,
    contracts: Contracts = DEFAULT_CONTRACTS,
    expected: ExpectedTag = ONE_PURCHASE,
    location: Location | None = None,
    labels: tuple[str, ...] = (),
) -> Result:
    """Judge what was seen: what was expected on the way, the expected tag, then the others that
    are on the page.

    Findings come in document order, those of the whole page first. ``subject`` and ``location``
    name the scenario, URL or file. Raises InputError for a contract that cannot be used.
    """
    off = contracts.rules.off
    judged = [evaluate_checkpoint(stop, contracts) for stop in capture.stops]
    carts = [each for stop in judged for each in stop.readings if each.tag == "cn_cart"]
    judged += [
        _evaluate_tag(capture, each, contracts, carts[-1] if carts else None)
        for each in (expected, *_other_tags(capture, expected, contracts))
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
class TagEvaluation:
    """What there is to say of all tags of one name."""

    findings: tuple[Finding, ...]
    readings: tuple[TagReading, ...]
    unknown: tuple[NotEvaluated, ...]

    @property
    def is_wrong(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def evaluate_checkpoint(stop: TagCheckpoint, contracts: Contracts) -> TagEvaluation:
    """Judge the tag that was expected at a step on the way."""
    page = Capture(url=stop.url, rendered=True, tags=stop.tags, waited_ms=stop.within_ms)
    expected = ExpectedTag(stop.tag, stop.count, stop.values, stop.places)
    judged = _evaluate_tag(page, expected, contracts)
    # That the tag is not there says that nothing else can be said of it.
    return judged if stop.tags else replace(judged, unknown=())


def build_broken_result(
    subject: str,
    breakdown: Breakdown,
    contracts: Contracts = DEFAULT_CONTRACTS,
    location: Location | None = None,
    labels: tuple[str, ...] = (),
) -> Result:
    """Say that a journey broke, and what was wrong with the tags until then."""
    judged = [evaluate_checkpoint(stop, contracts) for stop in breakdown.stops]
    return Result(
        subject=subject,
        outcome=breakdown,
        findings=tuple(finding for each in judged for finding in each.findings),
        readings=tuple(reading for each in judged for reading in each.readings),
        location=location,
        labels=labels,
    )


def _other_tags(
    capture: Capture, expected: ExpectedTag, contracts: Contracts
) -> Iterator[ExpectedTag]:
    """Yield the other tags the page has, or must have, as many of them as it likes."""
    if capture.reached:
        for name in contracts.names(expected.tag)[1:]:
            if name in contracts.required_tags or _document_tags(capture, name):
                yield ExpectedTag(name, default_tag_count(name))


def _document_tags(capture: Capture, name: str) -> tuple[CapturedTag, ...]:
    """Return the tags of a name that the Connectif script can see."""
    return tuple(
        tag for tag in capture.tags if tag.name == name and tag.placement is Placement.DOCUMENT
    )


def _evaluate_tag(
    capture: Capture, expected: ExpectedTag, contracts: Contracts, basket: TagReading | None = None
) -> TagEvaluation:
    tag = contracts.fields(expected.tag)
    seen = _EvaluatedTags.of(capture, expected, tag, contracts.schema(expected.tag))
    seen = replace(seen, subject=replace(seen.subject, basket=basket))
    told, unknown = _evaluate_rules(seen.subject, contracts.rules)
    told += seen.contract(tag, contracts.rules)
    told += unreported_losses(seen.subject, told)
    told = list(_apply_severities(told, contracts.rules))
    told = sorted(
        suppress_consequences(told),
        key=lambda entry: violation_sort_key(entry[0], entry[1], seen.subject),
    )
    findings = tuple(build_finding(*entry, seen.subject, expected.locations) for entry in told)
    return TagEvaluation(findings, mark_altered_fields(seen.subject), tuple(unknown))


_JOURNEY_RULE_IDS = frozenset(rule.id for rule in payment_return.RULES)
_UNRENDERED_RULE = "placeholder-unrendered"


@dataclass(frozen=True, slots=True)
class _EvaluatedTags:
    """A page whose tags are read, and what the schema does not allow in each."""

    subject: RuleContext
    violations: tuple[tuple[SchemaViolation, ...], ...]

    @classmethod
    def of(
        cls, capture: Capture, expected: ExpectedTag, tag: Field, schema: Schema
    ) -> _EvaluatedTags:
        tags = tuple(each for each in capture.tags if each.name == tag.name and capture.reached)
        there = tuple(each for each in tags if each.placement is Placement.DOCUMENT)
        seen = there[:1] if tag.is_read_once else there
        readings = tuple(build_reading(tag, *extract_fields(each, tag)) for each in seen)
        faults = tuple(
            tuple(iter_schema_violations(reading.document, schema)) for reading in readings
        )
        subject = RuleContext(
            capture=capture,
            tag=expected.tag,
            seen=seen,
            readings=readings,
            hidden_tags=tuple(each for each in tags if each.placement is not Placement.DOCUMENT),
            expected_count=max(1, len(seen)) if expected.count is None else expected.count,
            accepts_any_match=expected.count is None,
            ignored=there[len(seen) :],
            expected=expected.values,
            fields=tag,
            used_ids=expected.used_ids,
            invalid=tuple(
                frozenset(fault.pointer for fault in found)
                | _unrendered_pointers(reading, tag)
                | _contradictory_pointers(reading)
                for found, reading in zip(faults, readings, strict=True)
            ),
        )
        return cls(subject, faults)

    def contract(self, tag: Field, rules: RuleOverrides) -> Iterator[tuple[Rule, Violation]]:
        """Yield what the schema faults: of several faults of one value, the first."""
        for index, reading in enumerate(self.subject.readings):
            told = (
                set() if rules.is_off(_UNRENDERED_RULE) else set(_unrendered_pointers(reading, tag))
            )
            has_elements = any(field.comes_from == "class" for field in tag.fields.values())
            if not reading.fields and self.violations[index] and has_elements:
                yield (
                    RULES_BY_ID["mandatory-field-missing"],
                    _empty_tag_violation(reading, tag, index),
                )
                continue
            differing = frozenset(each.pointer for each in reading.fields if each.differs)
            strange = (
                find_unknown_classes(self.subject.seen[index].html, tag)
                if any(fault.keyword == "required" for fault in self.violations[index])
                else ()
            )
            for fault in self.violations[index]:
                rule = RULES_BY_ID[find_rule_id(fault)]
                if fault.pointer not in told and not rules.is_off(rule.id):
                    told.add(fault.pointer)
                    yield (
                        rule,
                        replace(
                            build_schema_rule_violation(fault, tag, differing, strange), tag=index
                        ),
                    )


def _evaluate_rules(
    subject: RuleContext, rules: RuleOverrides
) -> tuple[list[tuple[Rule, Violation]], list[NotEvaluated]]:
    """Ask every rule but those that are off.

    Until the confirmation is reached, nothing is said of its tags.
    """
    told: list[tuple[Rule, Violation]] = []
    unknown: list[NotEvaluated] = []
    for rule in RULES:
        if rule.judge is None or (rule.tags and subject.tag not in rule.tags):
            continue
        if rules.is_off(rule.id):
            continue
        if not subject.capture.reached and rule.id not in _JOURNEY_RULE_IDS:
            if subject.capture.case is None:  # of a case, only what came of it is asked
                unknown.append(NotEvaluated(rule.id, "the order confirmation was not reached"))
            continue
        try:
            for problem in rule.judge(subject):
                # One by one: what a rule says before it gives up still holds.
                told.append((rule, problem))
        except NotEvaluable as error:
            unknown.append(NotEvaluated(rule.id, str(error)))
    return told, unknown


def _apply_severities(
    told: list[tuple[Rule, Violation]], rules: RuleOverrides
) -> Iterator[tuple[Rule, Violation]]:
    """What a shop makes of a rule is the last word, on its graver and milder cases too."""
    for rule, problem in told:
        if not rules.is_off(rule.id):
            severity = rules.severity(rule.id) or problem.severity
            yield rule, replace(problem, severity=severity)


def _unrendered_pointers(reading: TagReading, tag: Field) -> frozenset[str]:
    return frozenset(
        each.pointer for each in reading.fields if is_unrendered(tag.at(each.pointer), each.text)
    )


def _contradictory_pointers(reading: TagReading) -> frozenset[str]:
    texts = {each.pointer: each.text for each in reading.fields}
    return frozenset(
        each.pointer for each in reading.shadowed if is_contradiction(each, texts[each.pointer])
    )


def _empty_tag_violation(reading: TagReading, tag: Field, index: int) -> Violation:
    return Violation(
        f"The tag is empty: {reading.lost_because}. Connectif drops it."
        if reading.lost_because
        else "The tag is empty.",
        tag=index,
        expected=f"the fields of the {tag.thing} inside of the tag",
        actual="an empty tag",
        recorded="nothing",
        consequence=empty_tag_consequence(tag),
    )
