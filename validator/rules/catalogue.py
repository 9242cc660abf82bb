"""Every rule there is, in the order findings at one place are told."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from validator.rules import (
    addresses,
    advice,
    dates,
    documented,
    dropped,
    event_contract,
    events,
    gates,
    ids,
    installation,
    journey,
    markup,
    page,
    placeholders,
    presence,
    prices,
    reading,
    recorded,
    reused,
    script,
    tags,
    text,
    thousands,
    totals,
    values,
)
from validator.rules.frame import Rule

RULES: tuple[Rule, ...] = (
    *journey.RULES,
    *presence.RULES,
    *tags.RULES,
    *markup.RULES,
    *page.RULES,
    *installation.RULES,
    *gates.RULES,
    *script.RULES,
    *recorded.RULES,
    *events.RULES,
    *event_contract.RULES,
    *placeholders.RULES,
    *values.RULES,
    *dropped.RULES,
    *text.RULES,
    *reading.RULES,
    *ids.RULES,
    *addresses.RULES,
    *dates.RULES,
    *reused.RULES,
    *documented.RULES,
    *thousands.RULES,
    *prices.RULES,
    *totals.RULES,
    *advice.RULES,
)

BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})


def no_such_rule(rule: str) -> str:
    """Return a complaint, with the rule that was probably meant; nothing for a rule there is."""
    if rule in BY_ID:
        return ""
    near = get_close_matches(rule, BY_ID, n=1)
    return f'there is no rule "{rule}"' + (f': did you mean "{near[0]}"?' if near else "")
