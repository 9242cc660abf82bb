"""Orders straight from a shop's database. The one door to the drivers; it only ever reads."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from validator.core.document import Location
from validator.core.errors import InputError, ServiceError
from validator.core.installation import install_command
from validator.reconcile.duckdb_engine import Engine
from validator.reconcile.model import SourceOptions
from validator.reconcile.platform_presets import find_prefix, find_preset
from validator.reconcile.source_files import SourceTable, table_from_rows

BATCH_ROWS = 10_000
CONNECT_TIMEOUT_SECONDS = 15
_SQLITE_STEPS = 10_000
"""Instructions of SQLite between two looks at the clock."""
_MYSQL_TIMEOUTS = (1969, 3024)
"""Error codes of MariaDB and MySQL: https://mariadb.com/kb/en/mariadb-error-codes/"""
_WRITES_FILE = re.compile(r"\b(?:outfile|dumpfile)\b", re.IGNORECASE)
RowBatches: TypeAlias = Iterator[Sequence[Sequence[object]]]


def open_database(engine: Engine, url: str, options: SourceOptions) -> SourceTable:
    """Return the table that the query or preset selects. A batch of rows at a time is in memory.

    The whole result is fetched here. Raises InputError for a URL, query or preset that is wrong,
    ServiceError where the database cannot be reached or does not answer.
    """
    parts = _parse_url(url)
    label = display_url(parts)
    query = _choose_query(options, label)
    read = _DRIVERS[parts.scheme]
    rows = read(parts, query, label, options.timeout)
    header = next(rows)[0]
    return table_from_rows(engine, label, [str(column) for column in header], rows)


def _parse_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        # The URL itself may hold a password: it is not repeated.
        raise InputError.single(
            "database-url", "the database is no URL", hint="write postgresql://USER@HOST/DATABASE"
        ) from error
    if parts.scheme not in _DRIVERS:
        raise InputError.single(
            "database-url",
            f'there is no database "{parts.scheme}"',
            hint=f"it is one of {', '.join(_DRIVERS)}",
        )
    if parts.scheme != "sqlite" and "@" in f"{parts.path}?{parts.query}#{parts.fragment}":
        # What looks like a host or a path here is a part of the password: nothing is repeated.
        raise InputError.single(
            "database-url",
            "the user or the password in the database's address has a /, ? or # in clear",
            hint="write %2F for /, %3F for ?, %23 for # and %40 for @ in them, or set the password "
            "in PGPASSWORD or MYSQL_PWD",
        )
    return parts


def display_url(parts: SplitResult) -> str:
    """The URL as it may be seen: without password and query."""
    host = parts.netloc.rpartition("@")[2]
    user = f"{unquote(parts.username)}@" if parts.username else ""
    return f"{parts.scheme}://{user}{host}{parts.path}"


def _choose_query(options: SourceOptions, label: str) -> str:
    if bool(options.query) == bool(options.preset):
        raise InputError.single(
            "query-missing",
            "what is to be read from the database?",
            Location(label),
            hint="give either --query 'SELECT …' or --preset PLATFORM",
        )
    if options.query:
        return options.query
    chosen = find_preset(options.preset)
    return chosen.query.format(p=find_prefix(options, chosen))


def _read_postgresql(parts: SplitResult, query: str, label: str, timeout: float) -> RowBatches:
    try:
        import psycopg
    except ImportError as error:
        raise _driver_missing_error("PostgreSQL", "psycopg") from error
    url = parts._replace(scheme="postgresql").geturl()
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
            connection.read_only = True
            if timeout:
                connection.execute(f"SET statement_timeout = {timeout * 1000:.0f}".encode())
            with connection.cursor(name="cn_validator") as cursor:
                cursor.execute(query.encode())
                if cursor.description is None:
                    raise _no_result_set_error(label)
                yield [[column.name for column in cursor.description]]
                while batch := cursor.fetchmany(BATCH_ROWS):
                    yield batch
    except psycopg.errors.QueryCanceled as error:
        raise _timeout_error(label, timeout) from error
    except psycopg.OperationalError as error:
        raise _unreachable_error(label, parts, error) from error
    except psycopg.Error as error:
        raise _query_rejected_error(label, parts, error) from error


