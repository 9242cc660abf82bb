"""How the callers of a run write its options, for messages that tell the user to give one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from validator.core.errors import BrowserError, InputError

_CLI_OPTIONS = (
    "--env",
    "--base-url",
    "--var",
    "--secrets-file",
    "--device",
    "--locale",
    "--host",
    "--seed",
    "--config",
    "--rule",
    "--output",
    "--max-orders",
    "--force-live",
    "--insecure",
)
PYTEST_OPTIONS: Mapping[str, str] = MappingProxyType(
    {option: f"--cn-{option[2:]}" for option in _CLI_OPTIONS}
    | {"--browser": "the variable CN_VALIDATOR_BROWSER"}
)
"""Option of the command line → what it is in pytest, where other plugins have similar names."""
PYTHON_ARGUMENTS: Mapping[str, str] = MappingProxyType(
    {option: f"{option[2:].replace('-', '_')}=" for option in _CLI_OPTIONS}
    | {
        "--var": "variables=",
        "--host": "hosts=",
        "--rule": "rules=",
        "--browser": "browser=",
        "--headed": "headed=True",
        "--force-live": "force_live=True",
        "--insecure": "insecure=True",
        "--schema": "schema=",
        "-k": "keywords=",
        "--label": "labels=",
        "--label-set": "label_sets=",
    }
)
"""Option of the command line → the argument of the Python API."""

_COMMAND = re.compile(r"(cn-validator [^;,)]*)")


def rename_options(text: str, names: Mapping[str, str]) -> str:
    """Return a text with the names of a caller's options, except in commands to type."""
    option = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    parts = _COMMAND.split(text)
    parts[::2] = [option.sub(lambda found: names[found[0]], part) for part in parts[::2]]
    return "".join(parts)


def rename_in_input_error(error: InputError, names: Mapping[str, str]) -> InputError:
    """Return an error whose messages, hints and places name the options of a caller."""

    def renamed(text: str) -> str:
        return rename_options(text, names)

    return InputError(
        [
            replace(
                each,
                message=renamed(each.message),
                hint=renamed(each.hint),
                location=each.location
                and replace(each.location, source=renamed(each.location.source)),
            )
            for each in error.findings
        ]
    )


def rename_in_browser_error(error: BrowserError, names: Mapping[str, str]) -> BrowserError:
    return BrowserError(rename_options(str(error), names), rename_options(error.hint, names))
