"""DuckDB, and nothing else: the one door to it.

Tables are in memory, and what does not fit goes to files of a folder that is removed at the end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from validator.core.errors import InputError
from validator.core.installation import install_command


class EngineError(Exception):
    """The engine refused to read something; the message is its own, in full."""


class Engine:
    """A database for one run. ``folder`` is its own, and goes with it.

    ``memory`` as in "2GB": beyond it the disk is used. Raises InputError where the extra is
    not installed.
    """

    def __init__(self, memory: str = "", threads: int | None = None) -> None:
        duckdb = _import_duckdb()
        self._refused = duckdb.Error
        self._out_of_memory = duckdb.OutOfMemoryException
        self._folder = tempfile.TemporaryDirectory(prefix="cn-validator-")
        self.folder = Path(self._folder.name)
        settings: dict[str, Any] = {
            "temp_directory": str(self.folder / "spill"),
            # Nothing may be fetched: extensions would come from the network.
            "autoinstall_known_extensions": False,
        }
        if memory:
            settings["memory_limit"] = memory
        if threads:
            settings["threads"] = threads
        try:
            self._connection = duckdb.connect(":memory:", config=settings)
        except duckdb.Error as error:
            self._folder.cleanup()
            raise InputError.single(
                "option-invalid", f'--memory "{memory}" is no size', hint="write 2GB"
            ) from error
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def run(self, sql: str, *values: object) -> None:
        """Do one statement. Raises EngineError where the data is not what was said."""
        self.rows(sql, *values)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of one statement. Raises EngineError likewise."""
        try:
            rows: list[tuple[Any, ...]] = self._connection.execute(sql, list(values)).fetchall()
        except self._refused as error:
            if isinstance(error, self._out_of_memory) or "No space left" in str(error):
                raise self._no_room_error(str(error)) from error
            raise EngineError(str(error)) from error
        return rows

    def _no_room_error(self, message: str) -> InputError:
        first = message.strip().splitlines()[0]
        return InputError.single(
            "no-room",
            f"the comparison needs more room than there is: {first}",
            hint="give it more memory with --memory, or set TMPDIR to a folder on a disk with "
            "more space: it needs about three times the size of both files",
        )

    def row(self, sql: str, *values: object) -> tuple[Any, ...]:
        """Return the one row of a statement that has one."""
        return self.rows(sql, *values)[0]

    def columns(self, relation: str) -> tuple[tuple[str, str], ...]:
        """Return names and types of a relation's columns."""
        return tuple((row[0], row[1]) for row in self.rows(f"DESCRIBE SELECT * FROM {relation}"))


def _import_duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise InputError.single(
            "extra-missing",
            "reconciling needs DuckDB, which is not installed",
            hint=install_command("reconcile"),
        ) from error
    return duckdb


def quote_identifier(text: str) -> str:
    """An SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def quote_identifiers(columns: Sequence[str]) -> str:
    """A list of identifiers."""
    return ", ".join(quote_identifier(column) for column in columns)
