"""What must not be seen is not seen; what looks like it is left alone."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Document, Json, Location
from validator.core.finding import Finding, Severity
from validator.core.redaction import Redactor
from validator.core.result import FieldReading, Result, ShadowedField, TagReading

HIDDEN = "[secret]"
AWKWARD = "p@ss \"w'ö<r>d&/+é"


@pytest.mark.parametrize(
    "form",
    [
        AWKWARD,
        quote(AWKWARD),
        quote(AWKWARD, safe=""),
        quote(AWKWARD, safe="!'()*"),
        quote_plus(AWKWARD),
        quote_plus(AWKWARD).replace("%C3", "%c3").replace("%A9", "%a9").lower(),
        html.escape(AWKWARD),
        html.escape(AWKWARD, quote=False),
        html.escape(AWKWARD, quote=False).replace('"', "&quot;"),
        html.escape(AWKWARD).replace("&#x27;", "&#39;"),
        json.dumps(AWKWARD)[1:-1],
        json.dumps(AWKWARD, ensure_ascii=False)[1:-1],
        base64.b64encode(AWKWARD.encode()).decode(),
        base64.urlsafe_b64encode(AWKWARD.encode()).decode(),
    ],
)
def test_a_secret_is_hidden_in_each_of_its_forms(form: str) -> None:
    assert Redactor([AWKWARD]).text(f"before {form} after") == "before [secret] after"


@pytest.mark.parametrize("secret", ["Correct horse", "Pässwörd€", "a+b/c=d&e<f"])
@pytest.mark.parametrize(
    "encode",
    [
        str.upper,
        str.lower,
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
        lambda text: "".join(f"&#{ord(each)};" for each in text),
        lambda text: "".join(f"&#x{ord(each):04X};" for each in text),
        lambda text: html.escape(html.escape(text)),
        lambda text: text.replace("ö", "&ouml;").replace("&", "&amp;").replace("+", "&plus;"),
        lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
        lambda text: json.dumps(json.dumps(json.dumps(text)))[7:-7],
        lambda text: text.encode("utf-16-le").decode("latin-1"),
        lambda text: text.encode("utf-16-be").decode("latin-1"),
        lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
        lambda text: text.encode().hex(),
        lambda text: text.encode().decode("latin-1"),
        lambda text: text[:3] + quote(text[3:6], safe="") + html.escape(text[6:]),
    ],
    ids=[
        "upper case",
        "lower case",
        "percent twice",
        "percent of each byte",
        "decimal entities",
        "hexadecimal entities",
        "HTML twice",
        "named entities",
        "escapes of JSON",
        "JSON in JSON in JSON",
        "UTF-16",
        "UTF-16 big end first",
        "UTF-16 in base64",
        "hexadecimal bytes",
        "bytes of a file",
        "encoded in part",
    ],
)
def test_a_secret_is_hidden_however_a_page_encodes_it(
    secret: str, encode: Callable[[str], str]
) -> None:
    shown = Redactor([secret]).text(f"before {encode(secret)} after")
    # Padding of UTF-16 and base64 says nothing.
    assert re.fullmatch(r"before \0?\[secret\][\0=]* after", shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("wrong password Sup3r-s3cr", "wrong password [secret]"),
        (
            "wrong password Sup3r-s3cr… (900 characters)",
            "wrong password [secret]… (900 characters)",
        ),
        ("…r-s3cret! is wrong", "…[secret] is wrong"),
        ("is Sup3r", "is Sup3r"),  # as long as what any text may end with
    ],
)
def test_a_part_of_a_secret_is_hidden_where_a_text_was_cut(text: str, shown: str) -> None:
    assert Redactor(["Sup3r-s3cret!"]).text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at http://user:Pa55@proxy.test:9/x", "at http://user:[secret]@proxy.test:9/x"),
        ('"https://:a:b@c@host"', '"https://:[secret]@host"'),
        ("http://user@host:80/a:b@c", "http://user@host:80/a:b@c"),
        ("http://host:80/a@2x.png", "http://host:80/a@2x.png"),
    ],
)
def test_the_password_in_an_address_is_hidden(text: str, shown: str) -> None:
    assert Redactor([]).text(text) == shown


def test_a_number_that_is_a_secret_is_hidden_in_data_and_a_price_is_not() -> None:
    document = Document("page", {"a": [40001234, 40001234.0, 123, 12.5, True]})
    hidden = Redactor(["40001234", "123"]).apply(document)
    assert hidden.data == {"a": [HIDDEN, HIDDEN, 123, 12.5, True]}


def test_a_common_word_is_hidden_in_the_message_of_a_breakdown() -> None:
    broken = Breakdown(Reason.STEP_FAILED, "evaluate: Error: wrong password correcthorse", hint="")
    assert Redactor(["correcthorse"]).apply(broken).message == (
        "evaluate: Error: wrong password [secret]"
    )


def test_a_common_word_is_hidden_in_a_quoted_text_that_holds_quotation_marks() -> None:
    finding = Finding("id", Severity.ERROR, 'the total is "" total"', hint='total, not "" total"')
    hidden = Redactor(["total"]).apply(finding)
    assert hidden.message == 'the total is "" [secret]"'
    assert hidden.hint == 'total, not "" [secret]"'


@settings(deadline=None)  # times vary on a busy machine
@given(st.binary(max_size=7), st.binary(max_size=7))
def test_a_secret_inside_longer_base64_is_hidden(before: bytes, after: bytes) -> None:
    text = base64.b64encode(before + b"correct horse" + after).decode()
    assert "[secret]" in Redactor(["correct horse"]).text(text)


def test_a_secret_that_holds_another_is_hidden_whole() -> None:
    assert Redactor(["word", "password"]).text("password word") == "[secret] [secret]"


def test_digits_are_hidden_however_they_are_grouped() -> None:
    redactor = Redactor(["4000-0000-0000-1000"])
    assert redactor.text("4000000000001000, 4000 0000 0000 1000") == "[secret], [secret]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CVC 123.", "CVC [secret]."),
        ("123", "[secret]"),
        ("123.50", "123.50"),
        ("1,123", "1,123"),
        ("order 51234", "order 51234"),
        ("a123", "a123"),
    ],
)
def test_a_secret_of_three_characters_is_hidden_where_it_stands_alone(
    text: str, shown: str
) -> None:
    assert Redactor(["123"]).text(text) == shown


def test_secrets_too_short_to_protect_anything_are_left_alone() -> None:
    assert Redactor(["", "1", "12"]).text("1 of 12 at 12.00") == "1 of 12 at 12.00"


@pytest.mark.parametrize(
    "card",
    [
        "4539578763621486",
        "4539 5787 6362 1486",
        "4539-5787-6362-1486",
        "5425233430109903",
        "2720990000000015",
        "374245455400126",
        "3742 454554 00126",
        "6011000991300009",
        "3528000700000000",
    ],
)
def test_a_number_of_a_card_is_hidden(card: str) -> None:
    assert Redactor([]).text(f'pan="{card}".') == 'pan="[card number]".'


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "4111111111111111",
        "4548 8120 4940 0004",
        "4539578763621487",  # no check digit
        "8412345678905",  # EAN-13
        "4006381333931",  # EAN-13 that begins like a Visa
        "4222222222222",  # thirteen digits
        "1732370341486000",  # a time in microseconds
        "ORD4539578763621486",
        "4539578763621486.50",
        "0.4539578763621486",
        "45395787636214861234567",
        "2024-4539578763621486",
    ],
)
def test_what_is_no_real_card_is_left_alone(text: str) -> None:
    assert Redactor([]).text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("lang=total; x", "lang=[secret]; x"),
        ("/a?b=total&c=%20total", "/a?b=[secret]&c=%20[secret]"),
        (r"a\ntotal", r"a\n[secret]"),
        ('<b class="total_price">total</b>', '<b class="total_price">[secret]</b>'),
        ("total-quantity-mismatch, subtotal", "total-quantity-mismatch, subtotal"),
    ],
)
def test_a_secret_that_is_a_common_word_is_hidden_where_it_stands_alone(
    text: str, shown: str
) -> None:
    assert Redactor(["total"]).text(text) == shown


def test_our_own_words_are_never_hidden() -> None:
    finding = Finding(
        rule="total-quantity-mismatch",
        severity=Severity.WARNING,
        message='the total is "total", at http://a/?total of hunter42',
        pointer="/total",
        actual="total",
        why="A total counts.",
        hint="Count the total.",
    )
    reading = TagReading(
        Document("page", {"total": "total"}),
        (FieldReading("/total", "total", "total", differs=False),),
        {"purchase": {"total": "total"}},
        'total "total" is negative',
        (ShadowedField("/total", "total", Location("page"), inside="total"),),
    )
    result = Result("page", Capture("page", False, ()), (finding,), (reading,))
    hidden = Redactor(["total", "hunter42"]).apply(result)
    assert hidden.findings[0] == replace(
        finding, message='the total is "[secret]", at http://a/?[secret] of [secret]', actual=HIDDEN
    )
    assert hidden.readings[0] == TagReading(
        Document("page", {"total": HIDDEN}),
        (FieldReading("/total", HIDDEN, HIDDEN, differs=False),),
        {"purchase": {"total": HIDDEN}},
        'total "[secret]" is negative',
        (ShadowedField("/total", HIDDEN, Location("page"), inside="total"),),
    )


class Word(StrEnum):
    HIDDEN = "hide-me"


@dataclass(frozen=True, slots=True)
class Thing:
    text: str
    word: Word
    number: int
    inner: tuple[Thing, ...] = ()
    mapping: MappingProxyType[str, Json] = field(default_factory=lambda: MappingProxyType({}))


def test_every_text_in_a_value_is_redacted_and_nothing_else() -> None:
    thing = Thing("a hide-me", Word.HIDDEN, 5, (Thing("hide-me", Word.HIDDEN, 6),))
    redacted = Redactor(["hide-me"]).apply(thing)
    assert redacted == Thing("a [secret]", Word.HIDDEN, 5, (Thing("[secret]", Word.HIDDEN, 6),))


def test_mappings_and_lists_keep_their_types() -> None:
    mapping: MappingProxyType[str, Json] = MappingProxyType({"hide-me": ["hide-me", {"a": None}]})
    redacted = Redactor(["hide-me"]).apply(Thing("", Word.HIDDEN, 5, (), mapping)).mapping
    assert isinstance(redacted, MappingProxyType)
    assert redacted == {"[secret]": ["[secret]", {"a": None}]}


def test_a_document_is_redacted_with_its_text_and_places() -> None:
    document = Document("file", {"a": "hide-me"}, text="a: hide-me")
    redacted = Redactor(["hide-me"]).apply(document)
    assert redacted.data == {"a": "[secret]"}
    assert redacted.text == "a: [secret]"
    assert redacted.locate("/a") == Location("file")


WORDS = st.text("ab &<é%+", min_size=6, max_size=8).filter(
    lambda word: not word.isascii() or not word.isalpha()
)


@settings(deadline=None)  # times vary on a busy machine
@given(st.lists(WORDS, max_size=3), st.text("ab &", max_size=5))
def test_no_secret_survives(secrets: list[str], between: str) -> None:
    shown = Redactor(secrets).text(between.join(secrets))
    assert not [secret for secret in secrets if secret in shown]


@pytest.mark.parametrize(
    "shown",
    ["a$b%20%C3%A9|c^d(e)9", "a$b%20%C3%A9|c%5Ed(e)9", "a%24b%20%C3%A9%7Cc%5Ed%28e%299"],
    ids=["query", "path", "form"],
)
def test_a_secret_in_an_address_is_hidden_as_browsers_write_it(shown: str) -> None:
    redactor = Redactor(["a$b é|c^d(e)9"])
    assert redactor.text(f"http://shop.test/?pw={shown}&x=1") == (
        "http://shop.test/?pw=[secret]&x=1"
    )
