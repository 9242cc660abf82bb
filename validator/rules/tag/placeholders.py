"""The rule on what a template or a script left instead of a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from validator.contract.fields import Field
from validator.core.capture import CapturedTag
from validator.core.finding import Consequence, Severity
from validator.core.result import FieldReading, TagReading
from validator.page.placeholders import Placeholder, find_placeholder
from validator.page.tag_fields import find_tag_element
from validator.rules.message_text import excerpt_around, field_name, format_recorded
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import ANY_TAG, Rule, RuleContext, Violation
from validator.rules.tag.losses import find_loss
from validator.rules.tag.rendered_text import find_element, index_elements

_PHP_CODE = re.compile(r"<(?:!--)?\?(?:=|php\b).{0,200}?\?(?:--)?>", re.DOTALL)
"""PHP in the HTML of a page, and in a browser's serialisation of it."""
_TEMPLATE_CODE = re.compile(
    r"<!--\s*#(?:echo|include|set|if)\b.{0,200}?-->|<!--\s*ko text:.{0,200}?-->"
    r"|<(?:(?:[cfhst]|fmt|jsp|xsl|asp|tal|mvt|ui):[a-z][\w-]*|cfoutput|isprint|tmpl_var|dtml-var)"
    r"\b[^<>]{0,200}>",
    re.DOTALL | re.IGNORECASE,
)
"""Comments and elements of other templates, which show nothing in a browser."""


def unrendered_pointers(reading: TagReading, fields: Field) -> frozenset[str]:
    """Return the JSON pointers of the fields that have a placeholder instead of a value."""
    return frozenset(
        each.pointer
        for each in reading.fields
        if (found := find_placeholder(fields.at(each.pointer), each.text)) and found.is_certain
    )


def placeholder_unrendered(context: RuleContext) -> Iterator[Violation]:
    for index, tag, reading in context.tags_and_readings():
        for each in reading.fields:
            field = context.fields.at(each.pointer)
            if rest := find_placeholder(field, each.text):
                yield replace(_placeholder_violation(rest, field, each), tag=index)
        for violation in _find_code(tag, reading, context.fields):
            yield replace(violation, tag=index)


def _placeholder_violation(rest: Placeholder, field: Field, reading: FieldReading) -> Violation:
    name = field_name(reading.pointer)
    if not rest.is_certain:
        return Violation(
            f'{name} contains "{rest.text}": did the shop not fill in a template variable?',
            pointer=reading.pointer,
            expected="text without a placeholder",
            actual=reading.text,
            severity=Severity.WARNING,
            consequence=Consequence.ADVICE,
            hint="Check that the template is rendered. If the text is intended, this is fine.",
        )
    consequence, loss = find_loss(field, reading.text)
    return Violation(
        f'{name} says "{excerpt_around(rest.text, 0)}": the shop did not fill in the value{loss}.',
        pointer=reading.pointer,
        expected="the value itself",
        actual=reading.text,
        recorded=format_recorded(reading.recorded),
        consequence=consequence,
    )


def _find_code(tag: CapturedTag, reading: TagReading, fields: Field) -> Iterator[Violation]:
    """Yield fields with PHP or a template's element in their HTML, which show nothing."""
    is_php = bool(_PHP_CODE.search(tag.html))
    code_of = _PHP_CODE if is_php else _TEMPLATE_CODE
    if not code_of.search(tag.html):
        return
    cause = "PHP was not run" if is_php else "the template was not rendered"
    html, elements = find_tag_element(tag)[0].source, index_elements(tag)
    for each in reading.fields:
        element = find_element(elements, reading.document.locate(each.pointer))
        found = code_of.search(html, element.inner, element.end) if element else None
        if found is None:
            continue
        field = fields.at(each.pointer)
        code = excerpt_around(found[0], 0)
        consequence, loss = find_loss(field, each.text)
        is_wrong = field.is_exact or not each.text
        yield Violation(
            f'{field_name(each.pointer)} contains "{code}" in its HTML: {cause}, and '
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
