"""``cn-validator init``: a folder to start from."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

import click

from validator.cli.new_files import write_new_file
from validator.cli.parameters import UrlType
from validator.core.urls import parse_origin
from validator.starter import BUNDLED_SHOP, CI_FILES, build_starter_files


@click.command(name="init")
@click.argument("url", required=False, type=UrlType(), metavar="[URL]")
@click.option(
    "--ci",
    type=click.Choice(list(CI_FILES)),
    help="Also a pipeline for this CI server, that lints and runs on each push.",
)
@click.option("--force", is_flag=True, help="Write over files that exist.")
@click.option(
    "--folder",
    default=".",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where to make it.",
)
def command(url: str | None, *, ci: str | None, force: bool, folder: Path) -> int:
    """Make a folder to start from, for the shop at URL: configuration, a scenario, a fragment.

    Without URL it is for the bundled shop, as `cn-validator demo --serve` keeps it. Editors find
    the schemas, for completion and for help on each key. Files that exist are kept.
    """
    shop = _address(url or BUNDLED_SHOP)
    written = 0
    for name, text in build_starter_files(shop, ci).items():
        path = folder / name
        if path.exists() and not force:
            click.echo(f"kept   {path}  (it exists; --force writes over it)")
            continue
        write_new_file(path, text, force=force)
        click.echo(f"wrote  {path}")
        written += 1
    if not written:
        click.echo("Nothing was written: all of it was there.")
        return 0
    click.echo()
    click.echo("Next, record your own checkout, and check it:")
    click.echo(f"  cn-validator record {shop} --output scenarios/checkout.yaml --force")
    click.echo("  cn-validator lint && cn-validator run")
    return 0


def _address(url: str) -> str:
    """Return a shop's address as files may hold it: no password, no query, nothing to quote."""
    return parse_origin(url) + quote(urlsplit(url).path.rstrip("/"), safe="/%")
