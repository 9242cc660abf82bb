"""The environment a scenario sees: variables, ``.env`` files, declared secrets."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from pathlib import Path

from validator.document import Location
from validator.errors import InputError
from validator.scenario.model import Secret
from validator.scenario.node import Node, Problems


def environment(environ: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    """Return the environment with the ``.env`` files of a folder and of the current one behind.

    Raises InputError for a ``.env`` file that cannot be read.
    """
    return ChainMap(dict(environ), _dotenv(folder / ".env"), _dotenv(Path(".env")))


def declared_secrets(
    node: Node | None, environ: Mapping[str, str], problems: Problems
) -> dict[str, Secret]:
    """Return the secrets that a scenario lists; one without a value is a problem."""
    secrets = {}
    for item in node or ():
        value = environ.get(item.text, "")
        if not value:
            problems.add(
                "secret-missing",
                f"the secret {item.text} has no value",
                item,
                f"Set the environment variable {item.text}, or write it in a .env file.",
            )
        # Without a value it is still declared, so that its uses are no findings of their own.
        secrets[item.text] = Secret(item.text, value)
    return secrets


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    # The parser itself, because dotenv_values only logs what it cannot read, and goes on. It does
    # not interpolate: a "$" in a password is a "$".
    from dotenv.parser import parse_stream

    try:
        with path.open(encoding="utf-8") as lines:
            bindings = list(parse_stream(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(f"the file cannot be read: {error}", Location(str(path))) from error
    for binding in bindings:
        if binding.error:
            place = Location(str(path), binding.original.line, 1)
            raise _unreadable("this line is no NAME=value", place)
    return {item.key: item.value for item in bindings if item.key and item.value is not None}


def _unreadable(message: str, place: Location) -> InputError:
    hint = "Save it as UTF-8 lines of NAME=value."
    return InputError.single("file-unreadable", message, place, hint)
