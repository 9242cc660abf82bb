"""The line of a pipeline that installs cn-validator, and what it needs before."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.installation import DISTRIBUTION, EXAMPLE_SOURCE, Source

GIT_LINE = "command -v git || (apt-get update && apt-get install -y --no-install-recommends git)"
"""Slim images have no git, which pip needs for a repository."""
_OPTION = "option --install"


@dataclass(frozen=True, slots=True)
class InstallLine:
    """What a pipeline installs: the commands, and a comment of one line or more for each file.

    ``needs_replacing`` is True if only this machine has the source.
    """

    commands: tuple[str, ...]
    comment: tuple[str, ...]
    requirement: str
    needs_replacing: bool = False


def build_install_line(given: str | None, source: Source | None) -> InstallLine:
    """Return the line for what the user gave with --install, or for this installation's source.

    Raises InputError if there is only a name, which anybody could register, or if the given text
    cannot stand in a file.
    """
    if given is not None:
        return _line(_require_safe(given), ("The source was given with --install.",))
    if source is None:
        raise InputError.single(
            "install-source-unknown",
            "the pipeline has to install cn-validator, and this installation does not say from "
            f"where: an index that anybody can register names on may have another {DISTRIBUTION}",
            Location(_OPTION),
            f'give the source: --install "{EXAMPLE_SOURCE}"; '
            f"or --install {DISTRIBUTION} if the index is your own",
        )
    if source.is_local:
        comment = (
            "REPLACE the source below: it is on the machine where this file was written. Name a",
            f"repository and revision, such as {EXAMPLE_SOURCE},",
            "or a wheel that is in this repository.",
        )
        return _line(source.requirement(), comment, needs_replacing=True)
    return _line(
        source.requirement(),
        ("The source that the cn-validator which wrote this file came from.",),
    )


def _line(
    requirement: str, comment: tuple[str, ...], *, needs_replacing: bool = False
) -> InstallLine:
    install = f"python -m pip install {shlex.quote(requirement)}"
    commands = (GIT_LINE, install) if "git+" in requirement else (install,)
    return InstallLine(commands, comment, requirement, needs_replacing)


def _require_safe(given: str) -> str:
    if not given.strip() or not given.isprintable() or given.startswith("-"):
        message = "not what pip could install: one requirement, one line"
    elif _has_credentials(given):
        message = "credentials must not stand in a file of the repository"
    else:
        return given
    raise InputError.single(
        "install-source-invalid", message, Location(_OPTION), f'such as "{EXAMPLE_SOURCE}"'
    )


def _has_credentials(requirement: str) -> bool:
    address = re.search(r"\S+://\S+", requirement)
    try:
        return bool(address and urlsplit(address[0]).password)
    except ValueError:  # brackets that are no IPv6 address
        return False
