"""The catalogue of all rules, in the order in which findings at one place are reported."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.core.suggestion import suggest
from validator.rules import unreported_losses
from validator.rules.page import (
    api_record,
    lateness,
    order_consistency,
    other_tags,
    payment_return,
    presence,
    reused_id,
)
from validator.rules.rule import Rule
from validator.rules.script import (
    event_values,
    installation,
    purchase_events,
    script_events,
    sending_disabled,
)
from validator.rules.tag import (
    addresses,
    dates,
    encoding,
    expectations,
    hidden_addresses,
    ids,
    markup,
    nesting,
    optional_fields,
    placeholders,
    prices,
    rendered_text,
    schema_rules,
    thousands_separators,
    totals,
)

RULES: tuple[Rule, ...] = (
    *payment_return.RULES,
    *presence.RULES,
    *lateness.RULES,
    *other_tags.RULES,
    *markup.RULES,
    *order_consistency.RULES,
    *installation.RULES,
    *sending_disabled.RULES,
    *script_events.RULES,
    *api_record.RULES,
    *purchase_events.RULES,
    *event_values.RULES,
    *nesting.RULES,
    *hidden_addresses.RULES,
    *placeholders.RULES,
    *expectations.RULES,
    *unreported_losses.RULES,
    *encoding.RULES,
    *rendered_text.RULES,
    *ids.RULES,
    *addresses.RULES,
    *dates.RULES,
    *reused_id.RULES,
    *schema_rules.RULES,
    *thousands_separators.RULES,
    *prices.RULES,
    *totals.RULES,
    *optional_fields.RULES,
)

RULES_BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})


def explain_unknown_rule(rule: str) -> str:
    """Return a message about an unknown rule id, with a suggestion; "" for a known one."""
    if rule in RULES_BY_ID:
        return ""
    return ": ".join(filter(None, (f'there is no rule "{rule}"', suggest(rule, RULES_BY_ID))))
