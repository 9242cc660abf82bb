"""Does the script read of an element what its HTML says?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from validator.contract.fields import Field
from validator.core.capture import CapturedTag
from validator.core.document import Location
from validator.core.finding import Consequence, Severity
from validator.core.result import FieldReading, TagReading
from validator.core.urls import is_web_url
from validator.html.dom import Element
from validator.page.recorded_event import build_reading
from validator.page.tag_fields import CODE_ELEMENTS, extract_fields, find_tag_element
from validator.rules.message_text import excerpt_around, field_name, format_recorded
from validator.rules.references import CLIENT_SCRIPT_SOURCE, PURCHASE_TAG_DOCS
from validator.rules.rule import ANY_TAG, NotEvaluable, Rule, RuleContext, Violation, merge_per_tag

_VALUE_ATTRIBUTES = ("content", "value", "datetime", "data-value", "data-content")


def _iter_tags(subject: RuleContext) -> Iterator[tuple[int, CapturedTag, TagReading, Field]]:
    if subject.fields is None or (not subject.readings and subject.expected_count):
        raise NotEvaluable("no tag was read")
    for index, (tag, reading) in enumerate(zip(subject.tags, subject.readings, strict=True)):
        yield index, tag, reading, subject.fields


def _read_texts(tag: CapturedTag, fields: Field, *, as_shown: bool) -> Mapping[str, FieldReading]:
    """Return what is read by pointer, without the text of scripts and style sheets."""
    texts = extract_fields(tag, fields, as_shown=as_shown, with_code=False)
    return {each.pointer: each for each in build_reading(fields, *texts).fields}


def text_altered_by_css(subject: RuleContext) -> Iterator[Violation]:
    yield from merge_per_tag(_find_altered_texts(subject))
    capture = subject.capture
    if capture.styled and not capture.rendered and not all(tag.hidden for tag in subject.tags):
        browser = "without --no-javascript" if is_web_url(capture.url) else "with --render"
        raise NotEvaluable(f"how CSS shows the visible tag is not known; check {browser}")


def _find_altered_texts(subject: RuleContext) -> Iterator[Violation]:
    for index, tag, reading, fields in _iter_tags(subject):
        if not tag.texts:
            continue
        written = _read_texts(tag, fields, as_shown=False)
        for each in reading.fields:
            meant = written.get(each.pointer)
            if meant and _remove_whitespace(meant.text) != _remove_whitespace(each.text):
                yield replace(_altered_text_violation(fields, each, meant), tag=index)


def _altered_text_violation(fields: Field, each: FieldReading, meant: FieldReading) -> Violation:
    field = fields.at(each.pointer)
    is_exact = field.read in ("float", "integer") or field.format or field.name.endswith("_id")
    at = _first_difference(each.text, meant.text)
    text, html = excerpt_around(each.text, at), excerpt_around(meant.text, at)
    return Violation(
        f'{field_name(each.pointer)} is "{html}" in the HTML, but the page shows it as "{text}", '
        "and this is what the script reads.",
        pointer=each.pointer,
        expected=html,
        actual=text,
        recorded=format_recorded(each.recorded)
        if format_recorded(each.recorded) != each.text
        else "",
        severity=Severity.ERROR if is_exact else Severity.WARNING,
    )


def _remove_whitespace(text: str) -> str:
    """White space is collapsed in whatever is shown: that alone alters nothing."""
    return "".join(text.split())


def _first_difference(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    differing = (at for at, (left, right) in enumerate(pairs) if left != right)
    return next(differing, min(len(one), len(other)))


def code_in_value(subject: RuleContext) -> Iterator[Violation]:
    for index, tag, reading, fields in _iter_tags(subject):
        if not _has_code(tag):
            continue
        texts = _read_texts(tag, fields, as_shown=True)
        for each in reading.fields:
            meant = texts.get(each.pointer)
            if meant and meant.text != each.text:
                at = _first_difference(each.text, meant.text)
                yield Violation(
                    f"{field_name(each.pointer)} has a script or style sheet inside, whose text "
                    f'is read as part of the value: "{excerpt_around(each.text, at)}".',
                    tag=index,
                    pointer=each.pointer,
                    expected=meant.text,
                    actual=excerpt_around(each.text, at),
                )


def _has_code(tag: CapturedTag) -> bool:
    tree, root = find_tag_element(tag)
    return root is not None and any(each.name in CODE_ELEMENTS for each in tree.descendants(root))


def mark_altered_fields(subject: RuleContext) -> tuple[TagReading, ...]:
    """Return the readings, with what CSS or code has altered marked as recorded otherwise."""
    if subject.fields is None or not subject.readings:
        return subject.readings
    told = {
        (each.tag, each.pointer)
        for each in (*_find_altered_texts(subject), *code_in_value(subject))
    }
    return tuple(
        replace(
            reading,
            fields=tuple(
                replace(each, differs=True) if (index, each.pointer) in told else each
                for each in reading.fields
            ),
        )
        for index, reading in enumerate(subject.readings)
    )


def value_in_attribute(subject: RuleContext) -> Iterator[Violation]:
    for index, tag, reading, fields in _iter_tags(subject):
        empty = [
            each
            for each in reading.fields
            if not each.text and each.pointer not in subject.invalid_pointers[index]
        ]
        elements = index_elements(tag) if empty else {}
        for each in empty:
            element = find_element(elements, reading.document.locate(each.pointer))
            if element is None:
                continue
            field = fields.at(each.pointer)
            if found := _find_attribute_value(element, field):
                name, value = found[0], excerpt_around(found[1], 0)
                yield Violation(
                    f'{field_name(each.pointer)} has its value in an attribute, {name}="{value}", '
                    "and no text: Connectif records nothing of it.",
                    tag=index,
                    pointer=each.pointer,
                    expected=value,
                    actual="an empty text",
                    recorded="nothing",
                )


def index_elements(tag: CapturedTag) -> Mapping[tuple[int, int], Element]:
    """Return the elements of a tag by where in the page they begin."""
    tree, root = find_tag_element(tag)
    elements = [root, *tree.descendants(root)] if root else []
    return {tree.place(element.start): element for element in elements}


def find_element(elements: Mapping[tuple[int, int], Element], location: Location) -> Element | None:
    return elements.get((location.line or 1, location.column or 1))


def _find_attribute_value(element: Element, field: Field) -> tuple[str, str] | None:
    links = ("href", "src") if field.format == "cn-url" else ()
    for name in (*_VALUE_ATTRIBUTES, *links, f"data-{field.name}"):
        if value := element.attributes.get(name, "").strip():
            return name, value
    return None


RULES = (
    Rule(
        "text-altered-by-css",
        "A visible tag is read as CSS shows it, not as its HTML says",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Of what is visible the script reads the text that is shown: letters that CSS turns into "
        "capitals are recorded as capitals, and hidden parts are left out.",
        'Hide the whole tag, with style="display:none" on its outermost element.',
        CLIENT_SCRIPT_SOURCE,
        text_altered_by_css,
        before='<div class="cn_purchase" style="text-transform:uppercase"> … </div>',
        after='<div class="cn_purchase" style="display:none"> … </div>',
        tags=ANY_TAG,
    ),
    Rule(
        "code-in-value",
        "A script or a style sheet stands inside a value",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Of what is hidden the script reads all text, that of <script> and <style> too.",
        "Put nothing but the value into the element.",
        CLIENT_SCRIPT_SOURCE,
        code_in_value,
        before='<span class="name">Mug<style>.name { color: red }</style></span>',
        after='<span class="name">Mug</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "value-in-attribute",
        "A field has its value in an attribute, and no text",
        Severity.WARNING,
        Consequence.NOT_AS_DOCUMENTED,
        "Only text counts: a value in an attribute, such as content, value or src, is never read.",
        "Write the value as the element's text.",
        PURCHASE_TAG_DOCS,
        value_in_attribute,
        before='<img class="image_url" src="https://example.org/mug.jpg">',
        after='<span class="image_url">https://example.org/mug.jpg</span>',
        tags=ANY_TAG,
    ),
)
