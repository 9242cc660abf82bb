"""The installation of cn-validator: its version, its source, and the commands that change it.

A source is never reduced to the bare name of the distribution: anybody could register that name on
an index, and what pip then installs would run beside the secrets of a pipeline.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

__version__ = "0.1.0"

DISTRIBUTION = "cn-tag-validator"
EXAMPLE_SOURCE = f"{DISTRIBUTION} @ git+https://git.example/cn-validator@REVISION"
"""How a source is written; the host cannot be registered."""


class Installer(Enum):
    """The program that manages the environment of this installation."""

    PIP = "pip"
    PIPX = "pipx"
    UV = "uv"
    UV_TOOL = "uv tool"


@dataclass(frozen=True, slots=True)
class Source:
    """What an installation was made from, as pip can install it again.

    ``prefix`` and ``suffix`` stand around the extras of the requirement. ``is_local`` is True for
    what only this machine has: a folder, a file, a local repository.
    """

    prefix: str
    suffix: str = ""
    is_local: bool = False
    is_editable: bool = False

    def requirement(self, extra: str = "") -> str:
        """Return the requirement, such as ``cn-tag-validator[demo] @ git+https://…@1f2e3d``."""
        return f"{self.prefix}{f'[{extra}]' if extra else ''}{self.suffix}"


def parse_source(direct_url: str) -> Source:
    """Return the source that a ``direct_url.json`` names, without credentials.

    https://packaging.python.org/en/latest/specifications/direct-url-data-structure/
    Raises ValueError or KeyError if the text is not such a file.
    """
    data: dict[str, Any] = json.loads(direct_url)
    url = urlsplit(data["url"])
    folder = f"#subdirectory={data['subdirectory']}" if data.get("subdirectory") else ""
    is_local = url.scheme == "file"
    if vcs := data.get("vcs_info"):
        address = f"{vcs['vcs']}+{_without_credentials(url)}@{vcs['commit_id']}{folder}"
        if is_local:
            # An address without a host after "@" is refused by pip before version 24.
            return Source(f"{address}{'&' if folder else '#'}egg={DISTRIBUTION}", is_local=True)
        return Source(DISTRIBUTION, f" @ {address}")
    if is_local:
        from urllib.request import url2pathname  # it is slow to import

        editable = bool(data.get("dir_info", {}).get("editable"))
        return Source(url2pathname(url.path), is_local=True, is_editable=editable)
    return Source(DISTRIBUTION, f" @ {_without_credentials(url)}{folder}")


def _without_credentials(url: SplitResult) -> str:
    # The user of an SSH address is part of the address: ssh://git@host/repository.
    user, _, host = url.netloc.rpartition("@")
    keeps_user = url.scheme.endswith("ssh") and re.fullmatch(r"[\w.-]+", user)
    return url._replace(netloc=url.netloc if keeps_user else host).geturl()


@cache
def find_source() -> Source | None:
    """Return the source of this installation; None if only the name was given, to an index."""
    from importlib import metadata

    try:
        text = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        # Started from a checkout that is not installed.
        return Source(str(Path(__file__).parents[2]), is_local=True, is_editable=True)
    try:
        return parse_source(text) if text else None
    except (ValueError, KeyError):
        return None


def detect_installer(prefix: Path, metadata_text: str | None) -> Installer:
    """Return what manages the environment at ``prefix``.

    ``metadata_text`` is the content of the file ``INSTALLER`` of the distribution.
    """
    if (prefix / "pipx_metadata.json").is_file():
        return Installer.PIPX
    if (prefix / "uv-receipt.toml").is_file():
        return Installer.UV_TOOL
    return Installer.UV if (metadata_text or "").strip() == "uv" else Installer.PIP


@cache
def find_installer() -> Installer:
    """Return what manages the environment of this installation."""
    from importlib import metadata

    try:
        text = metadata.distribution(DISTRIBUTION).read_text("INSTALLER")
    except metadata.PackageNotFoundError:
        text = None
    return detect_installer(Path(sys.prefix), text)


def install_command(extra: str = "", *, again: bool = False) -> str:
    """Return the command that installs cn-validator with an extra in the way it was installed.

    ``again`` also replaces the files that are there.
    """
    source = find_source() or Source(DISTRIBUTION)
    return build_install_command(source, find_installer(), extra, again=again)


def build_install_command(
    source: Source, installer: Installer, extra: str = "", *, again: bool = False
) -> str:
    """Return the command of ``install_command`` for any source and installer."""
    requirement = _quote([source.requirement(extra)])
    editable = "-e " if source.is_editable else ""
    if installer is Installer.PIPX:
        return f"pipx install --force {'--editable ' if editable else ''}{requirement}"
    if installer is Installer.UV_TOOL:
        return f"uv tool install --force {editable}{requirement}"
    return _environment_command(installer, f"{editable}{requirement}", again=again)


def package_command(requirement: str, *, again: bool = False) -> str:
    """Return the command that installs another package into the environment of cn-validator."""
    return _environment_command(find_installer(), _quote([requirement]), again=again)


def _environment_command(installer: Installer, requirement: str, *, again: bool) -> str:
    program = {
        Installer.PIP: _pip_program(),
        Installer.PIPX: f"pipx runpip {DISTRIBUTION}",
        Installer.UV: "uv pip",
        Installer.UV_TOOL: "uv pip",
    }[installer]
    is_uv = installer in (Installer.UV, Installer.UV_TOOL)
    force = f"{'--reinstall' if is_uv else '--force-reinstall'} " if again else ""
    tool = f"--python {_quote([sys.prefix])} " if installer is Installer.UV_TOOL else ""
    return f"{program} install {tool}{force}{requirement}"


def _quote(words: list[str]) -> str:
    # Imported here: the version is printed without it.
    from validator.core.command_line import join_words

    return join_words(words)


def _pip_program() -> str:
    """Return the pip of this environment: the one that a shell finds may be another's."""
    found = shutil.which("pip")
    if found and Path(found).parent.resolve() == Path(sys.executable).parent.resolve():
        return "pip"
    return _quote([sys.executable, "-m", "pip"])
