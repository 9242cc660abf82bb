"""``cn-validator rules``: what is checked, why, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

import click

from validator.errors import InputError
from validator.rules.catalogue import BY_ID, RULES
from validator.rules.frame import Rule

_WIDTH = 100


@click.command(name="rules")
@click.argument("rule_id", required=False, metavar="[ID]")
def command(rule_id: str | None) -> None:
    """List the rules, or explain one."""
    if rule_id is None:
        click.echo("\n".join(_listed()))
        return
    if rule_id not in BY_ID:
        near = get_close_matches(rule_id, BY_ID, n=1)
        raise InputError.single(
            "rule-unknown",
            f'there is no rule "{rule_id}"' + (f': did you mean "{near[0]}"?' if near else ""),
            hint="cn-validator rules lists them.",
        )
    click.echo("\n".join(_explained(BY_ID[rule_id])))


def _listed() -> Iterator[str]:
    width = max(len(rule.id) for rule in RULES)
    for rule in RULES:
        yield f"{rule.id:{width}}  {rule.severity:7}  {rule.title}"


def _explained(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}  ({rule.severity}, {rule.consequence})"
    yield f"{rule.title}."
    yield ""
    yield from _paragraph("Why", rule.why)
    yield from _paragraph("Fix", rule.fix)
    yield from _paragraph("Source", rule.source)
    yield from ("", "Before:", *_indented(rule.before), "After:", *_indented(rule.after))


def _paragraph(title: str, text: str) -> Iterator[str]:
    yield click.wrap_text(f"{title + ':':8}{text}", _WIDTH, subsequent_indent=" " * 8)


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.split("\n"))
