"""Writes docs/rules.md from the catalogue of rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from validator.core.finding import Consequence
from validator.rules.catalogue import RULES
from validator.rules.catalogue_export import CONSEQUENCE_MEANINGS
from validator.rules.rule import Rule

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


def rules_page() -> str:
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
