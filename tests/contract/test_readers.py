"""YAML and JSON text → Document, or InputError, and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from validator.contract.readers import MAX_BYTES, read_file, read_json, read_yaml
from validator.core.document import Document, Json, Location, json_pointer
from validator.core.errors import InputError

Read = Callable[[bytes | str, str], Document]
READERS = pytest.mark.parametrize("read", [read_yaml, read_json])

SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


def pointers(data: Json, at: str = "") -> Iterator[str]:
    yield at
    if isinstance(data, dict):
        for name, value in data.items():
            yield from pointers(value, at + json_pointer(name))
    if isinstance(data, list):
        for index, value in enumerate(data):
            yield from pointers(value, at + json_pointer(index))


def every_place_is_known(document: Document) -> None:
    for at in pointers(document.data):
        place = document.source_map.locations[at]
        assert place.line is not None
        # YAML knows more line breaks than \n.
        assert 1 <= place.line <= len(document.text.splitlines()) + 1
        assert document.locate(at + "/missing") == place


def refusal(read: Read, source: bytes | str) -> InputError:
    with pytest.raises(InputError) as refused:
        read(source, "file")
    return refused.value


@settings(deadline=None)  # times vary on a busy machine
@given(VALUES)
def test_every_value_of_json_has_a_place(data: Json) -> None:
    document = read_json(json.dumps(data, indent=1), "file")
    assert document.data == data
    every_place_is_known(document)


@settings(deadline=None)  # times vary on a busy machine
@given(VALUES)
def test_every_value_of_yaml_has_a_place(data: Json) -> None:
    every_place_is_known(read_yaml(yaml.safe_dump(data, allow_unicode=True), "file"))


def outcome(read: Read, source: bytes | str) -> Document | InputError:
    try:
        return read(source, "file")
    except InputError as error:
        return error


@READERS
@settings(deadline=None)  # times vary on a busy machine
@given(source=st.binary(max_size=200))
@example(source=b"\xef\xbb\xbf")
@example(source=b"\xef\xbb\xbfa: \xff")
def test_any_bytes_give_a_document_or_an_input_error(read: Read, source: bytes) -> None:
    read_or_refused = outcome(read, source)
    if isinstance(read_or_refused, InputError):
        assert all(finding.location for finding in read_or_refused.findings)
    else:
        every_place_is_known(read_or_refused)


@READERS
@settings(deadline=None)  # times vary on a busy machine
@given(source=st.text(alphabet="ab01:-?!&*#|>%@`'\"[]{},.~ \t\n\\eux\x00\x85\u2028é", max_size=60))
def test_any_text_gives_a_document_or_an_input_error(read: Read, source: str) -> None:
    read_or_refused = outcome(read, source)
    assert isinstance(read_or_refused, Document) or read_or_refused.findings


def test_a_value_and_its_key_have_places_of_their_own() -> None:
    document = read_yaml("steps:\n  - click: '#a'\n", "file")
    assert document.locate("/steps/0/click") == Location("file", 2, 12)
    assert document.locate_key("/steps/0/click") == Location("file", 2, 5)


def test_json_has_the_places_of_values_and_keys() -> None:
    document = read_json('{"a/b": [1,\n  {"c": "d"}]}', "file")
    assert document.data == {"a/b": [1, {"c": "d"}]}
    assert document.locate("/a~1b/1/c") == Location("file", 2, 9)
    assert document.locate_key("/a~1b/1/c") == Location("file", 2, 4)


def test_what_an_alias_stands_for_is_where_its_anchor_is() -> None:
    document = read_yaml("a: &one [x]\nb: *one\n", "file")
    assert document.data == {"a": ["x"], "b": ["x"]}
    assert document.locate("/b/0") == Location("file", 1, 10)


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("2", 2),
        ("-2", -2),
        ("0", 0),
        ("12.50", 12.5),
        ("true", True),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("0123", "0123"),
        ("-0", "-0"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("2024-09-13T10:49:31Z", "2024-09-13T10:49:31Z"),
        ("+34600000000", "+34600000000"),
    ],
)
def test_an_unquoted_scalar_that_may_not_be_text_keeps_its_source(written: str, data: Json) -> None:
    document = read_yaml(f"a: {written}\nb: '{written}'\n", "file")
    assert document.data == {"a": data, "b": written}
    assert document.source_map.plain == {"/a": written}


@pytest.mark.parametrize(
    "written",
    ["text", "1.2.3.4x", "12 units", "10:00 to 12:00", "nobody", "e3", "/0123", "5s", "v1.0"],
)
def test_what_only_begins_like_a_number_is_text(written: str) -> None:
    assert not read_yaml(f"a: {written}\n", "file").source_map.plain


@pytest.mark.parametrize(
    ("read", "source", "message"),
    [
        (read_yaml, "", "file:1:1: the file is empty"),
        (read_yaml, "# only a comment\n", "file:1:1: the file is empty"),
        (read_yaml, "a: 1\na: 2\n", 'file:2:1: duplicate key "a": it is already on line 1'),
        (read_json, '{"a": 1,\n "a": 2}', 'file:2:2: duplicate key "a": it is already on line 1'),
        (read_yaml, "a: !!str 1", "file:1:4: YAML tags are not allowed: tag:yaml.org,2002:str"),
        (read_yaml, "{[a]: 1}", "file:1:2: a key must be text"),
        (read_yaml, "a: *b", "file:1:4: YAML syntax: found undefined alias"),
        (read_yaml, "a: 1\n---\nb: 2\n", "file:2:1: a second document in one file"),
        (read_yaml, b"a: b\nc: \xff", "file:2:4: the file is not UTF-8: byte 0xFF"),
        (read_yaml, r'a: "/\d+"', r'file:1:6: "\d" is not an escape sequence of YAML'),
        (read_yaml, r'a: "x\\\d"', r'file:1:8: "\d" is not an escape sequence of YAML'),
        (read_yaml, 'a: "\n \t\\q"', r'file:2:3: "\q" is not an escape sequence of YAML'),
        (read_yaml, r'"\xfg": 1', r'file:1:2: "\xf" is not an escape sequence of YAML'),
        (read_yaml, r'a: "\uD800"', r'file:1:5: "\uD800" is not an escape sequence of YAML'),
        (read_yaml, 'a: "b\nc: 2', "file:1:4: a quote is never closed"),
        (read_json, '{"a": }', "file:1:7: JSON syntax: Expecting value"),
        (read_json, "[NaN]", "file:1:1: JSON cannot be read: NaN is not JSON"),
        (read_json, r'["\ud800"]', "file:1:2: half of a surrogate pair"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_at_its_place(
    read: Read, source: bytes | str, message: str
) -> None:
    assert str(refusal(read, source)) == message


def test_all_duplicate_keys_are_told() -> None:
    assert len(refusal(read_yaml, "a: 1\na: 2\nb: {c: 1, c: 2}\n").findings) == 2


@pytest.mark.parametrize("read", [read_yaml, read_json])
@pytest.mark.parametrize("source", ["[" * 60 + "]" * 60, "[" * 100_000], ids=["deep", "abyss"])
def test_a_deep_text_is_refused_and_exhausts_nothing(read: Read, source: str) -> None:
    assert "levels" in str(refusal(read, source)) or "JSON" in str(refusal(read, source))


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    assert "more than 50 levels" in str(refusal(read_yaml, "&a [*a]"))


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "more than 50,000 values" in str(refusal(read_yaml, "\n".join(lines)))


@READERS
def test_long_keys_of_many_values_are_refused(read: Read) -> None:
    source = json.dumps({"a": {"k" * 1_000: {"k" * 1_000: [0] * 30_000}}})
    assert "more than 50,000,000 characters of keys" in str(refusal(read, source))


@READERS
def test_the_time_grows_with_the_length_of_the_text(read: Read) -> None:
    """Quadratic time would make the factor 64."""
    short, long = (
        json.dumps({f"key{index}": "v" for index in range(count)}, indent=0)
        for count in (2_000, 16_000)
    )
    assert duration(read, long) < 30 * duration(read, short)


def duration(read: Read, source: str) -> float:
    """Return the least CPU seconds of three readings."""
    times = []
    for _ in range(3):
        start = time.process_time()
        read(source, "file")
        times.append(time.process_time() - start)
    return min(times)


@READERS
def test_a_file_that_is_too_long_is_refused(read: Read) -> None:
    assert "longer than" in str(refusal(read, b" " * (MAX_BYTES + 1)))


def test_a_file_is_read_by_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a":\t1}', encoding="utf-8")
    (tmp_path / "a.yaml").write_text("a: 1", encoding="utf-8")
    assert read_file(tmp_path / "a.json").data == read_file(tmp_path / "a.yaml").data


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file cannot be read: No such file"):
        read_file(tmp_path / "nowhere.yaml")
