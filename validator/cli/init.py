"""``cn-validator init``: a folder to start from."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

import click
import cloup

from validator.cli.new_files import write_new_file
from validator.cli.options.value_types import UrlType
from validator.cli.terminal.echo import echo
from validator.core.urls import parse_origin
from validator.starter import BUNDLED_SHOP, CI_FILES, build_starter_files


@cloup.command(name="init")
@click.argument("url", required=False, type=UrlType(), metavar="[URL]")
@click.option(
    "--ci",
    type=click.Choice(list(CI_FILES)),
    help="Also write a pipeline for this CI server that lints and runs on each push.",
)
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@click.option(
    "--folder",
    default=".",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="The folder to create.",
)
def command(url: str | None, *, ci: str | None, force: bool, folder: Path) -> int:
    """Create a folder to start from: configuration, a scenario and a fragment for the shop at URL.

    Without URL it is for the bundled shop of `cn-validator demo --serve`. Editors find the schemas,
    for completion and for help on each key. Existing files are kept.
    """
    shop = _shop_url(url or BUNDLED_SHOP)
    written = 0
    for name, text in build_starter_files(shop, ci).items():
        path = folder / name
        if path.exists() and not force:
            echo(f"kept   {path}  (it exists; --force overwrites it)")
            continue
        write_new_file(path, text, force=force)
        echo(f"wrote  {path}")
        written += 1
    if not written:
        echo("Nothing was written: all files exist.")
        return 0
    echo()
    echo("Next, record your own checkout and run it:")
    echo(f"  cn-validator record {shop} --output scenarios/checkout.yaml --force")
    echo("  cn-validator lint && cn-validator run")
    return 0


def _shop_url(url: str) -> str:
    """Return a shop's URL as it may stand in files: without password, query and quotes."""
    return parse_origin(url) + quote(urlsplit(url).path.rstrip("/"), safe="/%")
