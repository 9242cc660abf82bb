"""A cause hides its consequences: for one broken thing there is one finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from validator.core.finding import Severity
from validator.rules.rule import Problem, Rule
from validator.rules.tag.schema_messages import BY_FORMAT

Told: TypeAlias = "tuple[Rule, Problem]"

_TOO_MANY = ("purchase-tag-duplicate", "tag-unexpected")
_FORMATS = frozenset((*BY_FORMAT.values(), "number-out-of-range"))
_UNMET = frozenset({"expectation-not-met"})
_TOTALS = frozenset({"total-quantity-mismatch", "total-price-mismatch"})

_AT_ITS_PLACE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "expectation-not-met": _TOTALS | {"quantity-zero", "total-price-zero"},
        "quantity-zero": _TOTALS,
        "total-price-zero": _TOTALS,
        "amount-in-cents": _UNMET,
        "thousands-dot": _UNMET,
        "dropped-by-script": _TOTALS | _UNMET | {"amount-not-rounded"},
        "code-in-value": _FORMATS | _UNMET | {"id-with-unseen-character", "url-odd-character"},
        "placeholder-unrendered": _FORMATS
        | _UNMET
        | {"mandatory-field-empty", "dropped-by-script"},
        "text-altered-by-css": _FORMATS | _UNMET,
        "text-in-wrong-encoding": _UNMET | {"id-with-unseen-character", "url-odd-character"},
        "id-with-unseen-character": _UNMET,
        "value-in-attribute": frozenset({"cart-id-missing", "purchase-date-missing"}),
    }
)
"""Rule → the rules whose findings follow from its own at the same field."""
_LEFT_BEHIND = (
    _TOTALS
    | _UNMET
    | {"mandatory-field-missing", "items-missing", "cart-id-missing", "purchase-date-missing"}
)
_IN_ITS_TAG: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "amount-in-cents": frozenset({"total-price-mismatch", "line-price-mismatch"}),
        "thousands-dot": frozenset({"total-price-mismatch", "line-price-mismatch"}),
        "tag-ended-by-block": _LEFT_BEHIND,
        "tag-moved-out-of-table": _LEFT_BEHIND,
    }
)
"""Rule → the rules whose findings follow from its own anywhere in the same tag."""
_GRAVEST_FIRST = tuple(Severity)


def causes(told: Sequence[Told]) -> Iterator[Told]:
    """Leave out what follows from a fault as grave or graver: a tag that should not be there at
    all, or a value that is wrong and so does not fit the others either."""
    excess = {problem.tag: _rank(rule, problem) for rule, problem in told if rule.id in _TOO_MANY}
    is_unexpected = any(rule.id == "tag-unexpected" for rule, _ in told)
    known = _known(told)
    for rule, problem in told:
        is_milder = _rank(rule, problem) >= excess.get(problem.tag, len(_GRAVEST_FIRST))
        of_wrong_tag = problem.tag is not None and (is_unexpected or is_milder)
        if rule.id in _TOO_MANY or not (of_wrong_tag or _follows(rule, problem, known)):
            yield rule, problem


_Known: TypeAlias = "dict[tuple[int | None, str | None, str], int]"
"""Tag, field (None for anywhere in the tag) and a rule → how grave the cause of its finding is."""


def _known(told: Sequence[Told]) -> _Known:
    known: _Known = {}
    for rule, problem in told:
        for place, hidden in (
            (problem.pointer, _AT_ITS_PLACE.get(rule.id, frozenset())),
            (None, _IN_ITS_TAG.get(rule.id, frozenset())),
        ):
            for other in hidden:
                key = (problem.tag, place, other)
                known[key] = min(_rank(rule, problem), known.get(key, len(_GRAVEST_FIRST)))
    return known


def _follows(rule: Rule, problem: Problem, known: _Known) -> bool:
    """A cause that is milder hides nothing: a run that fails would pass."""
    return any(
        known.get((problem.tag, place, rule.id), len(_GRAVEST_FIRST)) <= _rank(rule, problem)
        for place in (problem.pointer, None)
    )


def _rank(rule: Rule, problem: Problem) -> int:
    return _GRAVEST_FIRST.index(problem.severity or rule.severity)
