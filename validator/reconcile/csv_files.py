"""CSV and TSV as they come: encodings, separators, quoted line breaks, and where one is broken."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from validator.core.document import Location
from validator.core.errors import InputError

CHUNK_BYTES = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": '","', ";": '";"', "\t": '"tab"', "|": '"|"'}
_SAMPLE_ROWS = 200
_MAX_CELL_LENGTH = 1 << 24
"""A longer cell, of 16 million characters, is a quote that was never closed."""

# Bytes that mean nothing in Windows-1252: https://encoding.spec.whatwg.org/index-windows-1252.txt
_UNDEFINED_CP1252_BYTES = frozenset(b"\x81\x8d\x8f\x90\x9d")


@dataclass(frozen=True, slots=True)
class DelimitedFile:
    """A text file of separated cells, in UTF-8 by now. ``label`` is the name that people know."""

    path: Path
    label: str
    delimiter: str
    header: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def place(self, record: int) -> Location:
        """Return the line where a record, counted from zero, begins. Reads the file to there."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = _csv_reader(file, self.delimiter)
            begins = 1
            count = -1  # the header
            for row in reader:
                if row:
                    if count == record:
                        return Location(self.label, begins)
                    count += 1
                begins = reader.line_num + 1
        return Location(self.label)

    def broken(self) -> InputError:
        """Say where the file is broken, which the engine found it to be."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                problem = self._problem(file)
        except csv.Error as error:
            problem = (1, str(error))
        line, what = problem
        return InputError.single(
            "csv-broken",
            what,
            Location(self.label, line),
            hint="mend the line; a cell with separators, quotes or line breaks stands in quotes, "
            'and each quote inside is written twice: "say ""hello"""',
        )

    def _problem(self, file: TextIO) -> tuple[int, str]:
        reader = _csv_reader(file, self.delimiter)
        begins, width = 1, len(self.header)
        try:
            for row in reader:
                if row and len(row) != width:
                    return begins, f"{len(row)} cells, where the header has {width}"
                begins = reader.line_num + 1
        except csv.Error as error:
            if "unexpected end" in str(error) or "field larger" in str(error):
                return begins, "a quote is opened and never closed"
            return max(begins, reader.line_num), f"the quotes are broken: {error}"
        return begins, "this is no readable CSV"


def open_delimited(
    path: Path, label: str, folder: Path, *, encoding: str, delimiter: str
) -> DelimitedFile:
    """Find out how a file is written. A copy in UTF-8 is put into ``folder`` where that is needed.

    Raises InputError where it cannot be told, or the file is not there, empty or no text.
    """
    with _open_binary(path, label) as file:
        is_packed = isinstance(file, gzip.GzipFile)
        codec, notes = _detect_encoding(file, label, encoding)
    if codec != "utf-8" or is_packed:
        path = _copy_as_utf8(path, label, folder, codec)
    header, delimiter = _read_header(path, label, delimiter)
    return DelimitedFile(path, label, delimiter, header, notes)


@contextmanager
def _open_binary(path: Path, label: str) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            if file.read(2) == b"\x1f\x8b":
                file.seek(0)
                with gzip.open(file) as packed:
                    yield packed  # type: ignore[misc]  # a GzipFile is read like any file
                return
            file.seek(0)
            yield file
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError.single(
            "file-unreadable", f"cannot be read: {reason}", Location(label)
        ) from error


def _detect_encoding(file: IO[bytes], label: str, given: str) -> tuple[str, tuple[str, ...]]:
    """Return the codec, and what to tell about it. The whole file is looked at."""
    if given:
        return _resolve_encoding(given, label), ()
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ("read as UTF-16, as its first bytes say",)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while chunk := file.read(CHUNK_BYTES):
            if b"\0" in chunk:
                raise _not_text_error(label)
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _detect_single_byte_encoding(file, label)
    return "utf-8", ()


def _not_text_error(label: str) -> InputError:
    return InputError.single(
        "file-no-text",
        "this is no text file",
        Location(label),
        hint="CSV, TSV, JSON Lines, Parquet, Excel or ZIP is expected; of UTF-16 without its "
        "first mark, say the encoding",
    )


_COMMON_LATIN_BYTES = bytes(range(0x80)) + bytes(range(0xA0, 0x100))


