"""Builds docs/lint.md from the catalogue of the linter's rules."""

from __future__ import annotations

from collections.abc import Iterator

from validator.lint.catalogue import LINT_RULES, LintRule

_HEAD = """# What lint looks for

`cn-validator lint` reads scenarios, fragments and `cn-validator.yaml` without a browser. It reports the errors that `run` would report before it starts, such as a misspelt key, and applies the rules on this page. `cn-validator lint --explain ID` prints a rule in the terminal.

Errors make it exit 1; with `--strict`, warnings do so too. A comment on a line, `# lint-ignore: ID`, turns a rule off for that line. `--fix` fixes what can be fixed safely: the rules marked below, and texts that YAML would misread, which it quotes. The rest of the file does not change.
"""  # noqa: E501 - a paragraph of Markdown is a line


def lint_page() -> str:
    """Return the page ``docs/lint.md``; ends with a newline."""
    lines = [_HEAD, "| rule | severity | finding |", "|---|---|---|"]
    rules = LINT_RULES.values()
    lines += [f"| [{rule.id}](#{rule.id}) | {rule.severity} | {rule.title} |" for rule in rules]
    return "\n".join((*lines, *(line for rule in rules for line in _section(rule)))) + "\n"


def _section(rule: LintRule) -> Iterator[str]:
    fixable = ", fixed by `--fix`" if rule.is_fixable else ""
    yield from ("", f"## {rule.id}", "", f"*{rule.severity}{fixable}.* {rule.title}.", "")
    yield from (rule.why, "", rule.fix, "", "Before:", "")
    yield from ("```text", rule.before, "```", "", "After:", "", "```text", rule.after, "```")
