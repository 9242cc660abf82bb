"""CSV and TSV as they come: encodings, separators, title lines, and where a file is broken."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO, TypeAlias

from validator.core.document import Location
from validator.core.errors import InputError
from validator.tables.columns import names_an_order

CHUNK_BYTES = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": '","', ";": '";"', "\t": '"tab"', "|": '"|"'}
_SAMPLE_ROWS = 200
_MAX_CELL_LENGTH = 1 << 24
"""A longer cell, of 16 million characters, is a quote that was never closed."""

# Bytes without a meaning in Windows-1252: https://encoding.spec.whatwg.org/index-windows-1252.txt
_UNDEFINED_CP1252_BYTES = frozenset(b"\x81\x8d\x8f\x90\x9d")


@dataclass(frozen=True, slots=True)
class DelimitedFile:
    """A text file of separated cells, in UTF-8, that begins with its header.

    ``path`` may be a copy; ``label`` is the name that people know. ``first_line`` is the line of
    the header in the original. ``repeated``: a name that several columns have → their unique names.
    """

    path: Path
    label: str
    delimiter: str
    header: tuple[str, ...]
    notes: tuple[str, ...] = ()
    first_line: int = 1
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[Location, list[str]]]:
        """Yield each record below the header with its place. Raises InputError where it is broken.

        A record without any cell is passed over.
        """
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = _csv_reader(file, self.delimiter)
            begins, is_header = self.first_line, True
            try:
                for row in reader:
                    if row and not is_header:
                        if len(row) != len(self.header):
                            raise self.broken()
                        yield Location(self.label, begins), row
                    is_header = is_header and not row
                    begins = self.first_line + reader.line_num
            except csv.Error as error:
                raise self.broken() from error

    def place(self, record: int) -> Location:
        """Return the line where a record, counted from zero, begins. Reads the file to there."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = _csv_reader(file, self.delimiter)
            begins = self.first_line
            count = -1  # the header
            for row in reader:
                if row:
                    if count == record:
                        return Location(self.label, begins)
                    count += 1
                begins = self.first_line + reader.line_num
        return Location(self.label)

    def broken(self) -> InputError:
        """Return the error that names the line where the file is broken."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                problem = self._problem(file)
        except csv.Error as error:
            problem = (1, str(error))
        line, what = problem
        return InputError.single(
            "csv-broken",
            what,
            Location(self.label, line + self.first_line - 1),
            hint="correct the line; a cell with separators, quotes or line breaks stands in "
            'quotes, and each quote inside is written twice: "say ""hello"""',
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
        return begins, "this is not readable CSV"


def open_delimited(  # noqa: PLR0913 - how the file is written, and for whom errors are
    path: Path,
    label: str,
    folder: Path,
    *,
    encoding: str = "",
    delimiter: str = "",
    known: Collection[str] = (),
    option: str = "--",
) -> DelimitedFile:
    """Find out how a file is written. A copy in UTF-8 is put into ``folder`` where one is needed.

    ``known`` are names of columns that the user gave; ``option`` begins the options named in
    errors. Raises InputError where the form is ambiguous, or the file is missing, empty or no text.
    """
    with _open_binary(path, label) as file:
        is_packed = isinstance(file, gzip.GzipFile)
        codec, notes = _detect_encoding(file, label, encoding, option)
    if codec != "utf-8" or is_packed:
        path = _copy_as_utf8(path, label, folder, codec)
    layout = _find_layout(path, label, delimiter, known=known, option=option)
    if layout.skipped:
        path = _copy_without_first_lines(path, folder, layout.skipped)
    if layout.titles:
        rows = "row" if layout.titles == 1 else "rows"
        notes = (*notes, f"passed over {layout.titles} {rows} above the header")
    names, repeated = _unique_column_names(layout.header)
    return DelimitedFile(path, label, layout.delimiter, names, notes, 1 + layout.skipped, repeated)


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


def _detect_encoding(
    file: IO[bytes], label: str, given: str, option: str
) -> tuple[str, tuple[str, ...]]:
    """Return the codec, and notes about it. The whole file is looked at."""
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
        return _detect_single_byte_encoding(file, label, option)
    return "utf-8", ()


def _not_text_error(label: str) -> InputError:
    return InputError.single(
        "file-no-text",
        "this is not a text file",
        Location(label),
        hint="CSV, TSV, JSON, Parquet, Excel or ZIP is expected; name the encoding of UTF-16 that "
        "lacks its byte order mark",
    )


_COMMON_LATIN_BYTES = bytes(range(0x80)) + bytes(range(0xA0, 0x100))


def _detect_single_byte_encoding(
    file: IO[bytes], label: str, option: str
) -> tuple[str, tuple[str, ...]]:
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
            hint=f"name it: {option}encoding, for instance latin-1, iso-8859-15 or mac-roman",
        )
    # They differ in 32 bytes only; without one of those, Latin-1 reads the same.
    found = "Windows-1252" if odd else "Latin-1 (Windows-1252 would be the same)"
    return "cp1252", (f"read as {found}, because it is not UTF-8",)


