"""Hides secrets and card numbers in everything that is shown or kept.

A secret is hidden in upper and lower case, and with each of its characters in clear, or
percent-encoded (also twice), as an entity of HTML, as an escape of JSON, in UTF-16, in base64 or
as hexadecimal bytes. A common text (fewer than six characters, or a plain lower-case word) is
hidden only where it stands alone: ``123`` in "CVC 123", not in "123.50"; ``total`` in
``lang=total``, not in ``total_price``. A secret of one or two characters is not hidden: that would
damage prices and ids and protect nothing. The password in an address is hidden although nobody
said that it is a secret.

In a result, this tool's own words are kept: names of rules and fields, and the explanations of
rules. In the sentences about a tag a common text is hidden only in addresses and from the first
quotation mark to the last, where the page is quoted: a quoted text may hold quotation marks of its
own. Any other secret is hidden everywhere in them. The message of a breakdown has no such
exception: it repeats what the page, the browser and commands say.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from validator.core.capture import (
    CapturedTag,
    ConnectifRequest,
    Evidence,
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
        Finding: frozenset({"rule", "pointer", "why"}),
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
        ConnectifRequest: frozenset({"kind", "method", "failure"}),
    }
)
"""Fields that hold only words of this tool."""
_OWN_SENTENCE_FIELDS: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        Finding: frozenset({"message", "hint"}),
        NotEvaluated: frozenset({"because"}),
        TagReading: frozenset({"lost_because"}),
        DroppedItem: frozenset({"because"}),
        PaymentCaseRun: frozenset({"happened"}),
    }
)
"""Fields that hold sentences of this tool, which quote the page."""
_QUOTED_OR_URL = re.compile(r'".*"|\S+://\S+', re.DOTALL)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/?#@:\"<>]*:)[^\s/?#\"<>]+(?=@)")
_CLEAR_SETTING = re.compile(
    r"((?:password|passwd|secret|api[_-]?key|token|authorization|cookie)[\"']?\s*[:=]\s*)"
    r"(?![^,}]*(?:\$\{|\[secret\]))(?:\"[^\"]*\"|'[^']*'|[^\s\"'\[{#,}][^,}#]*)",
    re.IGNORECASE,
)

MIN_HIDDEN_CHARS = 3
MIN_CERTAIN_CHARS = 6
MAX_PATTERN_CHARS = 300
"""Of a longer secret, only whole encodings are found: a pattern of its characters is slow."""

HIDDEN_SECRET = "[secret]"  # noqa: S105 - the replacement of a secret
HIDDEN_CARD = "[card number]"


_known_secrets: set[str] = set()
"""The secrets of this process, of which a crash may show any."""


def redact_all_known(text: str) -> str:
    """Hide every secret that this process knows, of whatever scenario."""
    return Redactor(_known_secrets).text(text)


class Redactor:
    """Hides the given secrets, passwords in addresses, and what looks like a real card number.

    ``remembers`` makes the secrets known to ``redact_all_known``.
    """

    def __init__(self, secrets: Iterable[str], *, remembers: bool = True) -> None:
        known = frozenset(secrets)
        if remembers:
            _known_secrets.update(known)
        certain = frozenset(secret for secret in known if not is_common_text(secret))
        self._all = _compile_alternatives(known), _fixed_forms(known)
        self._beginnings = {each: each[:MIN_CERTAIN_CHARS] for each in certain}
        self._certain = _compile_alternatives(certain), _fixed_forms(certain)

    def text(self, text: str) -> str:
        """Return the text with what must not be seen replaced."""
        return self._hide_cut(hide_credentials(_hide(text, *self._all)))

    def apply(self, value: _T) -> _T:
        """Return a value with all its texts redacted, in dataclasses and collections too."""
        return self._walk(value)  # type: ignore[no-any-return]  # the same type comes back

    def _walk(self, value: Any, *, has_our_keys: bool = False, is_json: bool = False) -> Any:
        # Exactly str: members of a StrEnum are words of this tool.
        if type(value) is str:
            return self.text(value)
        if is_json and type(value) in (int, float):
            # The script reads digits as a number: only those of a certain secret are hidden.
            digits = f"{value:.0f}" if value == value // 1 else str(value)
            return HIDDEN_SECRET if _hide(digits, *self._certain) != digits else value
        if isinstance(value, list | tuple | set | frozenset):
            walk = partial(self._walk, has_our_keys=has_our_keys, is_json=is_json)
            return type(value)(map(walk, value))
        if isinstance(value, Mapping):
            walk = partial(self._walk, has_our_keys=has_our_keys, is_json=True)
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

    def _hide_cut(self, text: str) -> str:
        """Hide a part of a secret where a text was cut: at its end, and beside a "…"."""
        parts = text.split("…")
        for secret, beginning in self._beginnings.items():
            for index, part in enumerate(parts):
                at = part.rfind(beginning, -len(secret))
                if at >= 0 and secret.startswith(part[at:]):
                    parts[index] = part[:at] + HIDDEN_SECRET
            ending = secret[-MIN_CERTAIN_CHARS:]
            for index, part in enumerate(parts[1:], 1):
                at = part.find(ending, 0, len(secret)) + len(ending)
                if at >= len(ending) and secret.endswith(part[:at]):
                    parts[index] = HIDDEN_SECRET + part[at:]
        return "…".join(parts)

    def _sentence(self, text: str) -> str:
        text = self._hide_cut(hide_credentials(_hide(text, *self._certain)))
        return _QUOTED_OR_URL.sub(lambda quoted: _hide(quoted[0], *self._all), text)


def _hide(text: str, pattern: re.Pattern[str], forms: tuple[str, ...]) -> str:
    text = pattern.sub(HIDDEN_SECRET, text)
    for form in forms:
        text = text.replace(form, HIDDEN_SECRET)
    return text


def hide_credentials(text: str) -> str:
    """Return the text without passwords in addresses and without card numbers."""
    return CARD_NUMBER.sub(_hide_card, hide_url_passwords(text))


def hide_url_passwords(text: str) -> str:
    """Return the text without passwords in addresses, such as ``http://user:password@host``."""
    return _URL_PASSWORD.sub(rf"\1{HIDDEN_SECRET}", text)


