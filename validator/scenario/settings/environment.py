"""The environment of a scenario: environment variables, ``.env`` files, declared secrets."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from pathlib import Path

from validator.core.document import Location
from validator.core.errors import InputError
from validator.scenario.expand.scope import Scope
from validator.scenario.model.template import Secret
from validator.scenario.settings.setting_layers import resolve_path
from validator.scenario.syntax.node import FindingCollector, Node


def load_environment(environ: Mapping[str, str], *folders: Path) -> ChainMap[str, str]:
    """Return the environment, followed by the ``.env`` files of the folders and the current folder.

    Raises InputError for a ``.env`` file that cannot be read.
    """
    files = dict.fromkeys((folder / ".env").resolve() for folder in (*folders, Path()))
    return ChainMap(dict(environ), *(_read_dotenv(_display_path(file)) for file in files))


def _display_path(file: Path) -> Path:
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def add_secrets_file(
    environ: ChainMap[str, str], node: Node | None, scope: Scope
) -> Mapping[str, str]:
    """Return where secrets are looked up: the environment, the secrets file, then ``.env``."""
    if node is None:
        return environ
    path = resolve_path(node, scope.resolve_now(node))
    if not path.is_file():
        message = f'there is no file "{node.text}" with secrets'
        hint = "Create it with lines of NAME=value, or correct its path."
        scope.context.problems.add("secrets-file-missing", message, node, hint)
        return environ
    return ChainMap(environ.maps[0], _read_dotenv(path), *environ.maps[1:])


def resolve_secrets(
    nodes: Iterable[Node], environ: Mapping[str, str], problems: FindingCollector
) -> dict[str, Secret]:
    """Return the listed secrets; a secret without a value is a problem."""
    secrets = {}
    for item in nodes:
        value = environ.get(item.text, "")
        if not value:
            problems.add(
                "secret-missing",
                f"the secret {item.text} has no value",
                item,
                f"Set the environment variable {item.text}, or write it in a .env file.",
            )
        # It is declared even without a value, so that its uses are not reported as well.
        secrets[item.text] = Secret(item.text, value)
    return secrets


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    # The parser is used directly, because dotenv_values only logs lines that it cannot read. The
    # parser does not interpolate: a "$" in a password stays a "$".
    from dotenv.parser import parse_stream

    try:
        with path.open(encoding="utf-8") as lines:
            bindings = list(parse_stream(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(f"the file cannot be read: {error}", Location(str(path))) from error
    for binding in bindings:
        if binding.error:
            place = Location(str(path), binding.original.line, 1)
            raise _unreadable("this line is not NAME=value", place)
    return {item.key: item.value for item in bindings if item.key and item.value is not None}


def _unreadable(message: str, place: Location) -> InputError:
    hint = "Save it as UTF-8 lines of NAME=value."
    return InputError.single("file-unreadable", message, place, hint)
