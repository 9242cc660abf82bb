"""YAML and JSON text → Document, with the place of every value and of every key.

The text may come from strangers: the readers construct plain JSON data only and limit size,
depth and alias expansion. They raise InputError and nothing else.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import yaml

from validator.core.document import Document, Json, Location, SourceMap, json_pointer
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_VALUES = 50_000
"""Counted after aliases are expanded: a few lines of aliases can mean millions of values."""
MAX_POINTER_CHARS = 50_000_000
"""Of all JSON pointers of a document: a long key is part of the pointer of each value under it."""

# This loader resolves no types: this module interprets plain scalars, not YAML 1.1.
_YamlLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_INTEGER = re.compile(r"0|-?[1-9]\d{0,29}")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,15}")
_CONSTANTS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:[xuU][\da-fA-F]*|.)")
_AMBIGUOUS_SCALAR = re.compile(
    r"(?i:yes|no|on|off)"
    r"|[-+]?\d[\d_]*([.:]\d[\d_.]*)*(e[-+]?\d+)?"  # 0123 1_000 12:30 1e3
    r"|[-+]?0(x[\da-f_]+|o[0-7_]+|b[01_]+)"
    r"|[-+]?\.(\d[\d_]*(e[-+]?\d+)?|inf|nan)"
    r"|[-+]?\d+\.(e[-+]?\d+)?"
    r"|\d{4}-\d{1,2}-\d{1,2}([t\s].*)?",
    re.IGNORECASE,
)


def read_file(path: Path, label: str | None = None) -> Document:
    """Read a ``.json`` file as JSON and any other as YAML.

    Messages and results show ``label`` for the path; by default, it has slashes on every system.
    """
    label = label or path.as_posix()
    try:
        # One byte beyond the limit shows that the file is too long, also for a pipe.
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError.single(
            "file-unreadable",
            f"the file cannot be read: {error.strerror or error}",
            Location(label),
            "Check the path and its permissions.",
        ) from error
    return read_json(source, label) if path.suffix == ".json" else read_yaml(source, label)


def read_yaml(source: bytes | str, label: str) -> Document:
    """Read one YAML document.

    An unquoted scalar that YAML versions read differently (``no``, ``0123``, ``1e3``, dates)
    keeps its source text as its value and is listed in ``SourceMap.plain``.
    """
    text = _decode(source, label)
    reading = _YamlReader(label, text)
    try:
        reading.check_limits()
        node = yaml.compose(text, Loader=_YamlLoader)
    except yaml.YAMLError as error:
        _raise_yaml_syntax_error(reading, error)
    if node is None:
        place = Location(label, 1, 1)
        reading.refuse("yaml-syntax", "the file is empty", place, "Write the content.")
    data = reading.value(node, "", 0)
    return reading.document(data)


def read_json(source: bytes | str, label: str) -> Document:
    """Read one JSON document, strictly: no duplicate keys, no NaN."""
    text = _decode(source, label)
    reading = _JsonReader(label, text)
    try:
        json.loads(text, parse_constant=_reject_constant)
    except json.JSONDecodeError as error:
        place = Location(label, error.lineno, error.colno)
        reading.refuse("json-syntax", f"JSON syntax: {error.msg}", place, "Write valid JSON.")
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        place = Location(label, 1, 1)
        reading.refuse("json-syntax", f"JSON cannot be read: {reason}", place, "Simplify it.")
    data, _ = reading.value(reading.skip(0), "", 0)
    return reading.document(data)


def _decode(source: bytes | str, label: str) -> str:
    if len(source) > MAX_BYTES:
        raise InputError.single(
            "file-too-large",
            f"the file is longer than {MAX_BYTES:,} bytes",
            Location(label),
            "Split it, or check that it is the right file.",
        )
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source[: error.start].decode("utf-8-sig")
        raise InputError.single(
            "not-utf-8",
            f"the file is not UTF-8: byte 0x{source[error.start]:02X}",
            _SourceReader(label, before).locate(len(before)),
            "Save it as UTF-8.",
        ) from error


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class _SourceReader:
    """Collects the places and problems of one text while it is read."""

    def __init__(self, label: str, text: str) -> None:
        self.label = label
        self.text = text
        self.pointer_chars = 0
        self.locations: dict[str, Location] = {}
        self.keys: dict[str, Location] = {}
        self.plain: dict[str, str] = {}
        self.problems: list[Finding] = []

    @cached_property
    def line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def locate(self, offset: int) -> Location:
        line = bisect_right(self.line_starts, offset)
        return Location(self.label, line, offset - self.line_starts[line - 1] + 1)

    def finding(self, rule: str, message: str, place: Location, hint: str) -> Finding:
        snippet = Document(self.label, None, text=self.text).line(place.line)
        return Finding(rule, Severity.ERROR, message, location=place, hint=hint, snippet=snippet)

    def refuse(self, rule: str, message: str, place: Location, hint: str) -> NoReturn:
        raise InputError([self.finding(rule, message, place, hint)])

    def visit(self, at: str, place: Location, depth: int) -> None:
        """Record the place of a value. Raises InputError beyond one of the limits."""
        self.locations[at] = place
        self.pointer_chars += len(at)
        if depth > MAX_DEPTH:
            limit = f"{MAX_DEPTH} levels"
        elif len(self.locations) > MAX_VALUES:
            limit = f"{MAX_VALUES:,} values"
        elif self.pointer_chars > MAX_POINTER_CHARS:
            limit = f"{MAX_POINTER_CHARS:,} characters of keys, repeated for each value under them"
        else:
            return
        message = f"the file holds more than {limit}, its aliases expanded"
        self.refuse("file-too-complex", message, place, "Make it simpler.")

    def visit_key(self, at: str, place: Location) -> None:
        if first := self.keys.get(at):
            name = at.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            message = f'duplicate key "{name}": it is already on line {first.line}'
            self.problems.append(self.finding("duplicate-key", message, place, "Keep one."))
        self.keys[at] = place

    def document(self, data: Json) -> Document:
        if self.problems:
            raise InputError(self.problems)
        places = SourceMap(
            MappingProxyType(self.locations),
            MappingProxyType(self.keys),
            MappingProxyType(self.plain),
        )
        return Document(self.label, data, places, self.text)


class _YamlReader(_SourceReader):
    def place(self, mark: Any) -> Location:  # the C loader's marks have a type of their own
        return Location(self.label, mark.line + 1, mark.column + 1)

    def check_limits(self) -> None:
        """Check the events before composing: to compose a deep text would exhaust the stack."""
        depth = documents = 0
        for event in yaml.parse(self.text, Loader=_YamlLoader):
            place = self.place(event.start_mark)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            self.visit("", place, depth)
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                hint = 'Remove the "---" and the text after it, or move that text to another file.'
                self.refuse("yaml-syntax", "a second document in one file", place, hint)
            if tag := getattr(event, "tag", None):
                hint = "Remove the tag; quote the value where text is meant."
                self.refuse("yaml-tag", f"YAML tags are not allowed: {tag}", place, hint)

    def value(self, node: yaml.Node, at: str, depth: int) -> Json:
        self.visit(at, self.place(node.start_mark), depth)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, at, depth)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, at)
        items = enumerate(node.value)
        return [self.value(item, at + json_pointer(index), depth + 1) for index, item in items]

    def mapping(self, node: yaml.MappingNode, at: str, depth: int) -> Json:
        data: dict[str, Json] = {}
        for key, value in node.value:
            place = self.place(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                hint = "Write a word before the colon; quote text that contains { or [."
                self.refuse("yaml-syntax", "a key must be text", place, hint)
            child = at + json_pointer(key.value)
            self.visit_key(child, place)
            data[key.value] = self.value(value, child, depth + 1)
        return data

    def scalar(self, node: yaml.ScalarNode, at: str) -> Json:
        text: str = node.value
        if node.style:
            return text
        if text in _CONSTANTS:
            self.plain[at] = text
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
            self.plain[at] = text
            return float(text) if "." in text else int(text)
        if _AMBIGUOUS_SCALAR.fullmatch(text):
            self.plain[at] = text
        return text


def _raise_yaml_syntax_error(reading: _YamlReader, error: yaml.YAMLError) -> NoReturn:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        offset = getattr(error, "position", 0)
        reason = getattr(error, "reason", str(error))
        place = reading.locate(offset)
        reading.refuse("yaml-syntax", f"YAML syntax: {reason}", place, "Remove the character.")
    message, hint = f"YAML syntax: {error.problem}", "Check this line and the one above."
    place = reading.place(error.problem_mark)
    line = Document(reading.label, None, text=reading.text).line(place.line)
    if escape := _find_bad_escape(line, error):
        place = Location(place.source, place.line, escape.start() + 1)
        message = f'"{escape[0]}" is not an escape sequence of YAML'
        hint = "Put the text in single quotes, where a backslash is an ordinary character."
    elif line[: place.column].strip(" ").startswith("\t"):
        message, hint = "a tab indents this line", "Indent with spaces."
    elif error.context and "quoted scalar" in error.context:
        place = reading.place(error.context_mark)
        message, hint = "a quote is never closed", "Close it, or remove it."
    elif error.problem and error.problem.startswith("mapping values are not allowed"):
        message, hint = 'a second ": " in one line', "Quote text that contains a colon."
    elif error.problem and "nesting depth" in error.problem:
        message, hint = f"the file holds more than {MAX_DEPTH} levels", "Make it simpler."
    reading.refuse("yaml-syntax", message, place, hint)


def _find_bad_escape(line: str, error: yaml.MarkedYAMLError) -> re.Match[str] | None:
    r"""Return the invalid escape of a double-quoted text, such as ``\d`` or ``\u12``."""
    problem = error.problem or ""
    if not re.search("escape|hexa?decimal", problem) or error.problem_mark is None:
        return None
    # libyaml marks the backslash or the first digit, PyYAML the character after the backslash.
    start = line.rfind("\\", 0, error.problem_mark.column + 1)
    return _ESCAPE.match(line, start)


class _JsonReader(_SourceReader):
    """Walks a text that ``json.loads`` accepts and records the places that it does not report."""

    decoder = json.JSONDecoder()

    def skip(self, start: int) -> int:
        """Return the offset of the next token, after white space, commas and colons."""
        while self.text[start] in " \t\r\n,:":
            start += 1
        return start

    def value(self, start: int, at: str, depth: int) -> tuple[Json, int]:
        """Return the value that starts at an offset, and the offset of its end."""
        self.visit(at, self.locate(start), depth)
        if self.text[start] == "{":
            return self.object(start, at, depth)
        if self.text[start] == "[":
            return self.array(start, at, depth)
        return self.scalar(start)

    def scalar(self, start: int) -> tuple[Json, int]:
        value: Json
        value, end = self.decoder.raw_decode(self.text, start)
        if isinstance(value, str) and _SURROGATE.search(value):
            hint = "Write the character itself, or both halves of the pair."
            self.refuse("json-syntax", "half of a surrogate pair", self.locate(start), hint)
        return value, end

    def object(self, start: int, at: str, depth: int) -> tuple[Json, int]:
        data: dict[str, Json] = {}
        start = self.skip(start + 1)
        while self.text[start] != "}":
            key, end = self.scalar(start)
            child = at + json_pointer(str(key))
            self.visit_key(child, self.locate(start))
            data[str(key)], end = self.value(self.skip(end), child, depth + 1)
            start = self.skip(end)
        return data, start + 1

    def array(self, start: int, at: str, depth: int) -> tuple[Json, int]:
        data: list[Json] = []
        start = self.skip(start + 1)
        while self.text[start] != "]":
            item, end = self.value(start, at + json_pointer(len(data)), depth + 1)
            data.append(item)
            start = self.skip(end)
        return data, start + 1
