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
from validator.lint.catalogue import ADVICE, Advice
from validator.lint.edits import apply_edits
from validator.lint.judge import Linted, lint
from validator.run.config import find_config
from validator.scenario.parse.schema_messages import near

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
    from validator.lint.report import as_json, as_text

    if explain is not None:
        click.echo("\n".join(_explained(explain)))
        return ExitCode.OK
    asked = [Path(path) for path in paths] or _usual()
    linted, fixed = lint(asked, os.environ), 0
    if fix:
        for file, edits in linted.edits().items():
            fixed += apply_edits(Path(file), edits)
        linted = lint(asked, os.environ)
    show = as_json if form == "json" else as_text
    click.echo(show(linted, fixed=fixed, quiet=quiet), nl=False)
    return _exit_code(linted, strict=strict)


def _usual() -> list[Path]:
    config = find_config(Path.cwd(), os.environ)
    return [Path(DEFAULT_PATH), *([config] if config else [])]


def _exit_code(linted: Linted, *, strict: bool) -> int:
    counts = Counter(each.finding.severity for each in linted.remarks)
    wrong = counts[Severity.ERROR] + (counts[Severity.WARNING] if strict else 0)
    return ExitCode.FINDINGS if wrong else ExitCode.OK


def _explained(asked: str) -> Iterator[str]:
    if asked not in ADVICE:
        message = f'there is no advice "{asked}"{near(asked, ADVICE)}'
        hint = f"There are {', '.join(ADVICE)}. What the loader refuses explains itself."
        raise InputError.single("advice-unknown", message, hint=hint)
    advice: Advice = ADVICE[asked]
    mended = ", mended by --fix" if advice.is_fixable else ""
    yield f"{advice.id}  ({advice.severity}{mended})"
    yield f"{advice.title}."
    yield ""
    for title, text in (("Why", advice.why), ("Fix", advice.fix)):
        yield click.wrap_text(f"{title + ':':6}{text}", 100, subsequent_indent=" " * 6)
    for title, code in (("Before", advice.before), ("After", advice.after)):
        yield from (f"{title}:", *(f"    {line}" for line in code.split("\n")))
