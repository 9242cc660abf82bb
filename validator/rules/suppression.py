"""A cause hides its consequences: for one broken thing there is one finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from validator.core.finding import Severity
from validator.rules.rule import Rule, Violation
from validator.rules.tag.schema_messages import RULE_BY_FORMAT

RuleViolation: TypeAlias = "tuple[Rule, Violation]"

_EXCESS_TAG_RULES = ("purchase-tag-duplicate", "tag-unexpected")
_FORMAT_RULES = frozenset((*RULE_BY_FORMAT.values(), "number-out-of-range"))
_EXPECTATION_RULES = frozenset({"expectation-not-met"})
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
        | {"id-with-unseen-character", "url-odd-character"},
        "placeholder-unrendered": _FORMAT_RULES
        | _EXPECTATION_RULES
        | {"mandatory-field-empty", "dropped-by-script"},
        "text-altered-by-css": _FORMAT_RULES | _EXPECTATION_RULES,
        "text-in-wrong-encoding": _EXPECTATION_RULES
        | {"id-with-unseen-character", "url-odd-character"},
        "id-with-unseen-character": _EXPECTATION_RULES,
        "value-in-attribute": frozenset({"cart-id-missing", "purchase-date-missing"}),
    }
)
"""Rule → the rules whose findings follow from its own at the same field."""
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
"""Rule → the rules whose findings follow from its own anywhere in the same tag."""
_SEVERITY_ORDER = tuple(Severity)


def suppress_consequences(reported: Sequence[RuleViolation]) -> Iterator[RuleViolation]:
    """Leave out what follows from a fault as grave or graver: a tag that should not be there at
    all, or a value that is wrong and so does not fit the others either."""
    excess = {
        violation.tag: _severity_rank(rule, violation)
        for rule, violation in reported
        if rule.id in _EXCESS_TAG_RULES
    }
    is_unexpected = any(rule.id == "tag-unexpected" for rule, _ in reported)
    known = _index_causes(reported)
    for rule, violation in reported:
        is_milder = _severity_rank(rule, violation) >= excess.get(
            violation.tag, len(_SEVERITY_ORDER)
        )
        of_wrong_tag = violation.tag is not None and (is_unexpected or is_milder)
        if rule.id in _EXCESS_TAG_RULES or not (
            of_wrong_tag or _is_suppressed(rule, violation, known)
        ):
            yield rule, violation


_CauseSeverities: TypeAlias = "dict[tuple[int | None, str | None, str], int]"
"""Tag, field (None for anywhere in the tag) and a rule → how grave the cause of its finding is."""


def _index_causes(reported: Sequence[RuleViolation]) -> _CauseSeverities:
    known: _CauseSeverities = {}
    for rule, violation in reported:
        for place, hidden in (
            (violation.pointer, _SUPPRESSED_AT_FIELD.get(rule.id, frozenset())),
            (None, _SUPPRESSED_IN_TAG.get(rule.id, frozenset())),
        ):
            for other in hidden:
                key = (violation.tag, place, other)
                known[key] = min(
                    _severity_rank(rule, violation), known.get(key, len(_SEVERITY_ORDER))
                )
    return known


def _is_suppressed(rule: Rule, violation: Violation, known: _CauseSeverities) -> bool:
    """A cause that is milder hides nothing: a run that fails would pass."""
    return any(
        known.get((violation.tag, place, rule.id), len(_SEVERITY_ORDER))
        <= _severity_rank(rule, violation)
        for place in (violation.pointer, None)
    )


def _severity_rank(rule: Rule, violation: Violation) -> int:
    return _SEVERITY_ORDER.index(violation.severity or rule.severity)
