"""``cn-validator rules``: the rules, why they exist, and how to fix their findings."""

from __future__ import annotations

from collections.abc import Iterator

import click
import cloup

from validator.cli.options.policy import config_options
from validator.cli.options.report_targets import TERMINAL_FORMAT, TextReports, report_options
from validator.cli.terminal.echo import echo
from validator.core.errors import InputError
from validator.core.severities import RuleOverrides
from validator.rules.catalogue import RULES, RULES_BY_ID, explain_unknown_rule
from validator.rules.catalogue_export import (
    catalogue_json,
    effective_severity,
    rules_by_consequence,
)
from validator.rules.rule import Rule
from validator.run.config import Config

_WIDTH = 100


@cloup.command(name="rules")
@click.argument("rule_id", required=False, metavar="[ID]")
@config_options
@report_options("terminal", "json")
def command(rule_id: str | None, config: Config, reports: TextReports) -> None:
    """List the rules, most severe first, or explain the rule ID.

    The list shows which severities the configuration changes.
    """
    if rule_id is not None:
        if others := reports.kinds - {TERMINAL_FORMAT}:
            kind = min(others)
            raise click.UsageError(f"--report {kind} lists all rules: leave out {rule_id}")
        if message := explain_unknown_rule(rule_id):
            raise InputError.single("rule-unknown", message, hint="cn-validator rules lists them.")
        echo("\n".join(_explanation_lines(RULES_BY_ID[rule_id], config.rules)))
        return
    reports.write(
        {
            "terminal": lambda: "\n".join(_rule_lines(config.rules)) + "\n",
            "json": lambda: catalogue_json(config.rules),
        }
    )


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
    """Return where the severity of a rule is set, and its default; "" for the default."""
    setting = settings.by_rule.get(rule.id)
    return f"set in {setting.place}; default {rule.severity}" if setting else ""


def _explanation_lines(rule: Rule, settings: RuleOverrides) -> Iterator[str]:
    yield f"{rule.id}  ({effective_severity(rule, settings)}, {rule.consequence})"
    yield f"{rule.title}."
    yield ""
    yield from _paragraph("Why", rule.why)
    yield from _paragraph("Fix", rule.fix)
    yield from _paragraph("Source", rule.source)
    if note := _override_note(rule, settings):
        yield from _paragraph("Severity", note)
    yield from ("", "Before:", *_indented(rule.before), "After:", *_indented(rule.after))


def _paragraph(title: str, text: str) -> Iterator[str]:
    yield click.wrap_text(f"{title + ':':10}{text}", _WIDTH, subsequent_indent=" " * 10)


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.split("\n"))
