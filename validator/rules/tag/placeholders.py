"""The rule on what a template or a script left instead of a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from validator.contract.fields import Field
from validator.core.capture import CapturedTag
from validator.core.finding import Consequence, Severity
from validator.core.result import FieldReading, TagReading
from validator.page.tag_fields import find_tag_element
from validator.rules.message_text import excerpt_around, field_name, format_recorded
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import ANY_TAG, Rule, RuleContext, Violation
from validator.rules.tag.losses import find_loss
from validator.rules.tag.rendered_text import find_element, index_elements

_PLACEHOLDER = re.compile(
    r"\{\{.{0,200}?(?:\}\}|\Z)|\{%.{0,200}?%\}|\{\$[^}]{1,200}\}|[$#]\{[^}]{1,200}\}|<%.{0,200}?%>"
    r"|\[\[.{0,200}?\]\]|\*\|[^|]{1,60}\|\*|<\?(?:=|php).{0,200}?(?:\?>|\Z)"
    r"|%(?:\d\$)?[sd]\b|function\b.{0,60}\[native code\].{0,5}|\[[oO]bject \w+\]",
    re.DOTALL,
)
_BRACED_NAME = r"\{!?[A-Za-z_][\w.]{0,60}\}"
_MARKED_NAME = rf"{_BRACED_NAME}|%+[A-Za-z_][\w.]{{0,60}}%+|__[A-Za-z]\w{{0,60}}__"
_WHOLE_PLACEHOLDER = re.compile(_MARKED_NAME)
"""Placeholders only where they are the whole text of a field."""
_PLACEHOLDER_IN_EXACT = re.compile(
    rf"{_BRACED_NAME}|^(?:{_MARKED_NAME}|\$[A-Za-z_][\w.>-]*|@[A-Za-z_]\w*[._]\w[\w.]*|:[A-Za-z_]\w*"
    r"|\[[A-Za-z_][\w.]*\])$"
)
"""Placeholders in ids, addresses, numbers and dates, but not in prose."""
_EMPTY_VALUE = re.compile(r"undefined|null|NaN|\(null\)")
_EMPTY_VALUE_IN_EXACT = re.compile(r"[(<]?(?:undefined|null|nan|none|nil)[)>]?", re.IGNORECASE)
"""What programming languages write for a missing value."""
_PHP_CODE = re.compile(r"<(?:!--)?\?(?:=|php\b).{0,200}?\?(?:--)?>", re.DOTALL)
"""PHP in the HTML of a page, and in a browser's serialisation of it."""


def find_placeholder(field: Field, text: str) -> str | None:
    """Return the placeholder that a text contains, or None."""
    if found := _PLACEHOLDER.search(text) or (
        field.is_exact and _PLACEHOLDER_IN_EXACT.search(text)
    ):
        return found[0]
    return text if _is_empty_value(field, text) or _WHOLE_PLACEHOLDER.fullmatch(text) else None


def _is_unrendered(field: Field, text: str) -> bool:
    """Tell whether a text has no value besides placeholders."""
    rest = find_placeholder(field, text)
    if rest is None:
        return False
    return field.is_exact or _is_empty_value(field, text) or not _PLACEHOLDER.sub("", text).strip()


def _is_empty_value(field: Field, text: str) -> bool:
    words = _EMPTY_VALUE_IN_EXACT if field.is_exact or field.is_required else _EMPTY_VALUE
    return bool(words.fullmatch(text))


def unrendered_pointers(reading: TagReading, fields: Field) -> frozenset[str]:
    """Return the JSON pointers of the fields that have a placeholder instead of a value."""
    return frozenset(
        each.pointer
        for each in reading.fields
        if _is_unrendered(fields.at(each.pointer), each.text)
    )


def placeholder_unrendered(context: RuleContext) -> Iterator[Violation]:
    for index, tag, reading in context.tags_and_readings():
        for each in reading.fields:
            field = context.fields.at(each.pointer)
            if rest := find_placeholder(field, each.text):
                yield replace(_placeholder_violation(rest, field, each), tag=index)
        for violation in _find_php(tag, reading, context.fields):
            yield replace(violation, tag=index)


def _placeholder_violation(rest: str, field: Field, reading: FieldReading) -> Violation:
    name = field_name(reading.pointer)
    if not _is_unrendered(field, reading.text):
        return Violation(
            f'{name} contains "{rest}": did the shop not fill in a template variable?',
            pointer=reading.pointer,
            expected="text without a placeholder",
            actual=reading.text,
            severity=Severity.WARNING,
            consequence=Consequence.ADVICE,
            hint="Check that the template is rendered. If the text is intended, this is fine.",
        )
    consequence, loss = find_loss(field, reading.text)
    return Violation(
        f'{name} says "{rest}": the shop did not fill in the value{loss}.',
        pointer=reading.pointer,
        expected="the value itself",
        actual=reading.text,
        recorded=format_recorded(reading.recorded),
        consequence=consequence,
    )


def _find_php(tag: CapturedTag, reading: TagReading, fields: Field) -> Iterator[Violation]:
    """Yield fields with PHP code in their HTML, which a browser turns into a comment."""
    if not _PHP_CODE.search(tag.html):
        return
    html, elements = find_tag_element(tag)[0].source, index_elements(tag)
    for each in reading.fields:
        element = find_element(elements, reading.document.locate(each.pointer))
        found = _PHP_CODE.search(html, element.inner, element.end) if element else None
        if found is None:
            continue
        field = fields.at(each.pointer)
        code = excerpt_around(found[0], 0)
        consequence, loss = find_loss(field, each.text)
        is_wrong = field.is_exact or not each.text
        yield Violation(
            f'{field_name(each.pointer)} contains "{code}" in its HTML: PHP was not run, and '
            f"its output is missing{loss}.",
            pointer=each.pointer,
            expected="the value itself",
            actual=code,
            recorded=format_recorded(each.recorded),
            severity=Severity.ERROR if is_wrong else Severity.WARNING,
            consequence=consequence,
        )


RULES = (
    Rule(
        "placeholder-unrendered",
        "A field shows a template variable or an empty value of a programming language",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Connectif records the text as it is: every purchase gets the same wrong value or, where "
        "a number is needed, none. A browser turns PHP that was not run into a comment, so that "
        "the field is empty.",
        "Make sure that the template is rendered with the order, and that the order has this "
        "value.",
        CLIENT_SCRIPT_SOURCE,
        placeholder_unrendered,
        before='<span class="purchase_id">{{ order.id }}</span>',
        after='<span class="purchase_id">prchs5241</span>',
        tags=ANY_TAG,
    ),
)
