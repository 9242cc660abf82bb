"""Orders straight from a shop's database. The one door to the drivers; it only ever reads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from validator.core.document import Location
from validator.core.errors import InputError, ServiceError
from validator.reconcile.engine import EXTRA, Engine
from validator.reconcile.files import Table, table_of_rows
from validator.reconcile.model import SourceOptions
from validator.reconcile.presets import preset

BATCH = 10_000
CONNECT_SECONDS = 15
Rows: TypeAlias = Iterator[Sequence[Sequence[object]]]
_PREFIX = re.compile(r"\w*", re.ASCII)


def open_database(engine: Engine, url: str, options: SourceOptions) -> Table:
    """Return the table that the query or preset selects. A batch of rows at a time is in memory.

    The whole result is fetched here. Raises InputError for a URL, query or preset that is wrong,
    ServiceError where the database cannot be reached or does not answer.
    """
    parts = _parts(url)
    label = shown(parts)
    query = _query(options, label)
    read = _DRIVERS[parts.scheme]
    rows = read(parts, query, label)
    header = next(rows)[0]
    return table_of_rows(engine, label, [str(column) for column in header], rows)


def _parts(url: str) -> SplitResult:
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
    return parts


def shown(parts: SplitResult) -> str:
    """The URL as it may be seen: without password and query."""
    host = parts.netloc.rpartition("@")[2]
    user = f"{unquote(parts.username)}@" if parts.username else ""
    return f"{parts.scheme}://{user}{host}{parts.path}"


def _query(options: SourceOptions, label: str) -> str:
    if bool(options.query) == bool(options.preset):
        raise InputError.single(
            "query-missing",
            "what is to be read from the database?",
            Location(label),
            hint="give either --query 'SELECT …' or --preset PLATFORM",
        )
    if options.query:
        return options.query
    chosen = preset(options.preset)
    prefix = chosen.prefix if options.prefix is None else options.prefix
    if not _PREFIX.fullmatch(prefix):
        raise InputError.single(
            "option-invalid", f'--table-prefix "{prefix}" is no prefix', hint="write wp_ or ps_"
        )
    return chosen.query.format(p=prefix)


def _postgresql(parts: SplitResult, query: str, label: str) -> Rows:
    try:
        import psycopg
    except ImportError as error:
        raise _not_installed("PostgreSQL", "psycopg") from error
    url = parts._replace(scheme="postgresql").geturl()
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            connection.read_only = True
            with connection.cursor(name="cn_validator") as cursor:
                cursor.execute(query.encode())
                if cursor.description is None:
                    raise _no_rows(label)
                yield [[column.name for column in cursor.description]]
                while batch := cursor.fetchmany(BATCH):
                    yield batch
    except psycopg.OperationalError as error:
        raise _unreachable(label, parts, error) from error
    except psycopg.Error as error:
        raise _refused(label, parts, error) from error


def _mysql(parts: SplitResult, query: str, label: str) -> Rows:
    try:
        import pymysql
        import pymysql.cursors
    except ImportError as error:
        raise _not_installed("MySQL and MariaDB", "pymysql") from error
    more: dict[str, Any] = {}
    if socket := dict(parse_qsl(parts.query)).get("unix_socket"):
        more["unix_socket"] = socket
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
                    connect_timeout=CONNECT_SECONDS,
                    init_command="SET SESSION TRANSACTION READ ONLY",
                    cursorclass=pymysql.cursors.SSCursor,
                    **more,
                )
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query)
            if cursor.description is None:
                raise _no_rows(label)
            yield [[column[0] for column in cursor.description]]
            while batch := cursor.fetchmany(BATCH):
                yield batch
    except pymysql.err.OperationalError as error:
        # 1040 to 1049 and 2000 on: the connection. https://mariadb.com/kb/en/mariadb-error-codes/
        is_ours = error.args[0] < 2000 and error.args[0] not in (1040, 1044, 1045, 1049)
        raise (_refused if is_ours else _unreachable)(label, parts, error) from error
    except pymysql.MySQLError as error:
        raise _refused(label, parts, error) from error


def _sqlite(parts: SplitResult, query: str, label: str) -> Rows:
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
            cursor = connection.execute(query)
            if cursor.description is None:
                raise _no_rows(label)
            yield [[column[0] for column in cursor.description]]
            while batch := cursor.fetchmany(BATCH):
                yield batch
    except sqlite3.Error as error:
        raise _refused(label, parts, error) from error


_DRIVERS = {
    "postgresql": _postgresql,
    "postgres": _postgresql,
    "mysql": _mysql,
    "mariadb": _mysql,
    "sqlite": _sqlite,
}


def _not_installed(what: str, module: str) -> InputError:
    return InputError.single("extra-missing", f"reading {what} needs {module}", hint=EXTRA)


def _no_rows(label: str) -> InputError:
    return InputError.single(
        "query-invalid", "the query selects nothing", Location(label), hint="write one SELECT"
    )


def _refused(label: str, parts: SplitResult, error: Exception) -> InputError:
    return InputError.single(
        "query-invalid",
        f"the database refused the query: {_said(parts, error)}",
        Location(label),
        hint="look at --query; of a preset, at --table-prefix and the platform's version",
    )


def _unreachable(label: str, parts: SplitResult, error: Exception) -> ServiceError:
    return ServiceError(
        f"{label}: {_said(parts, error)}",
        hint="look at host, port, user and password of the URL, and whether the database runs; "
        "a password may stand in PGPASSWORD or MYSQL_PWD instead",
    )


def _said(parts: SplitResult, error: Exception) -> str:
    """What the driver said, on one line and without the password."""
    said = str(error.args[-1] if error.args else error)
    said = " ".join(said.split())
    for secret in (parts.password, unquote(parts.password or "")):
        if secret:
            said = said.replace(secret, "[secret]")
    return said
