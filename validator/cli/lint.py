"""``cn-validator lint``: scenarios, fragments and configuration, without a browser."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import cloup

from validator.cli.options.report_targets import TextReports, report_options
from validator.cli.terminal.echo import echo
from validator.core.errors import InputError
from validator.core.exit_code import ExitCode
from validator.core.finding import Severity
from validator.lint.catalogue import LINT_RULES, LintRule
from validator.lint.edits import edit_file
from validator.lint.linter import LintResult, lint
from validator.run.config import find_config
from validator.run.defaults import DEFAULT_PATH
from validator.scenario.syntax.schema_messages import did_you_mean


@cloup.command(
    name="lint",
    epilog="Exit codes: 0 no errors (with --strict, no warnings either) · 1 errors · 2 wrong "
    "input, or nothing to lint. A comment `# lint-ignore: ID` on its line turns a suggestion off.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Fix what can be fixed safely; comments are kept.")
@click.option("--strict", is_flag=True, help="Also fail on warnings.")
@click.option("-q", "--quiet", is_flag=True, help="One line for each finding, and the count.")
@click.option("--explain", metavar="ID", help="Explain a rule of the linter, and lint nothing.")
@report_options("terminal", "json")
def command(
    paths: tuple[str, ...],
    *,
    fix: bool,
    strict: bool,
    quiet: bool,
    explain: str | None,
    reports: TextReports,
) -> int:
    """Find mistakes in scenarios, fragments and configuration.

    PATH is a file or a folder (default: ./scenarios and the configuration). Nothing but these
    files is opened, and no browser starts.
    """
    from validator.lint.report import format_json, format_text

    if explain is not None:
        echo("\n".join(_explanation_lines(explain)))
        return ExitCode.OK
    given = [Path(path) for path in paths] or _default_paths()
    linted, fixed = lint(given, os.environ), 0
    if fix:
        for file, edits in linted.edits().items():
            fixed += edit_file(Path(file), edits)
        linted = lint(given, os.environ)
    reports.write(
        {
            "terminal": lambda: format_text(linted, fixed=fixed, quiet=quiet),
            "json": lambda: format_json(linted, fixed=fixed, quiet=quiet),
        }
    )
    return _exit_code(linted, strict=strict)


def _default_paths() -> list[Path]:
    config = find_config(Path.cwd(), os.environ)
    return [Path(DEFAULT_PATH), *([config] if config else [])]


def _exit_code(linted: LintResult, *, strict: bool) -> int:
    counts = Counter(each.finding.severity for each in linted.findings)
    wrong = counts[Severity.ERROR] + (counts[Severity.WARNING] if strict else 0)
    return ExitCode.FINDINGS if wrong else ExitCode.OK


def _explanation_lines(rule_id: str) -> Iterator[str]:
    if rule_id not in LINT_RULES:
        message = f'there is no linter rule "{rule_id}"{did_you_mean(rule_id, LINT_RULES)}'
        hint = f"The rules are {', '.join(LINT_RULES)}. Errors of the loader explain themselves."
        raise InputError.single("advice-unknown", message, hint=hint)
    rule: LintRule = LINT_RULES[rule_id]
    fixable = ", fixed by --fix" if rule.is_fixable else ""
    yield f"{rule.id}  ({rule.severity}{fixable})"
    yield f"{rule.title}."
    yield ""
    for title, text in (("Why", rule.why), ("Fix", rule.fix)):
        yield click.wrap_text(f"{title + ':':6}{text}", 100, subsequent_indent=" " * 6)
    for title, code in (("Before", rule.before), ("After", rule.after)):
        yield from (f"{title}:", *(f"    {line}" for line in code.split("\n")))
