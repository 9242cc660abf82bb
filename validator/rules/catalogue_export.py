"""Exports the catalogue of rules: docs/rules.md for people, JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
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

_DOCS_HEADER = """\
# Rules

<!-- Generated from the catalogue of rules by `make docs`: do not edit. -->

What `cn-validator` finds, why it matters and how to fix it. `cn-validator rules ID` shows the \
same in a terminal. The rules are grouped by their usual consequence for what Connectif records. \
A single case may be more or less severe than its rule; its finding then says so.

Each rule can be set to `off`, `error`, `warning` or `info`: in `cn-validator.yaml`, in a \
scenario, or by `--rule ID=off`; the later of these wins. The setting applies to every case \
of the rule. Only errors fail a run. A rule that is off is listed as not evaluated.

```yaml
rules:
  total-price-mismatch: off
  cart-id-missing: error
```
"""


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


def catalogue_markdown() -> str:
    """Return the text of docs/rules.md."""
    return _DOCS_HEADER + "".join(
        _consequence_section(consequence) for consequence in CONSEQUENCE_MEANINGS
    )


def _consequence_section(consequence: Consequence) -> str:
    rules = [rule for rule in RULES if rule.consequence is consequence]
    if not rules:
        return ""
    title = f"\n## {str(consequence).capitalize()}\n\n{CONSEQUENCE_MEANINGS[consequence]}\n\n"
    table = "| rule | severity | what is wrong |\n|---|---|---|\n"
    rows = (f"| [{r.id}](#{r.id}) | {r.severity} | {_table_cell(r.title)} |\n" for r in rules)
    return title + table + "".join(rows) + "".join(map(_rule_section, rules))


def _rule_section(rule: Rule) -> str:
    return "\n".join(("", *_rule_lines(rule), ""))


def _rule_lines(rule: Rule) -> Iterator[str]:
    yield from (f"### {rule.id}", "", f"**{_escape_markdown(rule.title)}** ({rule.severity})", "")
    yield from (_escape_markdown(rule.why), "", f"*Fix:* {_escape_markdown(rule.fix)}")
    for label, example in (("Before:", rule.before), ("After:", rule.after)):
        if example:
            language = "html" if example.lstrip().startswith("<") else "text"
            yield from ("", label, "", f"```{language}", example, "```")
    yield from ("", f"*Source:* {_link_urls(rule.source)}")


def _table_cell(text: str) -> str:
    return _escape_markdown(text).replace("|", r"\|")


def _escape_markdown(text: str) -> str:
    """Escape what Markdown would take for markup."""
    text = re.sub(r"([\\`*<\[])|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)
    return re.sub(r"&(?=#?\w+;)", "&amp;", text)


def _link_urls(source: str) -> str:
    return re.sub(r"https?://[^\s,;]+", r"<\g<0>>", source)
