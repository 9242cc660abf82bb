"""The rule on fields that stand inside the element of another field."""

from __future__ import annotations

from collections.abc import Iterator

from validator.contract.fields import Field
from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.page.nested_fields import NestedFields
from validator.page.recorded_event import parse_recorded_value
from validator.rules.message_text import excerpt_around, field_name, format_recorded, join_with_and
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import ANY_TAG, Rule, RuleContext, Violation
from validator.rules.tag.losses import find_loss

_MAX_NAMED_FIELDS = 3


def field_inside_field(context: RuleContext) -> Iterator[Violation]:
    for index, _, reading in context.tags_and_readings():
        for each in context.nested[index]:
            field = context.fields.at(each.pointer)
            yield (
                _product_violation(each, index)
                if each.has_product
                else _field_violation(each, field, reading, index)
            )


def _field_violation(
    nested: NestedFields, field: Field, reading: TagReading, index: int
) -> Violation:
    name, text = field_name(nested.pointer), reading.text(nested.pointer)
    consequence, loss = find_loss(field, text)
    is_wrong = consequence or field.is_exact or nested.has_required or nested.is_self_closed
    return Violation(
        f"{name} has {_list_names(nested.names)} inside of its element, and the Connectif script "
        f'reads all text in it: "{excerpt_around(text, 0)}"{loss}.',
        tag=index,
        pointer=nested.pointer,
        expected=f"no other field inside of the element of {field.name}",
        actual=excerpt_around(text, 0),
        recorded=format_recorded(parse_recorded_value(field, text)),
        hint="Write an end tag in place of the slash: HTML ignores the slash in "
        f'<span class="{field.name}"/>, and the element stays open.'
        if nested.is_self_closed
        else "",
        severity=Severity.ERROR if is_wrong else Severity.WARNING,
        consequence=consequence,
    )


def _product_violation(nested: NestedFields, index: int) -> Violation:
    name = field_name(nested.pointer)
    read = f": its {_list_names(nested.names)} can be of that product" if nested.names else ""
    return Violation(
        f"{name} has another product inside of its element{read}.",
        tag=index,
        pointer=nested.pointer,
        expected="each product_basket_item after the end of the one before",
        actual="a product_basket_item inside of another",
        hint="Look for a product_basket_item without its end tag.",
        severity=Severity.ERROR if nested.names else Severity.WARNING,
        consequence=None if nested.names else Consequence.ADVICE,
    )


def _list_names(names: tuple[str, ...]) -> str:
    shown = list(names[:_MAX_NAMED_FIELDS])
    if len(names) > _MAX_NAMED_FIELDS:
        shown.append(f"{len(names) - _MAX_NAMED_FIELDS} more")
    return join_with_and(shown)


RULES = (
    Rule(
        "field-inside-field",
        "A field or a product stands inside another field's element",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "The script takes all text inside of an element for the value of its field. An element "
        "that is left open holds all that follows: HTML ignores the slash in "
        '<span class="brand"/>, which is a start tag like any other.',
        "Close the element right after its value, with an end tag of its own.",
        CLIENT_SCRIPT_SOURCE,
        field_inside_field,
        before='<span class="cart_id"/><span class="purchase_id">prchs5241</span>',
        after='<span class="cart_id"></span><span class="purchase_id">prchs5241</span>',
        tags=ANY_TAG,
    ),
)
