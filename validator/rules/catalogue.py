"""Every rule there is, in the order findings at one place are told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.rules import advice, documented, journey, presence, script, totals, values
from validator.rules.frame import Rule

RULES: tuple[Rule, ...] = (
    *journey.RULES,
    *presence.RULES,
    *script.RULES,
    *values.RULES,
    *documented.RULES,
    *totals.RULES,
    *advice.RULES,
)

BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})
