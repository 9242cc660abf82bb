"""Hides secrets and card numbers in everything that is shown or kept.

A secret is hidden as it is, and URL-encoded, HTML-escaped, JSON-escaped or in base64. A common
text (fewer than six characters, or a plain lower-case word) is hidden only where it stands alone:
``123`` in "CVC 123", not in "123.50"; ``total`` in ``lang=total``, not in ``total_price``. A
secret of one or two characters is not hidden: that would damage prices and ids and protect
nothing.

In a result, this tool's own words are kept: names of rules and fields, and the explanations of
rules. In its sentences a common text is hidden only inside of quotes and addresses, which quote
the page. Any other secret is hidden everywhere in them.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, unquote

from validator.core.capture import (
    Breakdown,
    CapturedTag,
    ConnectifRequest,
    Evidence,
    Highlight,
    Navigation,
    PaymentCaseRun,
    PaymentVisit,
    StepTiming,
)
from validator.core.cards import CARD_NUMBER, TEST_CARDS, passes_luhn_check
from validator.core.finding import Finding
from validator.core.result import DroppedItem, FieldReading, NotEvaluated, ShadowedField, TagReading

_T = TypeVar("_T")

_OWN_WORD_FIELDS: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        Finding: frozenset({"rule", "pointer", "why", "hint"}),
        NotEvaluated: frozenset({"rule"}),
        FieldReading: frozenset({"pointer"}),
        ShadowedField: frozenset({"pointer", "inside"}),
        DroppedItem: frozenset({"pointer"}),
        CapturedTag: frozenset({"name"}),
        PaymentVisit: frozenset({"returned", "outcome", "place"}),
        Navigation: frozenset({"method", "cause", "place", "failure"}),
        PaymentCaseRun: frozenset({"kind", "name", "order_from"}),
        StepTiming: frozenset({"outcome"}),
        Evidence: frozenset({"kind"}),
        Highlight: frozenset({"css"}),
        ConnectifRequest: frozenset({"kind", "method", "failure"}),
    }
)
"""Fields that hold only words of this tool."""
_OWN_SENTENCE_FIELDS: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        Finding: frozenset({"message"}),
        NotEvaluated: frozenset({"because"}),
        TagReading: frozenset({"lost_because"}),
        DroppedItem: frozenset({"because"}),
        Breakdown: frozenset({"message", "hint"}),
        PaymentCaseRun: frozenset({"happened"}),
    }
)
"""Fields that hold sentences of this tool, which quote the page."""
_QUOTED_OR_URL = re.compile(r'"[^"]*"|\S+://\S+')

HIDDEN_SECRET = "[secret]"  # noqa: S105 - the replacement of a secret
HIDDEN_CARD = "[card number]"


class Redactor:
    """Hides the given secrets, and whatever looks like a real card number."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = set(secrets)
        self._all = _compile_alternatives(known)
        self._certain = _compile_alternatives(
            {secret for secret in known if not _is_common_text(secret)}
        )

    def text(self, text: str) -> str:
        """Return the text with secrets and card numbers replaced."""
        return CARD_NUMBER.sub(_hide_card, self._all.sub(HIDDEN_SECRET, text))

    def apply(self, value: _T) -> _T:
        """Return a value with all its texts redacted, in dataclasses and collections too."""
        return self._walk(value)  # type: ignore[no-any-return]  # the same type comes back

    def _walk(self, value: Any, *, has_our_keys: bool = False) -> Any:
        # Exactly str: members of a StrEnum are words of this tool.
        if type(value) is str:
            return self.text(value)
        if isinstance(value, list | tuple | set | frozenset):
            return type(value)(self._walk(item, has_our_keys=has_our_keys) for item in value)
        if isinstance(value, Mapping):
            walk = partial(self._walk, has_our_keys=has_our_keys)
            mapping = {
                key if has_our_keys else self._walk(key): walk(each) for key, each in value.items()
            }
            return MappingProxyType(mapping) if isinstance(value, MappingProxyType) else mapping
        if is_dataclass(value) and not isinstance(value, type):
            return self._walk_fields(value, has_our_keys or isinstance(value, TagReading))
        return value

    def _walk_fields(self, value: Any, has_our_keys: bool) -> Any:
        ours = _OWN_WORD_FIELDS.get(type(value), frozenset())
        sentences = _OWN_SENTENCE_FIELDS.get(type(value), frozenset())
        redacted = {
            name: self._sentence(getattr(value, name))
            if name in sentences
            else self._walk(getattr(value, name), has_our_keys=has_our_keys)
            for name in (field.name for field in fields(value) if field.init and field.compare)
            if name not in ours
        }
        # What does not count in comparisons is derived, such as the tree a tag was read in.
        derived = {field.name: None for field in fields(value) if not field.compare}
        return replace(value, **redacted, **derived)

    def _sentence(self, text: str) -> str:
        text = CARD_NUMBER.sub(_hide_card, self._certain.sub(HIDDEN_SECRET, text))
        return _QUOTED_OR_URL.sub(lambda quoted: self._all.sub(HIDDEN_SECRET, quoted[0]), text)


