"""Files that commands write for the user; existing ones are overwritten only on request."""

from __future__ import annotations

import os
from pathlib import Path

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.files import write_atomically, write_new

SCHEMA_FOLDER = "schemas"


def write_new_file(path: Path, text: str, *, force: bool) -> None:
    """Write a file and create its folders.

    Raises InputError if it exists and ``force`` is False, or if it cannot be written.
    """
    try:
        (write_atomically if force else write_new)(path, text)
    except FileExistsError as error:
        raise _not_writable_error(
            "the file exists already", path, "name another file, or add --force"
        ) from error
    except OSError as error:
        message = f"the file cannot be written: {error.strerror or error}"
        raise _not_writable_error(message, path, "name a place you may write to") from error


def schema_modeline(path: Path, schema: str = "scenario") -> str:
    """Return the comment by which editors find the schema; "" without a copy in a folder above."""
    for folder in path.resolve().parent.parents:
        copy = folder / SCHEMA_FOLDER / f"{schema}.schema.json"
        if copy.is_file():
            address = Path(os.path.relpath(copy, path.resolve().parent)).as_posix()
            return f"# yaml-language-server: $schema={address}"
    return ""


def _not_writable_error(message: str, path: Path, hint: str) -> InputError:
    return InputError.single("file-exists", message, Location(str(path)), hint)
