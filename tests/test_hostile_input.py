"""Whatever a file, a page or a storage state holds: a value or a documented error, never another.

The readers of YAML and JSON are tried in ``tests/contract/test_readers.py``.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.browser.capture.snapshot import PageUnreadable, decode_snapshot
from validator.core.document import Json
from validator.core.errors import InputError
from validator.core.redaction import Redactor
from validator.html.encoding import decode_file
from validator.page.static_capture import capture_html
from validator.reconcile.databases import open_database
from validator.reconcile.duckdb_engine import Engine
from validator.reconcile.model import SourceOptions
from validator.report.json_reader import parse_report
from validator.scenario.settings.storage_states import describe_unusable_state, read_state_secrets
from validator.tables.csv_files import open_delimited

PIECES = (
    *("<", ">", "</", "div", "span", ' class="cn_purchase"', ' class="total_price"', "<!--", "-->"),
    *("<script>", "</script>", "<template>", "<svg>", "<table>", "&#x1f;", "&amp", "\0", "\ud800"),
    *("é", "\u202e", "<meta charset=utf-16>", "<![CDATA[", "<iframe srcdoc='", "'", '"', " ", "\n"),
)
HTML = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60).map("".join)
CSV = st.lists(
    st.sampled_from(
        ["id", "total", ",", ";", "\t", '"', "\n", "\r\n", "\0", "1.234,56", "é", "=1"]
    ),
    max_size=60,
).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
many = settings(deadline=None, max_examples=150)  # times vary on a busy machine


@many
@given(HTML)
def test_any_text_is_a_page(html: str) -> None:
    capture_html(html, "page", ("cn_purchase", "cn_cart"))


@many
@given(st.binary(max_size=200) | HTML.map(lambda html: html.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_page(content: bytes) -> None:
    capture_html(decode_file(content), "page")


@many
@given(
    st.binary(max_size=200)
    | st.tuples(CSV, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])).map(
        lambda each: each[0].encode(each[1])
    )
)
def test_any_bytes_are_a_table_or_an_input_error(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.csv"
        file.write_bytes(content)
        with suppress(InputError):
            open_delimited(file, "orders.csv", Path(folder), option="--orders-")


@many
@given(st.text(max_size=60) | JSON.map(json.dumps) | JSON)
def test_any_answer_of_a_page_is_a_snapshot_or_unreadable(answer: object) -> None:
    with suppress(PageUnreadable):
        decode_snapshot(answer)


@many
@given(st.binary(max_size=100) | JSON.map(lambda data: json.dumps(data).encode()))
def test_any_bytes_are_a_report_or_an_input_error(source: bytes) -> None:
    with suppress(InputError):
        parse_report(source, "report.json")


@many
@given(JSON, JSON, JSON)
def test_any_storage_state_is_read_or_refused(cookies: Json, storage: Json, more: Json) -> None:
    origins = [{"localStorage": storage, "indexedDB": more}, {"localStorage": [{"value": more}]}]
    state = {"cookies": [{"name": cookies, "value": storage}, cookies], "origins": origins}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        for written in (state, cookies, {"cookies": cookies, "origins": more}):
            file.write_text(json.dumps(written))
            if not describe_unusable_state(file):
                list(read_state_secrets(file))


@many
@given(st.lists(st.text(max_size=12), max_size=3), st.text(max_size=60))
def test_any_secret_is_hidden_in_any_text(secrets: list[str], text: str) -> None:
    shown = Redactor(secrets).text(f"{text} {' '.join(secrets)}")
    long = [each for each in secrets if len(each) >= 6 and each.isalnum() and not each.islower()]
    assert not [each for each in long if each in shown and each not in "[secret] [card number]"]


@settings(deadline=None, max_examples=40)
@given(
    query=st.text(max_size=40) | st.sampled_from(["SELECT 1; DROP TABLE a", "PRAGMA user_version"])
)
def test_any_query_is_answered_or_an_input_error(query: str) -> None:
    with tempfile.TemporaryDirectory() as folder, Engine() as engine:
        with closing(sqlite3.connect(f"{folder}/shop.db")) as connection, connection:
            connection.execute("CREATE TABLE a (id text)")
        with suppress(InputError):
            open_database(engine, f"sqlite:///{folder}/shop.db", SourceOptions(query=query))


def test_a_quote_in_the_header_that_is_never_closed_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(',"')
    with pytest.raises(InputError, match=r"orders\.csv:1: a quote in the header is opened"):
        open_delimited(tmp_path / "orders.csv", "orders.csv", tmp_path)


@pytest.mark.parametrize("secret", ["\ud800\udfff and more", "(" * 400, "\\" * 10])
def test_a_secret_of_any_characters_is_hidden(secret: str) -> None:
    assert Redactor([secret]).text(f"a {secret} b") == "a [secret] b"
