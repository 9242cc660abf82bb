"""Turns a Capture into a Result: schema violations and rules, without what follows from others.

Pure: the same capture always gives the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from validator.contract.contracts import Contracts, default_tag_count
from validator.contract.schema import iter_schema_violations
from validator.core.capture import Breakdown, Capture, Placement, TagCheckpoint
from validator.core.document import Location
from validator.core.finding import Finding, Severity
from validator.core.result import NotEvaluated, Result, TagReading
from validator.core.severities import RuleOverrides
from validator.page.nested_fields import find_nested_fields
from validator.page.tag_reading import read_tag
from validator.rules.catalogue import RULES
from validator.rules.findings import build_finding, violation_sort_key
from validator.rules.rule import NotEvaluable, Rule, RuleContext, RuleViolation
from validator.rules.schema_check import iter_schema_rule_violations
from validator.rules.suppression import suppress_consequences
from validator.rules.tag.expectations import contradictory_pointers
from validator.rules.tag.placeholders import unrendered_pointers
from validator.rules.tag.rendered_text import mark_altered_fields
from validator.rules.tag.schema_messages import is_recorded_rightly
from validator.rules.unreported_losses import unreported_losses


@dataclass(frozen=True, slots=True)
class ExpectedTag:
    """The tags that a scenario expects on the page, with all variables filled in."""

    tag: str = "cn_purchase"
    count: int | None = 1
    """None: one or more."""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Field name → expected text."""
    locations: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    """Field name → the scenario's line that expects it; "" → the line of the expectation."""
    used_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Ids of earlier purchases → a description of the purchase."""


ONE_PURCHASE = ExpectedTag()
DEFAULT_CONTRACTS = Contracts()


@dataclass(frozen=True, slots=True)
class TagEvaluation:
    """What was found in all tags of one name."""

    findings: tuple[Finding, ...]
    readings: tuple[TagReading, ...]
    not_evaluated: tuple[NotEvaluated, ...]

    @property
    def is_wrong(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def evaluate_capture(
    capture: Capture,
    *,
    subject: str,
    contracts: Contracts = DEFAULT_CONTRACTS,
    expected: ExpectedTag = ONE_PURCHASE,
    location: Location | None = None,
    labels: tuple[str, ...] = (),
) -> Result:
    """Evaluate the tags expected at steps, the expected tag, and the other tags of the page.

    Findings come in document order, those of the whole page first. ``subject`` and ``location``
    name the scenario, URL or file. Raises InputError for a contract that cannot be used.
    """
    off = contracts.rules.off
    at_steps = [evaluate_checkpoint(checkpoint, contracts) for checkpoint in capture.stops]
    carts = [reading for each in at_steps for reading in each.readings if reading.tag == "cn_cart"]
    basket = carts[-1] if carts else None
    on_page = [
        _evaluate_tags(capture, each, contracts, basket)
        for each in (expected, *_other_tags(capture, expected, contracts))
    ]
    result = _build_result(subject, capture, [*at_steps, *on_page], location, labels)
    turned_off = (NotEvaluated(rule, f"turned off by {off[rule].source}") for rule in off)
    return replace(result, not_evaluated=(*turned_off, *result.not_evaluated))


def build_broken_result(
    subject: str,
    breakdown: Breakdown,
    contracts: Contracts = DEFAULT_CONTRACTS,
    location: Location | None = None,
    labels: tuple[str, ...] = (),
) -> Result:
    """Return the result of a broken journey, with the findings of the steps before."""
    at_steps = [evaluate_checkpoint(checkpoint, contracts) for checkpoint in breakdown.stops]
    result = _build_result(subject, breakdown, at_steps, location, labels)
    return replace(result, not_evaluated=())


def _build_result(
    subject: str,
    outcome: Capture | Breakdown,
    evaluations: Sequence[TagEvaluation],
    location: Location | None,
    labels: tuple[str, ...],
) -> Result:
    return Result(
        subject=subject,
        outcome=outcome,
        findings=tuple(finding for each in evaluations for finding in each.findings),
        readings=tuple(reading for each in evaluations for reading in each.readings),
        not_evaluated=tuple(
            dict.fromkeys(item for each in evaluations for item in each.not_evaluated)
        ),
        location=location,
        labels=labels,
    )


def evaluate_checkpoint(checkpoint: TagCheckpoint, contracts: Contracts) -> TagEvaluation:
    """Evaluate the tag that was expected at a step of the journey."""
    page = Capture(
        url=checkpoint.url,
        rendered=True,
        tags=checkpoint.tags,
        waited_ms=checkpoint.within_ms,
    )
    expected = ExpectedTag(checkpoint.tag, checkpoint.count, checkpoint.values, checkpoint.places)
    evaluation = _evaluate_tags(page, expected, contracts)
    # The finding that the tag is missing already implies that its rules were not evaluated.
    return evaluation if checkpoint.tags else replace(evaluation, not_evaluated=())


def _evaluate_tags(
    capture: Capture, expected: ExpectedTag, contracts: Contracts, basket: TagReading | None = None
) -> TagEvaluation:
    context = _build_context(capture, expected, contracts, basket)
    violations, not_evaluated = _apply_rules(context, contracts.rules)
    violations += iter_schema_rule_violations(context, contracts.rules)
    violations += unreported_losses(context, violations)
    overridden = _apply_overrides(violations, contracts.rules)
    remaining = sorted(
        suppress_consequences(overridden), key=lambda each: violation_sort_key(each, context)
    )
    findings = tuple(build_finding(each, context, expected.locations) for each in remaining)
    return TagEvaluation(findings, mark_altered_fields(context), tuple(not_evaluated))


def _other_tags(
    capture: Capture, expected: ExpectedTag, contracts: Contracts
) -> Iterator[ExpectedTag]:
    """Yield the other tags that the page has or must have, in any number."""
    if not capture.reached:
        return
    visible = {tag.name for tag in capture.tags if tag.placement is Placement.DOCUMENT}
    for name in contracts.names(expected.tag)[1:]:
        if name in contracts.required_tags or name in visible:
            yield ExpectedTag(name, default_tag_count(name))


def _build_context(
    capture: Capture, expected: ExpectedTag, contracts: Contracts, basket: TagReading | None
) -> RuleContext:
    fields, schema = contracts.fields(expected.tag), contracts.schema(expected.tag)
    found = [tag for tag in capture.tags if tag.name == fields.name and capture.reached]
    visible = tuple(tag for tag in found if tag.placement is Placement.DOCUMENT)
    tags = visible[:1] if fields.is_read_once else visible
    readings = tuple(read_tag(tag, fields) for tag in tags)
    violations = tuple(
        tuple(iter_schema_violations(reading.document, schema)) for reading in readings
    )
    nested = tuple(
        find_nested_fields(tag, fields, reading)
        for tag, reading in zip(tags, readings, strict=True)
    )
    return RuleContext(
        capture=capture,
        tag=expected.tag,
        fields=fields,
        tags=tags,
        readings=readings,
        schema_violations=violations,
        invalid_pointers=tuple(
            frozenset(each.pointer for each in of_tag if not is_recorded_rightly(each))
            | unrendered_pointers(reading, fields)
            | contradictory_pointers(reading)
            | frozenset(each.pointer for each in inside)
            for of_tag, reading, inside in zip(violations, readings, nested, strict=True)
        ),
        nested=nested,
        hidden_tags=tuple(tag for tag in found if tag.placement is not Placement.DOCUMENT),
        ignored=visible[len(tags) :],
        expected_count=max(1, len(tags)) if expected.count is None else expected.count,
        expected=expected.values,
        accepts_any_match=expected.count is None,
        used_ids=expected.used_ids,
        script=contracts.script,
        basket=basket,
    )


def _apply_rules(
    context: RuleContext, overrides: RuleOverrides
) -> tuple[list[RuleViolation], list[NotEvaluated]]:
    """Apply every rule for this tag that is not turned off."""
    violations: list[RuleViolation] = []
    not_evaluated: list[NotEvaluated] = []
    for rule in RULES:
        applies = not rule.tags or context.tag in rule.tags
        if rule.function is None or not applies or overrides.is_off(rule.id):
            continue
        if rule.needs_confirmation and not context.capture.reached:
            not_evaluated += _confirmation_not_reached(rule, context)
            continue
        try:
            # One by one: violations that a rule yields before it raises still count.
            for violation in rule.function(context):
                violations.append(RuleViolation(rule, violation))
        except NotEvaluable as error:
            not_evaluated.append(NotEvaluated(rule.id, str(error)))
    return violations, not_evaluated


def _confirmation_not_reached(rule: Rule, context: RuleContext) -> Iterator[NotEvaluated]:
    """A payment case is evaluated only by its purchases: then the other rules are not listed."""
    if context.capture.case is None:
        yield NotEvaluated(rule.id, "the order confirmation was not reached")


def _apply_overrides(
    violations: Iterable[RuleViolation], overrides: RuleOverrides
) -> list[RuleViolation]:
    """Set the severities that the shop has configured, which win over those of single cases."""
    return [
        replace(each, violation=replace(each.violation, severity=severity))
        for each in violations
        if not overrides.is_off(each.rule.id)
        for severity in [overrides.severity(each.rule.id) or each.violation.severity]
    ]