def hide_in_input(finding: Finding) -> Finding:
    """Return a finding about the user's own files without what they hold in clear.

    Its source line is hidden where it sets a password or a key: an error in one key of a line
    must not show the other.
    """
    shown = Redactor(()).apply(finding)
    return replace(shown, snippet=_CLEAR_SETTING.sub(rf"\1{HIDDEN_SECRET}", shown.snippet))


def find_card_numbers(text: str) -> list[str]:
    """Return what looks like a real card number in a text, without published test cards."""
    return [found[0] for found in CARD_NUMBER.finditer(text) if _hide_card(found) == HIDDEN_CARD]


@lru_cache(maxsize=256)
def _compile_alternatives(secrets: frozenset[str]) -> re.Pattern[str]:
    # Longest first: a secret that contains another one is hidden as a whole.
    ordered = sorted(secrets, key=lambda secret: (len(secret), secret), reverse=True)
    patterns = dict.fromkeys(pattern for each in ordered for pattern in _secret_patterns(each))
    return re.compile("|".join(patterns) or r"(?!)")


@lru_cache(maxsize=256)
def _fixed_forms(secrets: frozenset[str]) -> tuple[str, ...]:
    """Return the encodings of whole secrets. They are looked up without a pattern: it is faster."""
    forms = {form for each in secrets for form in _whole_encodings(each)}
    return tuple(sorted(forms, key=lambda form: (len(form), form), reverse=True))


def is_common_text(secret: str) -> bool:
    """Tell whether any text may contain this by chance."""
    return len(secret) < MIN_CERTAIN_CHARS or bool(re.fullmatch(r"[a-z]{6,12}", secret))


_STANDALONE = r"(?:(?<![\w-])(?<!\d[.,])|(?<=%[0-9A-Fa-f]{{2}})|(?<=\\[nrt])){}(?![\w-]|[.,]\d)"
"""A separate word, also where URL or JSON encoding puts a letter before it."""


