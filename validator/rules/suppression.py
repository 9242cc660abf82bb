"""Suppresses the findings that follow from another finding: one fault, one finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from validator.core.finding import Severity
from validator.rules.rule import RuleViolation
from validator.rules.tag.schema_messages import RULE_BY_FORMAT

_EXCESS_TAG_RULES = ("purchase-tag-duplicate", "tag-unexpected")
_FORMAT_RULES = frozenset((*RULE_BY_FORMAT.values(), "number-out-of-range"))
_EXPECTATION_RULES = frozenset({"expectation-not-met"})
_ECHOES_OF_ID = frozenset({"purchase-id-reused", "order-number-differs"})
"""What is also true of every id that is not the order's own."""
_TOTAL_RULES = frozenset({"total-quantity-mismatch", "total-price-mismatch"})

_SUPPRESSED_AT_FIELD: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "expectation-not-met": _TOTAL_RULES | {"quantity-zero", "total-price-zero"},
        "quantity-zero": _TOTAL_RULES,
        "total-price-zero": _TOTAL_RULES,
        "amount-in-cents": _EXPECTATION_RULES,
        "thousands-dot": _EXPECTATION_RULES,
        "dropped-by-script": _TOTAL_RULES | _EXPECTATION_RULES | {"amount-not-rounded"},
        "code-in-value": _FORMAT_RULES
        | _EXPECTATION_RULES
        | {"id-with-unseen-character", "placeholder-unrendered", "url-odd-character"},
        "placeholder-unrendered": _FORMAT_RULES
        | _EXPECTATION_RULES
        | _ECHOES_OF_ID
        | {
            "cart-id-missing",
            "dropped-by-script",
            "mandatory-field-empty",
            "purchase-date-missing",
        },
        "address-hidden-by-cdn": _FORMAT_RULES
        | _EXPECTATION_RULES
        | _ECHOES_OF_ID
        | {"id-with-unseen-character", "url-odd-character"},
        "id-for-people": _EXPECTATION_RULES | {"order-number-differs"},
        "id-zero": _EXPECTATION_RULES | _ECHOES_OF_ID,
        "url-begins-twice": frozenset({"url-odd-character", "url-only-local", "url-with-login"}),
        "field-inside-field": _FORMAT_RULES
        | _EXPECTATION_RULES
        | _ECHOES_OF_ID
        | {
            "field-duplicate",
            "id-with-unseen-character",
            "mandatory-field-empty",
            "markup-in-text",
            "text-altered-by-css",
            "url-odd-character",
            "value-not-allowed",
        },
        "text-altered-by-css": _FORMAT_RULES | _EXPECTATION_RULES,
        "text-in-wrong-encoding": _EXPECTATION_RULES
        | {"id-with-unseen-character", "url-odd-character"},
        "id-with-unseen-character": _EXPECTATION_RULES | {"email-format", "order-number-differs"},
        "value-in-attribute": frozenset({"cart-id-missing", "purchase-date-missing"}),
    }
)
"""Rule → the rules whose findings it suppresses at the same field."""
_MISSING_FIELD_RULES = (
    _TOTAL_RULES
    | _EXPECTATION_RULES
    | {"mandatory-field-missing", "items-missing", "cart-id-missing", "purchase-date-missing"}
)
_SUPPRESSED_IN_TAG: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "amount-in-cents": frozenset({"total-price-mismatch", "line-price-mismatch"}),
        "thousands-dot": frozenset({"total-price-mismatch", "line-price-mismatch"}),
        "tag-ended-by-block": _MISSING_FIELD_RULES,
        "tag-moved-out-of-table": _MISSING_FIELD_RULES,
    }
)
"""Rule → the rules whose findings it suppresses anywhere in the same tag."""
_LEAST_SEVERE = len(Severity)
"""A rank after that of every severity."""


def suppress_consequences(violations: Sequence[RuleViolation]) -> Iterator[RuleViolation]:
    """Leave out every violation that follows from another one of the same or a higher severity.

    In a tag that should not be there at all, only that is reported. A value that is wrong in one
    way is not also reported because it does not agree with other values.
    """
    excess = {
        each.violation.tag: each.severity.rank
        for each in violations
        if each.rule.id in _EXCESS_TAG_RULES
    }
    is_unexpected = any(each.rule.id == "tag-unexpected" for each in violations)
    causes = _index_causes(violations)
    for each in violations:
        tag = each.violation.tag
        is_milder = each.severity.rank >= excess.get(tag, _LEAST_SEVERE)
        is_in_excess_tag = tag is not None and (is_unexpected or is_milder)
        if each.rule.id in _EXCESS_TAG_RULES or not (
            is_in_excess_tag or _is_suppressed(each, causes)
        ):
            yield each


_Causes: TypeAlias = "dict[tuple[int | None, str | None, str], int]"
"""Tag, pointer (None for the whole tag) and suppressed rule → rank of the most severe cause."""


def _index_causes(violations: Sequence[RuleViolation]) -> _Causes:
    causes: _Causes = {}
    for each in violations:
        for pointer, suppressed in (
            (each.violation.pointer, _SUPPRESSED_AT_FIELD.get(each.rule.id, frozenset())),
            (None, _SUPPRESSED_IN_TAG.get(each.rule.id, frozenset())),
        ):
            for rule in suppressed:
                key = (each.violation.tag, pointer, rule)
                causes[key] = min(each.severity.rank, causes.get(key, _LEAST_SEVERE))
    return causes


def _is_suppressed(each: RuleViolation, causes: _Causes) -> bool:
    """A milder cause suppresses nothing: a run that should fail would pass."""
    return any(
        causes.get((each.violation.tag, pointer, each.rule.id), _LEAST_SEVERE) <= each.severity.rank
        for pointer in (each.violation.pointer, None)
    )
