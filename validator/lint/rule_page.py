"""The page of all that the linter advises, in Markdown, made of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from validator.lint.catalogue import LINT_RULES, LintRule

_HEAD = """# What lint looks for

`cn-validator lint` reads scenarios, fragments and `cn-validator.yaml` without a browser. What `run` would refuse, such as a misspelt key, is an error and explains itself; beside that it gives the advice on this page. `cn-validator lint --explain ID` says the same in a terminal.

Errors make it exit 1; with `--strict`, warnings do, too. A comment on a line, `# lint-ignore: ID`, answers an advice for good. `--fix` mends what can be mended safely: besides what is marked below, it quotes what YAML would misread. All else in the file stays as it is.
"""  # noqa: E501 - a paragraph of Markdown is a line


def build_markdown() -> str:
    """Return the page ``docs/lint.md``; ends with a newline."""
    lines = [_HEAD, "| advice | | what is found |", "|---|---|---|"]
    lines += [f"| [{a.id}](#{a.id}) | {a.severity} | {a.title} |" for a in LINT_RULES.values()]
    return "\n".join((*lines, *(line for a in LINT_RULES.values() for line in _section(a)))) + "\n"


def _section(advice: LintRule) -> Iterator[str]:
    mended = ", mended by `--fix`" if advice.is_fixable else ""
    yield from ("", f"## {advice.id}", "", f"*{advice.severity}{mended}.* {advice.title}.", "")
    yield from (advice.why, "", advice.fix, "", "Before:", "")
    yield from ("```text", advice.before, "```", "", "After:", "", "```text", advice.after, "```")
