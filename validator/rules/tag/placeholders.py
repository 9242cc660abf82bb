"""What a template or a script has left in place of a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from validator.contract.fields import Field
from validator.core.capture import CapturedTag
from validator.core.finding import Consequence, Severity
from validator.core.result import FieldReading, TagReading
from validator.rules.rule import ANY_TAG, Problem, Rule, Subject, Unknown
from validator.rules.sources import SCRIPT
from validator.rules.tag.rendered_text import element_at, elements_of
from validator.rules.tag.schema_messages import loss_of
from validator.rules.wording import excerpt, field_name, shown

_ANYWHERE = re.compile(
    r"\{\{.{0,200}?(?:\}\}|\Z)|\{%.{0,200}?%\}|\{\$[^}]{1,200}\}|[$#]\{[^}]{1,200}\}|<%.{0,200}?%>"
    r"|\[\[.{0,200}?\]\]|\*\|[^|]{1,60}\|\*|<\?(?:=|php).{0,200}?(?:\?>|\Z)"
    r"|%(?:\d\$)?[sd]\b|function\b.{0,60}\[native code\].{0,5}|\[[oO]bject \w+\]",
    re.DOTALL,
)
_BRACED = r"\{!?[A-Za-z_][\w.]{0,60}\}"
_MARKED = rf"{_BRACED}|%+[A-Za-z_][\w.]{{0,60}}%+|__[A-Za-z]\w{{0,60}}__"
_WHOLE = re.compile(_MARKED)
"""What is a placeholder where it is all that a field says."""
_IN_EXACT = re.compile(
    rf"{_BRACED}|^(?:{_MARKED}|\$[A-Za-z_][\w.>-]*|@[A-Za-z_]\w*[._]\w[\w.]*|:[A-Za-z_]\w*"
    r"|\[[A-Za-z_][\w.]*\])$"
)
"""What is none in prose, but has no place in an id, an address, a number or a date."""
_EMPTY = re.compile(r"undefined|null|NaN|\(null\)")
_EMPTY_IN_EXACT = re.compile(r"[(<]?(?:undefined|null|nan|none|nil)[)>]?", re.IGNORECASE)
"""What programming languages write for no value."""
_PHP = re.compile(r"<(?:!--)?\?(?:=|php\b).{0,200}?\?(?:--)?>", re.DOTALL)
"""PHP in a page's own HTML, and in what a browser writes of it."""


def placeholder(field: Field, text: str) -> str | None:
    """Return what a template or script has left in place of a value, or in it."""
    if found := _ANYWHERE.search(text) or (_is_exact(field) and _IN_EXACT.search(text)):
        return found[0]
    return text if _is_empty(field, text) or _WHOLE.fullmatch(text) else None


def _is_exact(field: Field) -> bool:
    """Tell whether a field is no prose, which may rightly speak of placeholders."""
    is_id = field.name.endswith("_id") or field.name == "primary_key"
    return is_id or field.read in ("float", "integer") or bool(field.format)


def is_unrendered(field: Field, text: str) -> bool:
    """Tell whether the field has no value but a placeholder."""
    rest = placeholder(field, text)
    if rest is None:
        return False
    return _is_exact(field) or _is_empty(field, text) or not _ANYWHERE.sub("", text).strip()


def _is_empty(field: Field, text: str) -> bool:
    words = _EMPTY_IN_EXACT if _is_exact(field) or field.is_required else _EMPTY
    return bool(words.fullmatch(text))


def unrendered(subject: Subject) -> Iterator[Problem]:
    if subject.fields is None or (not subject.readings and subject.expected_count):
        raise Unknown("no tag was read")
    for index, (tag, reading) in enumerate(zip(subject.seen, subject.readings, strict=True)):
        for each in reading.fields:
            field = subject.fields.at(each.pointer)
            if rest := placeholder(field, each.text):
                yield replace(_left_over(rest, field, each), tag=index)
        for problem in _php(tag, reading, subject.fields, rendered=subject.capture.rendered):
            yield replace(problem, tag=index)


def _left_over(rest: str, field: Field, reading: FieldReading) -> Problem:
    name = field_name(reading.pointer)
    if not is_unrendered(field, reading.text):
        return Problem(
            f'{name} has "{rest}" in its text: has the shop not put something in?',
            pointer=reading.pointer,
            expected="text without a placeholder",
            actual=reading.text,
            severity=Severity.WARNING,
            consequence=Consequence.ADVICE,
            hint="See that the template is rendered. If the text is meant so, this is fine.",
        )
    consequence, loss = loss_of(field, reading.text)
    return Problem(
        f'{name} says "{rest}": the shop has not put the value in{loss}.',
        pointer=reading.pointer,
        expected="the value itself",
        actual=reading.text,
        recorded=shown(reading.recorded),
        consequence=consequence,
    )


def _php(
    tag: CapturedTag, reading: TagReading, fields: Field, *, rendered: bool
) -> Iterator[Problem]:
    """Yield the fields that have PHP inside: to a browser it is a comment, and no text."""
    if not _PHP.search(tag.html):
        return
    elements = elements_of(tag, rendered=rendered)
    for each in reading.fields:
        element = element_at(elements, reading.document.locate(each.pointer))
        found = _PHP.search(tag.html, element.inner, element.end) if element else None
        if found is None:
            continue
        field = fields.at(each.pointer)
        code = excerpt(found[0], 0)
        consequence, loss = loss_of(field, each.text)
        is_wrong = _is_exact(field) or not each.text
        yield Problem(
            f'{field_name(each.pointer)} has "{code}" in its HTML: PHP was not run, and what it '
            f"would write is missing{loss}.",
            pointer=each.pointer,
            expected="the value itself",
            actual=code,
            recorded=shown(each.recorded),
            severity=Severity.ERROR if is_wrong else Severity.WARNING,
            consequence=consequence,
        )


RULES = (
    Rule(
        "placeholder-unrendered",
        "A field shows a template variable or an empty value of a programming language",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Connectif records the text as it is: every purchase gets the same wrong value, or, "
        "where a number is needed, none. Of PHP that was not run a browser makes a comment, and "
        "the field is empty.",
        "See that the template is rendered with the order, and that the order has this value.",
        SCRIPT,
        unrendered,
        before='<span class="purchase_id">{{ order.id }}</span>',
        after='<span class="purchase_id">prchs5241</span>',
        tags=ANY_TAG,
    ),
)