def _secret_patterns(secret: str) -> Iterator[str]:
    """Yield patterns for the forms in which a secret may occur."""
    if len(secret) < MIN_HIDDEN_CHARS:
        return
    if is_common_text(secret):
        for form in dict.fromkeys((secret, secret.upper())):
            yield _first_characters(form) + _STANDALONE.format(_encoded_pattern(form))
    else:
        yield f"{_first_characters(secret)}(?i:{_encoded_pattern(secret)})"
    digits = re.sub(r"[ -]", "", secret)
    # A page may group a card's or an account's digits in another way than the secret does.
    if len(digits) >= 8 and digits.isascii() and digits.isdigit():
        yield r"[ -]?".join(digits)


def _whole_encodings(secret: str) -> Iterator[str]:
    if len(secret) < MIN_HIDDEN_CHARS:
        return
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        encoded = secret.encode(encoding, "surrogatepass")
        yield from _base64_forms(encoded)
        if not secret.isascii():
            yield encoded.decode("latin-1")  # bytes of a file that is not text
        if not is_common_text(secret):
            yield from (encoded.hex(), encoded.hex().upper())


def _first_characters(secret: str) -> str:
    """Return a look-ahead for what a match begins with, so that most places are passed quickly."""
    first = {secret[0], secret[0].lower(), secret[0].upper(), *r"%&\+", "\r"}
    return f"(?=[{''.join(re.escape(each) for each in sorted(first) if len(each) == 1)}])"


def _encoded_pattern(secret: str) -> str:
    """Return a pattern in which each character is in clear or in any of its encodings.

    So it finds text that was encoded twice, or in part, too.
    """
    if len(secret) > MAX_PATTERN_CHARS:
        forms = (secret, quote(secret, safe=""), html.escape(secret), json.dumps(secret)[1:-1])
        return f"(?:{'|'.join(map(re.escape, dict.fromkeys(forms)))})"
    return _UTF16_PADDING.join(map(_character_pattern, secret))


_UTF16_PADDING = r"(?:\x00|\\+u0000)?"
"""The zero byte between the ASCII characters of UTF-16, and how JSON writes it."""


@lru_cache(maxsize=1024)
def _character_pattern(character: str) -> str:
    """Return a pattern of one character: as it is, and as URLs, HTML, JSON and scripts write it."""
    code = ord(character)
    literal, alternatives = re.escape(character), list(_ESCAPES.get(character, ()))
    if not character.isalnum():
        literal = rf"\\*{literal}"  # also escaped in a text that is a text in JSON, and so on
    escaped = character.encode("utf-8", "surrogatepass")
    alternatives.append("".join(rf"%(?:25)*(?i:{byte:02X})" for byte in escaped))
    if 0x7F < code <= 0xFF:
        alternatives.append(rf"%(?:25)*(?i:{code:02X})")  # a page in Latin 1
    names = "|".join(("", *_entity_names().get(character, ())))
    alternatives.append(rf"&(?:amp;)*(?:#0*{code}|#(?i:x0*{code:X}){names});?")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    pairs = [units[at : at + 4] for at in range(0, len(units), 4)]
    alternatives.append("".join(rf"\\+u(?i:{pair})" for pair in pairs))
    alternatives.append(rf"\\+(?i:u\{{0*{code:x}\}})")
    if code <= 0xFF:
        alternatives.append(rf"\\+(?i:x{code:02x})")
    return f"(?:{'|'.join((literal, *alternatives))})"


_ESCAPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        " ": (r"\+", r"%(?:25)*2B"),
        "\n": (r"\\+n", r"\r\n", "%(?:25)*0D%(?:25)*0A"),
        "\r": (r"\\+r",),
        "\t": (r"\\+t",),
    }
)


@cache
def _entity_names() -> Mapping[str, tuple[str, ...]]:
    """Return the names that HTML has for a character, such as "amp" and "AMP"."""
    # Imported here: commands that hide no secret do not need two thousand names.
    from html.entities import html5

    names: dict[str, set[str]] = {}
    for name, text in html5.items():
        names.setdefault(text, set()).add(name.removesuffix(";"))
    return {text: tuple(sorted(found)) for text, found in names.items()}


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