def find_card_numbers(text: str) -> list[str]:
    """Return what looks like a real card number in a text, without published test cards."""
    return [found[0] for found in CARD_NUMBER.finditer(text) if _hide_card(found) == HIDDEN_CARD]


def _compile_alternatives(secrets: Iterable[str]) -> re.Pattern[str]:
    patterns = {pattern for secret in secrets for pattern in _secret_patterns(secret)}
    # Longest first: a secret that contains another one is hidden as a whole.
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)) or r"(?!)")


def _is_common_text(secret: str) -> bool:
    """Tell whether any text may contain this by chance."""
    return len(secret) < 6 or bool(re.fullmatch(r"[a-z]{6,12}", secret))


_STANDALONE = r"(?:(?<![\w-])(?<!\d[.,])|(?<=%[0-9A-Fa-f]{{2}})|(?<=\\[nrt])){}(?![\w-]|[.,]\d)"
"""A separate word, also where URL or JSON encoding puts a letter before it."""


def _secret_patterns(secret: str) -> Iterator[str]:
    """Yield patterns for the forms in which a secret may occur."""
    if len(secret) < 3:
        return
    is_chance = _is_common_text(secret)
    for form in {secret, *_encoded_forms(secret)}:
        # Its base64 form is never a common text.
        is_plain = is_chance and len(form) < 8 + len(secret) and secret in (form, unquote(form))
        yield _STANDALONE.format(re.escape(form)) if is_plain else re.escape(form)
    digits = re.sub(r"[ -]", "", secret)
    # A page may group a card's or an account's digits in another way than the secret does.
    if len(digits) >= 8 and digits.isascii() and digits.isdigit():
        yield r"[ -]?".join(digits)


def _encoded_forms(secret: str) -> Iterator[str]:
    for url in (
        quote(secret),
        quote(secret, safe=""),
        quote(secret, safe="!'()*"),
        quote_plus(secret),
        # Characters that browsers do not encode in queries and paths: https://url.spec.whatwg.org/
        quote(secret, safe="!$%&()*+,-./:;=?@[\\]^_`{|}~"),
        quote(secret, safe="!$%&'()*+,-./:;=?@[\\]^_`{|}~"),
        quote(secret, safe="!$%&'()*+,-./:;=@[\\]_|~"),
        quote(secret, safe="!$%&'()*+,-./:;=@[\\]^_|~"),
    ):
        yield url
        yield re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), url)
    for escaped in (html.escape(secret), html.escape(secret, quote=False)):
        yield escaped
        yield escaped.replace("&#x27;", "&#39;")
        yield escaped.replace("&#x27;", "'")
        yield escaped.replace('"', "&quot;")
    for escaped in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        yield escaped
        yield json.dumps(escaped, ensure_ascii=False)[1:-1]  # JSON as a text in JSON
    yield from _base64_forms(secret.encode())


def _base64_forms(secret: bytes) -> Iterator[str]:
    """Yield the secret in base64, alone and after one or two other bytes.

    Characters that also encode bits of the neighbours are left off.
    """
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(secret).decode()
        for before in range(3):
            start, end = -(-before * 8 // 6), (before + len(secret)) * 8 // 6
            core = encode(bytes(before) + secret).decode()[start:end]
            # A shorter one may occur in any text.
            if len(core) >= 8:
                yield core


def _hide_card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    is_known = digits in TEST_CARDS or not passes_luhn_check(digits)
    return match[0] if is_known else HIDDEN_CARD
