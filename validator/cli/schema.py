"""``cn-validator schema``: the schemas of tags, scenarios and configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import cloup

from validator.cli.terminal.echo import echo
from validator.contract.fields import Field, parse_tag_schema
from validator.contract.schema import load_schema


@cloup.command(name="schema")
@click.argument("name", default="cn_purchase", metavar="[NAME]")
@click.option("--table", is_flag=True, help="Print a Markdown table of the tag's fields instead.")
def command(name: str, *, table: bool) -> None:
    """Print a schema: cn_purchase, scenario, config, or another by its name or file."""
    schema = load_schema(name)
    if table:
        echo("\n".join(_field_table(parse_tag_schema(schema))))
    else:
        echo(json.dumps(schema.data, indent=2, ensure_ascii=False))


def _field_table(tag: Field) -> Iterator[str]:
    """Yield a row for each field; the fields of an item follow the item."""
    yield "| field | required | format | recorded as | notes |"
    yield "|---|---|---|---|---|"
    yield from _rows(tag, "")


def _rows(owner: Field, indent: str) -> Iterator[str]:
    for field in owner.fields.values():
        name = f"{indent}`{field.name}`" + (" (repeatable)" if field.is_list else "")
        recorded = f"`{field.key}`" if field.key else "–"  # noqa: RUF001 - a dash for nothing
        required = "yes" if field.is_required else ""
        form = "" if field.fields else field.format.removeprefix("cn-") or "text"
        yield f"| {name} | {required} | {form} | {recorded} | {field.description} |"
        yield from _rows(field, indent + "↳ ")
