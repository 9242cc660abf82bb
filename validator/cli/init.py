"""``cn-validator init``: a folder to start from."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

import click
import cloup

from validator.cli.new_files import write_new_file
from validator.cli.options.value_types import UrlType
from validator.cli.terminal.echo import echo
from validator.core.installation import EXAMPLE_SOURCE, find_source
from validator.core.urls import parse_origin
from validator.starter import BUNDLED_SHOP, CI_FILES, build_starter_files
from validator.starter.install_line import InstallLine, build_install_line


@cloup.command(name="init")
@click.argument("url", required=False, type=UrlType(), metavar="[URL]")
@click.option(
    "--ci",
    type=click.Choice(list(CI_FILES)),
    help="Also write a pipeline for this CI server that lints and runs on each push.",
)
@click.option(
    "--install",
    "given_source",
    metavar="SPEC",
    help="What the pipeline of --ci installs, as pip names it: a repository and revision, or a "
    "wheel. Default: the source that this cn-validator was installed from.",
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
def command(
    url: str | None, *, ci: str | None, given_source: str | None, force: bool, folder: Path
) -> int:
    """Create a folder to start from: configuration, a scenario and a fragment for the shop at URL.

    Without URL it is for the bundled shop of `cn-validator demo --serve`. Editors find the schemas,
    for completion and for help on each key. Existing files are kept.
    """
    shop = _shop_url(url or BUNDLED_SHOP)
    if given_source is not None and not ci:
        raise click.UsageError("--install is for the pipeline of --ci: name its server too.")
    install = build_install_line(given_source, find_source()) if ci else None
    written = []
    for name, text in build_starter_files(shop, ci, install).items():
        path = folder / name
        if path.exists() and not force:
            echo(f"kept   {path}  (it exists; --force overwrites it)")
            continue
        write_new_file(path, text, force=force)
        echo(f"wrote  {path}")
        written.append(name)
    if not written:
        echo("Nothing was written: all files exist.")
        return 0
    if ci and install and PurePosixPath(CI_FILES[ci][1]) in written:
        _tell_what_is_installed(ci, shop, install)
    echo()
    echo("Next, record your own checkout and run it:")
    echo(f"  cn-validator record {shop} --output scenarios/checkout.yaml --force")
    echo("  cn-validator lint")
    echo("  cn-validator run")
    return 0


def _tell_what_is_installed(server: str, shop: str, install: InstallLine) -> None:
    file = CI_FILES[server][1]
    echo()
    if not install.needs_replacing:
        echo(f"note   {file} installs {install.requirement}")
        return
    echo(f"note   {file} installs cn-validator from {install.requirement},")
    echo(
        "       which only this machine has. Replace it before you commit, or delete this file and"
    )
    echo("       write it again with a repository and revision, or a wheel of your repository:")
    echo(f'       cn-validator init {shop} --ci {server} --install "{EXAMPLE_SOURCE}"')


def _shop_url(url: str) -> str:
    """Return a shop's URL as it may stand in files: without password, query and quotes."""
    return parse_origin(url) + quote(urlsplit(url).path.rstrip("/"), safe="/%")
