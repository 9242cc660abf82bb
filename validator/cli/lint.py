"""``cn-validator lint``: scenarios, fragments and configuration, without a browser."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from validator.core.errors import InputError
from validator.core.finding import Severity
from validator.core.result import ExitCode
from validator.lint.catalogue import LINT_RULES, LintRule
from validator.lint.edits import edit_file
from validator.lint.linter import LintResult, lint
from validator.run.config import find_config
from validator.scenario.syntax.schema_messages import did_you_mean

DEFAULT_PATH = "scenarios"


@click.command(
    name="lint",
    epilog="Exit codes: 0 nothing wrong (warnings and advice do not fail it, but with --strict) "
    "· 1 errors · 2 wrong input, or nothing to lint. A comment `# lint-ignore: ID` on the line "
    "answers an advice for good.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely; comments stay.")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@click.option("-q", "--quiet", is_flag=True, help="One line a finding, and the count.")
@click.option("--explain", metavar="ID", help="Explain an advice, and lint nothing.")
def command(
    paths: tuple[str, ...],
    *,
    fix: bool,
    strict: bool,
    form: str,
    quiet: bool,
    explain: str | None,
) -> int:
    """Look for mistakes in scenarios, fragments and configuration.

    Files, or folders of them (default: ./scenarios and the configuration). No browser starts and
    nothing is opened but these files.
    """
    from validator.lint.report import format_json, format_text

    if explain is not None:
        click.echo("\n".join(_explanation_lines(explain)))
        return ExitCode.OK
    asked = [Path(path) for path in paths] or _default_paths()
    linted, fixed = lint(asked, os.environ), 0
    if fix:
        for file, edits in linted.edits().items():
            fixed += edit_file(Path(file), edits)
        linted = lint(asked, os.environ)
    show = format_json if form == "json" else format_text
    click.echo(show(linted, fixed=fixed, quiet=quiet), nl=False)
    return _exit_code(linted, strict=strict)


def _default_paths() -> list[Path]:
    config = find_config(Path.cwd(), os.environ)
    return [Path(DEFAULT_PATH), *([config] if config else [])]


def _exit_code(linted: LintResult, *, strict: bool) -> int:
    counts = Counter(each.finding.severity for each in linted.findings)
    wrong = counts[Severity.ERROR] + (counts[Severity.WARNING] if strict else 0)
    return ExitCode.FINDINGS if wrong else ExitCode.OK


def _explanation_lines(asked: str) -> Iterator[str]:
    if asked not in LINT_RULES:
        message = f'there is no advice "{asked}"{did_you_mean(asked, LINT_RULES)}'
        hint = f"There are {', '.join(LINT_RULES)}. What the loader refuses explains itself."
        raise InputError.single("advice-unknown", message, hint=hint)
    advice: LintRule = LINT_RULES[asked]
    mended = ", mended by --fix" if advice.is_fixable else ""
    yield f"{advice.id}  ({advice.severity}{mended})"
    yield f"{advice.title}."
    yield ""
    for title, text in (("Why", advice.why), ("Fix", advice.fix)):
        yield click.wrap_text(f"{title + ':':6}{text}", 100, subsequent_indent=" " * 6)
    for title, code in (("Before", advice.before), ("After", advice.after)):
        yield from (f"{title}:", *(f"    {line}" for line in code.split("\n")))