def _detect_single_byte_encoding(file: IO[bytes], label: str) -> tuple[str, tuple[str, ...]]:
    file.seek(0)
    odd: set[int] = set()
    while chunk := file.read(CHUNK_BYTES):
        if b"\0" in chunk:
            raise _not_text_error(label)
        odd.update(chunk.translate(None, _COMMON_LATIN_BYTES))
    if odd & _UNDEFINED_CP1252_BYTES:
        raise InputError.single(
            "encoding-unknown",
            "which encoding is this? It is neither UTF-8 nor Windows-1252",
            Location(label),
            hint="say it: --orders-encoding or --recorded-encoding, for instance latin-1, "
            "iso-8859-15 or mac-roman",
        )
    # Where no byte of the range stands in which they differ, Latin-1 is the same.
    found = "Windows-1252" if odd else "Latin-1 (Windows-1252 would be the same)"
    return "cp1252", (f"read as {found}, because it is no UTF-8",)


def _resolve_encoding(encoding: str, label: str) -> str:
    try:
        codec = codecs.lookup(encoding).name
    except LookupError:
        raise InputError.single(
            "option-invalid",
            f'there is no encoding "{encoding}"',
            Location(label),
            hint="write utf-8, latin-1 or windows-1252",
        ) from None
    return "utf-8" if codec == "utf-8-sig" else codec


def _copy_as_utf8(path: Path, label: str, folder: Path, codec: str) -> Path:
    copy = folder / f"text-{len(list(folder.iterdir()))}.csv"
    codec = "utf-8-sig" if codec == "utf-8" else codec
    try:
        with (
            _open_binary(path, label) as file,
            io.TextIOWrapper(file, codec, newline="") as text,
            copy.open("w", encoding="utf-8", newline="") as out,
        ):
            while chunk := text.read(CHUNK_BYTES):
                out.write(chunk)
    except UnicodeError as error:
        raise InputError.single(
            "encoding-wrong", f"this is not written in {codec}: {error}", Location(label)
        ) from error
    return copy


def _csv_reader(file: TextIO, delimiter: str) -> csv._reader:  # type: ignore[name-defined]  # the stub's
    csv.field_size_limit(_MAX_CELL_LENGTH)
    return csv.reader(file, delimiter=delimiter, strict=True)


def _read_header(path: Path, label: str, given: str) -> tuple[tuple[str, ...], str]:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(given, given)
    try:
        samples = {
            each: _read_sample(path, each) for each in ((delimiter,) if delimiter else DELIMITERS)
        }
    except UnicodeDecodeError as error:
        raise InputError.single(
            "encoding-wrong", f"this is no UTF-8: {error}", Location(label)
        ) from error
    if not any(samples.values()):
        raise InputError.single("file-empty", "the file is empty", Location(label))
    chosen = delimiter or _detect_delimiter(samples, label)
    return _unique_column_names(samples[chosen][0]), chosen


def _read_sample(path: Path, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            for row in _csv_reader(file, delimiter):
                if row:
                    rows.append(row)
                if len(rows) == _SAMPLE_ROWS:
                    break
        except csv.Error:
            pass  # broken for this separator: what came before tells, and the engine says where
    return rows


def _detect_delimiter(samples: dict[str, list[list[str]]], label: str) -> str:
    """Return the separator of the header; where two part it, that of lines of the same width."""
    parting = [each for each, rows in samples.items() if rows and len(rows[0]) > 1]
    if not parting:
        return ","  # one column
    even = [each for each in parting if len({len(row) for row in samples[each]}) == 1]
    candidates = even or parting
    if len(candidates) > 1:
        both = " or ".join(DELIMITER_NAMES[each] for each in candidates)
        raise InputError.single(
            "delimiter-ambiguous",
            f"what parts the cells, {both}?",
            Location(label, 1),
            hint="say it: --orders-delimiter or --recorded-delimiter",
        )
    return candidates[0]


def _unique_column_names(header: list[str]) -> tuple[str, ...]:
    """Name every column, and none of them twice; DuckDB's names know no case."""
    seen: set[str] = set()
    names: list[str] = []
    for number, cell in enumerate(header, 1):
        name = base = cell.strip() or f"column_{number}"
        count = 1
        while name.lower() in seen:
            count += 1
            name = f"{base}_{count}"
        seen.add(name.lower())
        names.append(name)
    return tuple(names)
