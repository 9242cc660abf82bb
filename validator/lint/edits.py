"""Edits files at given places; the rest of a file stays byte for byte as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.files import write_atomically
from validator.lint.lint_findings import Edit


def edit_text(text: str, edits: Iterable[Edit]) -> tuple[str, int]:
    """Return the edited text and the number of edits that were made.

    An edit is skipped if its old text is not at its place: the file has changed since it was read.
    """
    lines, done = text.split("\n"), 0
    for edit in sorted(set(edits), key=lambda e: (e.line, e.column), reverse=True):
        line, start = lines[edit.line - 1], edit.column - 1
        if line[start:].startswith(edit.old):
            lines[edit.line - 1] = line[:start] + edit.new + line[start + len(edit.old) :]
            done += 1
    return "\n".join(lines), done


def edit_file(path: Path, edits: Iterable[Edit]) -> int:
    """Edit a file atomically and return the number of edits that were made.

    Raises InputError if the file cannot be written.
    """
    try:
        source = path.read_bytes().decode("utf-8")
        mark = "\ufeff" * source.startswith("\ufeff")
        text, done = edit_text(source.removeprefix(mark), edits)
        if done:
            write_atomically(path, mark + text)
    except OSError as error:
        message = f"the file cannot be written: {error.strerror or error}"
        raise InputError.single(
            "file-unwritable", message, Location(str(path)), "Check its permissions."
        ) from error
    return done