def _resolve_encoding(encoding: str, label: str) -> str:
    try:
        codec = codecs.lookup(encoding).name
        io.TextIOWrapper(io.BytesIO(), codec)  # refuses codecs that are not of text, as base64
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


@dataclass(frozen=True, slots=True)
class _Layout:
    """``skipped`` physical lines stand above the header; ``titles`` of them are text."""

    header: tuple[str, ...]
    delimiter: str
    skipped: int
    titles: int


_Sample: TypeAlias = list[tuple[int, list[str]]]
"""Records, each with the number of lines above it."""
_SEPARATOR_LINE = re.compile(r"""["']?sep=(.)["']?[;,\t|]*\s*""", re.IGNORECASE)
_MAX_TITLE_ROWS = 20


def _find_layout(
    path: Path, label: str, given: str, *, known: Collection[str], option: str
) -> _Layout:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(given, given)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            announced = _SEPARATOR_LINE.fullmatch(file.readline(100))
        above = 1 if announced else 0
        delimiter = delimiter or (announced.group(1) if announced else "")
        samples = {
            each: _read_sample(path, each, above)
            for each in ((delimiter,) if delimiter else DELIMITERS)
        }
    except UnicodeDecodeError as error:
        raise InputError.single(
            "encoding-wrong", f"this is not UTF-8: {error}", Location(label)
        ) from error
    if not any(samples.values()):
        raise InputError.single("file-empty", "the file is empty", Location(label))
    tables = {each: rows[_count_title_rows(rows, known) :] for each, rows in samples.items()}
    chosen = delimiter or _detect_delimiter(
        {each: [cells for _, cells in rows] for each, rows in tables.items()}, label, option
    )
    if not tables[chosen]:
        raise InputError.single(
            "csv-broken",
            "a quote in the header is opened and never closed",
            Location(label, above + 1),
            hint="correct the first line: a quote inside of a quoted name is written twice",
        )
    skipped, header = tables[chosen][0]
    titles = len(samples[chosen]) - len(tables[chosen])
    return _Layout(tuple(header), chosen, skipped, titles)


def _read_sample(path: Path, delimiter: str, above: int) -> _Sample:
    rows: _Sample = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(above):
            file.readline()
        try:
            reader = _csv_reader(file, delimiter)
            begins = 0
            for row in reader:
                if row:
                    rows.append((begins + above, row))
                begins = reader.line_num
                if len(rows) == _SAMPLE_ROWS:
                    break
        except csv.Error:
            pass  # broken for this separator: what came before tells, and the engine says where
    return rows


def _count_title_rows(rows: _Sample, known: Collection[str]) -> int:
    """Return how many records above the header are titles: narrow, and without a known name."""
    if not rows:
        return 0
    width = Counter(len(cells) for _, cells in rows).most_common(1)[0][0]
    for at, (_, cells) in enumerate(rows[: _MAX_TITLE_ROWS + 1]):
        filled = sum(bool(cell.strip()) for cell in cells)
        if names_an_order(cells) or any(cell.strip() in known for cell in cells):
            return at if at and filled >= 2 else 0
        if filled >= width:
            return 0
    return 0


def _copy_without_first_lines(path: Path, folder: Path, count: int) -> Path:
    copy = folder / f"text-{len(list(folder.iterdir()))}.csv"
    with (
        path.open(encoding="utf-8-sig", newline="") as file,
        copy.open("w", encoding="utf-8", newline="") as out,
    ):
        for _ in range(count):
            file.readline()
        shutil.copyfileobj(file, out)
    return copy


def _detect_delimiter(samples: Mapping[str, Sequence[list[str]]], label: str, option: str) -> str:
    """Return the separator of the header; of two that fit, the one of lines of the same width."""
    fitting = [each for each, rows in samples.items() if rows and len(rows[0]) > 1]
    if not fitting:
        return ","  # one column
    even = [each for each in fitting if len({len(row) for row in samples[each]}) == 1]
    candidates = even or fitting
    if len(candidates) > 1:
        both = " or ".join(DELIMITER_NAMES[each] for each in candidates)
        raise InputError.single(
            "delimiter-ambiguous",
            f"what separates the cells, {both}?",
            Location(label, 1),
            hint=f"name it: {option}delimiter",
        )
    return candidates[0]


def _unique_column_names(
    header: Sequence[str],
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Name every column, and none of them twice; DuckDB's names know no case.

    Returns also the names that several columns have, each with their unique names.
    """
    seen: set[str] = set()
    names: list[str] = []
    repeated: dict[str, tuple[str, ...]] = {}
    for number, cell in enumerate(header, 1):
        name = base = cell.strip() or f"column_{number}"
        count = 1
        while name.lower() in seen:
            count += 1
            name = f"{base}_{count}"
        seen.add(name.lower())
        names.append(name)
        if count > 1:
            first = next(each for each in names if each.lower() == base.lower())
            repeated[first] = (*repeated.get(first, (first,)), name)
    return tuple(names), repeated
