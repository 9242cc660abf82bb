"""Rules on texts that a wrong encoding or a second escaping has damaged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5

from validator.contract.fields import Field
from validator.core.finding import Consequence, Severity
from validator.core.result import FieldReading
from validator.rules.message_text import excerpt_around, field_name
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import (
    ANY_TAG,
    Rule,
    RuleContext,
    Violation,
    iter_valid_texts,
    merge_per_tag,
)

_BYTE_OF_CHARACTER = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    bytes([byte]).decode("cp1252"): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
"""Character → its byte, where UTF-8 is read as Windows-1252 or Latin-1."""


def _character_class(first: int, last: int) -> str:
    found = (
        re.escape(character)
        for character, byte in _BYTE_OF_CHARACTER.items()
        if first <= byte <= last
    )
    return f"[{''.join(found)}]"


_CONTINUATION_BYTE = _character_class(0x80, 0xBF)
# May follow a capital letter in correct text: LÃ™, « CAFÂ », 5 Å².
_PUNCTUATION = "[\u00a0®™»«”“’‘…–—·¡¿°ºª²³]"  # noqa: RUF001 - as shops write them
_MOJIBAKE = re.compile(
    f"[ÂÃÄÅ](?!{_PUNCTUATION}){_CONTINUATION_BYTE}"
    f"|(?<![A-ZÀ-Þ])[ÂÃ]{_PUNCTUATION}"
    f"|(?<=[a-zß-ÿ])[ÄÅ]{_PUNCTUATION}"
    f"|â{_character_class(0x80, 0x9F)}{_CONTINUATION_BYTE}"
    f"|ð{_character_class(0x9F, 0x9F)}{_CONTINUATION_BYTE}{{2}}"
    f"|ï»¿|ï¿½"
    # Only several in a row are certain: Greek, Cyrillic, Hebrew, Arabic, then Asian scripts.
    f"|(?:[Æ-ß]{_CONTINUATION_BYTE}){{3,}}|(?:[à-ï]{_CONTINUATION_BYTE}{{2}}){{3,}}"
)
_MOJIBAKE_START = re.compile("[Â-ð](?=[^\x00-\x7f])")
"""Where mojibake may begin: a fast first search of long texts."""
_REPLACEMENT_CHARACTER = "\ufffd"
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});", re.ASCII)
_MARKUP = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>")


def repair_mojibake(text: str) -> str:
    """Return the text with UTF-8 that was read in a wrong encoding decoded correctly."""
    pieces, done = [], 0
    for start, end, meant in _iter_mojibake(text):
        pieces += [text[done:start], meant]
        done = end
    return "".join(pieces) + text[done:]


def _iter_mojibake(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and correct text of what was read in a wrong encoding."""
    end = 0
    for begin in _MOJIBAKE_START.finditer(text) if not text.isascii() else ():
        found = _MOJIBAKE.match(text, begin.start()) if begin.start() >= end else None
        if found is None:
            continue
        try:
            meant = bytes(_BYTE_OF_CHARACTER[character] for character in found[0]).decode("utf-8")
        except UnicodeDecodeError:
            continue
        end = found.end()
        yield found.start(), end, meant


def text_in_wrong_encoding(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_wrong_encoding(context))


def _find_wrong_encoding(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        if first := next(_iter_mojibake(each.text), None):
            shown = excerpt_around(each.text, first[0])
            expected = repair_mojibake(shown)
            wrong = f'says "{shown}", which is "{expected}" read in a wrong encoding'
        elif _REPLACEMENT_CHARACTER in each.text:
            shown = excerpt_around(each.text, each.text.index(_REPLACEMENT_CHARACTER))
            wrong, expected = (
                f'says "{shown}": letters were lost in a wrong encoding',
                "the letters",
            )
        else:
            continue
        yield Violation(
            f"{field_name(each.pointer)} {wrong}.",
            tag=index,
            pointer=each.pointer,
            expected=expected,
            actual=shown,
            severity=_severity_for_field(field),
        )


def _severity_for_field(field: Field) -> Severity:
    """A wrong id or address leads elsewhere; a wrong name only looks bad."""
    is_key = field.name.endswith("_id") or field.format == "cn-url"
    return Severity.ERROR if is_key else Severity.WARNING


def text_escaped_twice(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_double_escapes(context))


def _find_double_escapes(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        # A description may be HTML, which the Connectif PrestaShop module escapes as a whole.
        if field.name == "description":
            continue
        found = next(filter(_is_entity, _ENTITY.finditer(each.text)), None)
        if found is None:
            continue
        shown = excerpt_around(each.text, found.start())
        yield Violation(
            f'{field_name(each.pointer)} says "{shown}": "{found[0]}" stands for '
            f'"{unescape(found[0])}", and was escaped twice.',
            tag=index,
            pointer=each.pointer,
            expected=unescape(shown),
            actual=shown,
            severity=Severity.ERROR if field.name.endswith("_id") else Severity.WARNING,
        )


def _is_entity(found: re.Match[str]) -> bool:
    return found[0][1] == "#" or found[0][1:] in html5


def markup_in_text(context: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_markup(context))


def _find_markup(context: RuleContext) -> Iterator[Violation]:
    for index, field, each in iter_valid_texts(context):
        found = _MARKUP.search(each.text) if _is_plain_text(field, each) else None
        if found is None:
            continue
        shown = excerpt_around(each.text, found.start())
        yield Violation(
            f'{field_name(each.pointer)} says "{shown}": its HTML is recorded as text.',
            tag=index,
            pointer=each.pointer,
            expected=" ".join(_MARKUP.sub(" ", shown).split()),
            actual=shown,
            severity=Severity.WARNING,
        )


def _is_plain_text(field: Field, reading: FieldReading) -> bool:
    """Leave out descriptions, which may be HTML, and custom fields, whose meaning is unknown."""
    is_free = field.name == "description" or field.name.startswith("custom_field")
    return isinstance(reading.recorded, str) and not field.format and not is_free


RULES = (
    Rule(
        "text-in-wrong-encoding",
        "A text was read in a wrong encoding",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "Connectif records the text as it is, and shows it so in e-mails and on pages. An id or "
        "an address with wrong characters is a different one.",
        'Use UTF-8 from the database to the page, and declare it: <meta charset="utf-8">.',
        CLIENT_SCRIPT_SOURCE,
        text_in_wrong_encoding,
        before='<span class="name">CafetiÃ¨re</span>',
        after='<span class="name">Cafetière</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "text-escaped-twice",
        "A text shows HTML entities",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The browser undoes one escaping, and the Connectif script undoes none. A text that was "
        "escaped twice is recorded with its entities, and an address with &amp; in it may lead "
        "elsewhere.",
        "Escape the text once, in the template, and not when it is stored.",
        CLIENT_SCRIPT_SOURCE,
        text_escaped_twice,
        before='<span class="name">Salt &amp;amp; Pepper</span>',
        after='<span class="name">Salt &amp; Pepper</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "markup-in-text",
        "A name or another plain text contains HTML",
        Severity.WARNING,
        Consequence.ADVICE,
        "The text is recorded with its HTML. Connectif documents HTML only in descriptions.",
        "Write the text without markup.",
        CLIENT_SCRIPT_SOURCE,
        markup_in_text,
        before='<span class="name">&lt;b&gt;Mug&lt;/b&gt;</span>',
        after='<span class="name">Mug</span>',
        tags=ANY_TAG,
    ),
)