def _read_mysql(parts: SplitResult, query: str, label: str, timeout: float) -> RowBatches:
    try:
        import pymysql
        import pymysql.cursors
    except ImportError as error:
        raise _driver_missing_error("MySQL and MariaDB", "pymysql") from error
    if _WRITES_FILE.search(query):
        # A transaction that is read-only does not stop the server from writing a file.
        raise InputError.single(
            "query-invalid",
            "the query writes a file on the database's server",
            Location(label),
            hint="write one SELECT without INTO OUTFILE and INTO DUMPFILE",
        )
    try:
        with (
            closing(
                pymysql.connect(
                    host=parts.hostname or "127.0.0.1",
                    port=parts.port or 3306,
                    user=unquote(parts.username or ""),
                    password=unquote(parts.password or "") or os.environ.get("MYSQL_PWD", ""),
                    database=unquote(parts.path.lstrip("/")) or None,
                    charset="utf8mb4",
                    connect_timeout=CONNECT_TIMEOUT_SECONDS,
                    init_command="SET SESSION TRANSACTION READ ONLY",
                    cursorclass=pymysql.cursors.SSCursor,
                    **_socket_option(parts),
                )
            ) as connection,
            connection.cursor() as cursor,
        ):
            # A TIMESTAMP is shown in the zone of the session, and Magento keeps UTC in it.
            cursor.execute("SET time_zone = '+00:00'")
            if timeout:
                cursor.execute(_mysql_timeout_sql(connection.get_server_info(), timeout))
            cursor.execute(query)
            if cursor.description is None:
                raise _no_result_set_error(label)
            yield [[column[0] for column in cursor.description]]
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch
    except pymysql.err.OperationalError as error:
        raise _mysql_error(label, parts, error, timeout) from error
    except pymysql.MySQLError as error:
        raise _query_rejected_error(label, parts, error) from error


def _read_sqlite(parts: SplitResult, query: str, label: str, timeout: float) -> RowBatches:
    import sqlite3

    path = Path(unquote(parts.path.removeprefix("/") if parts.netloc == "" else parts.path))
    if not path.is_file():
        raise InputError.single(
            "file-unreadable",
            f"there is no file {path}",
            Location(label),
            hint="write sqlite:///relative.db or sqlite:////absolute.db",
        )
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.set_authorizer(_allow_reading)
            end = time.monotonic() + timeout
            if timeout:
                connection.set_progress_handler(lambda: time.monotonic() > end, _SQLITE_STEPS)
            cursor = connection.execute(query)
            if cursor.description is None:
                raise _no_result_set_error(label)
            yield [[column[0] for column in cursor.description]]
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch
    except sqlite3.Error as error:
        if timeout and "interrupted" in str(error):
            raise _timeout_error(label, timeout) from error
        raise _query_rejected_error(label, parts, error) from error


def _allow_reading(action: int, *_: str | None) -> int:
    """Let SQLite do what selects need. ATTACH and VACUUM INTO would write files."""
    import sqlite3

    reading = {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
    return sqlite3.SQLITE_OK if action in reading else sqlite3.SQLITE_DENY


_DRIVERS = {
    "postgresql": _read_postgresql,
    "postgres": _read_postgresql,
    "mysql": _read_mysql,
    "mariadb": _read_mysql,
    "sqlite": _read_sqlite,
}


def _socket_option(parts: SplitResult) -> dict[str, Any]:
    socket = dict(parse_qsl(parts.query)).get("unix_socket")
    return {"unix_socket": socket} if socket else {}


def _mysql_error(
    label: str, parts: SplitResult, error: Exception, timeout: float
) -> InputError | ServiceError:
    code = error.args[0]
    if code in _MYSQL_TIMEOUTS:
        return _timeout_error(label, timeout)
    # 1040 to 1049 and 2000 on: the connection. https://mariadb.com/kb/en/mariadb-error-codes/
    is_ours = code < 2000 and code not in (1040, 1044, 1045, 1049)
    return (_query_rejected_error if is_ours else _unreachable_error)(label, parts, error)


def _mysql_timeout_sql(version: str, timeout: float) -> str:
    if "mariadb" in version.lower():
        return f"SET max_statement_time = {timeout:g}"
    return f"SET max_execution_time = {timeout * 1000:.0f}"


def _timeout_error(label: str, timeout: float) -> ServiceError:
    return ServiceError(
        f"{label}: the query took longer than {timeout:g} s",
        hint="give it more time with --timeout, or select less",
    )


def _driver_missing_error(what: str, module: str) -> InputError:
    return InputError.single(
        "extra-missing", f"reading {what} needs {module}", hint=install_command("reconcile")
    )


def _no_result_set_error(label: str) -> InputError:
    return InputError.single(
        "query-invalid", "the query selects nothing", Location(label), hint="write one SELECT"
    )


def _query_rejected_error(label: str, parts: SplitResult, error: Exception) -> InputError:
    return InputError.single(
        "query-invalid",
        f"the database refused the query: {_driver_message(parts, error)}",
        Location(label),
        hint="look at --query; of a preset, at --table-prefix and the platform's version",
    )


def _unreachable_error(label: str, parts: SplitResult, error: Exception) -> ServiceError:
    return ServiceError(
        f"{label}: {_driver_message(parts, error)}",
        hint="look at host, port, user and password of the URL, and whether the database runs; "
        "a password may stand in PGPASSWORD or MYSQL_PWD instead",
    )


def _driver_message(parts: SplitResult, error: Exception) -> str:
    """What the driver said, on one line and without the password."""
    said = str(error.args[-1] if error.args else error)
    said = " ".join(said.split())
    for secret in (parts.password, unquote(parts.password or "")):
        if secret:
            said = said.replace(secret, "[secret]")
    return said
