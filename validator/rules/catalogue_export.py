"""Exports the catalogue of rules as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from validator.core.document import Json
from validator.core.finding import Consequence
from validator.core.severities import OFF, RuleOverrides
from validator.rules.catalogue import RULES
from validator.rules.rule import Rule

CONSEQUENCE_MEANINGS: Mapping[Consequence, str] = MappingProxyType(
    {
        Consequence.PURCHASE_LOST: "Connectif records nothing: the order is silently missing.",
        Consequence.TAG_LOST: "Connectif records nothing of a cart, a contact or another tag.",
        Consequence.ITEM_LOST: "The purchase is recorded without one of its products.",
        Consequence.RECORDED_WRONG: "What is recorded is not what the page says.",
        Consequence.NOT_AS_DOCUMENTED: "The tag does not follow Connectif's documentation. What "
        "is recorded may still be right: the finding says so.",
        Consequence.ADVICE: "Nothing is lost or wrong for certain, but something should be checked "
        "or could be better.",
    }
)
"""The worst consequence first."""


def rules_by_consequence() -> tuple[Rule, ...]:
    """Return the rules, those with the worst consequence first."""
    order = list(CONSEQUENCE_MEANINGS)
    return tuple(sorted(RULES, key=lambda rule: order.index(rule.consequence)))


def effective_severity(rule: Rule, settings: RuleOverrides) -> str:
    """Return the severity of a rule under these settings, or ``off``."""
    return OFF if settings.is_off(rule.id) else settings.severity(rule.id) or rule.severity


def catalogue_json(settings: RuleOverrides) -> str:
    """Return the rules as a JSON array; ends with a newline."""
    return (
        json.dumps([_rule_json(rule, settings) for rule in rules_by_consequence()], indent=2) + "\n"
    )


def _rule_json(rule: Rule, settings: RuleOverrides) -> dict[str, Json]:
    setting = settings.by_rule.get(rule.id)
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": str(effective_severity(rule, settings)),
        "default_severity": str(rule.severity),
        "set_by": str(setting.place) if setting else None,
        "consequence": str(rule.consequence),
        "tags": list(rule.tags),
        "why": rule.why,
        "fix": rule.fix,
        "before": rule.before,
        "after": rule.after,
        "source": rule.source,
    }
