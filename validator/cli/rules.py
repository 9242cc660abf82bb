"""``cn-validator rules``: what is checked, why, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from validator.cli.standards import config_option
from validator.core.errors import InputError
from validator.core.severities import RuleOverrides
from validator.rules.catalogue import RULES, RULES_BY_ID, explain_unknown_rule
from validator.rules.catalogue_export import (
    catalogue_json,
    catalogue_markdown,
    effective_severity,
    rules_by_consequence,
)
from validator.rules.rule import Rule
from validator.run.config import Config

_WIDTH = 100


@click.command(name="rules")
@click.argument("rule_id", required=False, metavar="[ID]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="The list for programs, or the page docs/rules.md, which no configuration changes.",
)
@config_option
def command(rule_id: str | None, form: str, config: Config) -> None:
    """List the rules, the gravest first, or explain one.

    A configuration shows in what it changes.
    """
    if rule_id is not None:
        if form != "text":
            raise click.UsageError(f"--format {form} is of the list: leave out {rule_id}")
        if message := explain_unknown_rule(rule_id):
            raise InputError.single("rule-unknown", message, hint="cn-validator rules lists them.")
        click.echo("\n".join(_explanation_lines(RULES_BY_ID[rule_id], config.rules)))
    elif form == "json":
        click.echo(catalogue_json(config.rules), nl=False)
    elif form == "markdown":
        click.echo(catalogue_markdown(), nl=False)
    else:
        click.echo("\n".join(_rule_lines(config.rules)))


def _rule_lines(settings: RuleOverrides) -> Iterator[str]:
    width = max(len(rule.id) for rule in RULES)
    for rule in rules_by_consequence():
        note = _override_note(rule, settings)
        title = rule.title + (f" ({note})" if note else "")
        yield (
            f"{rule.id:{width}}  {effective_severity(rule, settings):7}  "
            f"{rule.consequence:17}  {title}"
        )


def _override_note(rule: Rule, settings: RuleOverrides) -> str:
    """Say who graded a rule, and how the catalogue does."""
    setting = settings.by_rule.get(rule.id)
    return f"set in {setting.place}; by default {rule.severity}" if setting else ""


def _explanation_lines(rule: Rule, settings: RuleOverrides) -> Iterator[str]:
    yield f"{rule.id}  ({effective_severity(rule, settings)}, {rule.consequence})"
    yield f"{rule.title}."
    yield ""
    yield from _paragraph("Why", rule.why)
    yield from _paragraph("Fix", rule.fix)
    yield from _paragraph("Source", rule.source)
    if note := _override_note(rule, settings):
        yield from _paragraph("Graded", note)
    yield from ("", "Before:", *_indented(rule.before), "After:", *_indented(rule.after))


def _paragraph(title: str, text: str) -> Iterator[str]:
    yield click.wrap_text(f"{title + ':':8}{text}", _WIDTH, subsequent_indent=" " * 8)


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.split("\n"))
