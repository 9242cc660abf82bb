"""Builds the message of a schema violation: its rule, what is wrong and what it leads to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from validator.contract.fields import Field
from validator.contract.formats import is_iso_8601
from validator.contract.schema import SchemaViolation
from validator.core.document import Json
from validator.core.finding import Consequence, Severity
from validator.core.suggestion import find_similar
from validator.html import serialised
from validator.page.amounts import possible_amounts
from validator.page.recorded_event import parse_recorded_value
from validator.rules.message_text import field_name, format_recorded
from validator.rules.rule import Violation
from validator.rules.tag.losses import find_loss
from validator.rules.tag.number_notation import describe_notation

MAX_UNKNOWN_CLASSES = 50
"""Limits the work that a page can cause."""
OTHER_RULE = "value-not-allowed"
RULE_BY_FORMAT: Mapping[Json, str] = MappingProxyType(
    {
        "cn-decimal": "decimal-format",
        "cn-integer": "integer-format",
        "cn-date-time": "date-format",
        "cn-url": "url-format",
        "cn-email": "email-format",
        "cn-availability": OTHER_RULE,
    }
)
RULE_BY_KEYWORD: Mapping[str, str] = MappingProxyType(
    {
        "required": "mandatory-field-missing",
        "minLength": "mandatory-field-empty",
        "formatMinimum": "number-out-of-range",
        "formatMaximum": "number-out-of-range",
        "maxLength": "text-too-long",
    }
)
"""JSON Schema keyword → rule. All other keywords belong to "value-not-allowed"."""

_MESSAGES = {
    "mandatory-field-missing": "{name} is missing",
    "mandatory-field-empty": "{name} is empty",
    "date-format": '{name} "{text}" is not a date in ISO 8601',
}
_EXPECTED_TEXTS = {
    "decimal-format": "digits with a dot for decimals, such as 180.75",
    "integer-format": "digits only, such as 3",
    "date-format": "ISO 8601, such as 2024-09-13T10:49:31Z",
    "url-format": "an absolute address that begins with http:// or https://",
    "email-format": "an e-mail address, such as ada@example.org",
    "mandatory-field-empty": "a value",
}


def find_rule_id(violation: SchemaViolation) -> str:
    if violation.keyword == "format":
        return RULE_BY_FORMAT.get(violation.limit, OTHER_RULE)
    return RULE_BY_KEYWORD.get(violation.keyword, OTHER_RULE)


def build_schema_rule_violation(
    violation: SchemaViolation,
    tag: Field,
    differing: frozenset[str],
    unknown_classes: tuple[str, ...] = (),
) -> Violation:
    """Describe a schema violation, and what the Connectif script makes of the value.

    ``differing`` are the pointers of fields that are recorded differently than a person reads them,
    ``unknown_classes`` the classes in the tag that are not fields.
    """
    rule, name = find_rule_id(violation), field_name(violation.pointer)
    text = violation.value if isinstance(violation.value, str) else ""
    field = _find_field(tag, violation.pointer)
    severity, consequence = _severity_and_consequence(
        rule, violation, field, violation.pointer in differing
    )
    loss = find_loss(field, violation.value)[1] if field else ""
    recorded = (
        format_recorded(parse_recorded_value(field, text))
        if field and text and not loss
        else "nothing" * bool(loss)
    )
    if consequence is Consequence.RECORDED_WRONG:
        loss = f": Connectif records {recorded}"
    return Violation(
        _describe_violation(rule, name, text, violation)
        + loss
        + "."
        + _suggest_name(violation, unknown_classes),
        pointer=violation.pointer,
        expected=_expected_text(rule, text, violation, field),
        actual=_actual_text(rule, text, violation),
        recorded=recorded if recorded != text else "",
        hint=_ATTRIBUTE_HINT if field and field.comes_from == "attribute" else "",
        severity=severity,
        consequence=consequence,
    )


_ATTRIBUTE_HINT = "Write it as an attribute of the tag's own element."


def _find_field(tag: Field, at: str) -> Field | None:
    """Return the field; None where a shop's own schema describes something that no tag has."""
    try:
        return tag.at(at)
    except KeyError:
        return None


def _severity_and_consequence(
    rule: str, violation: SchemaViolation, field: Field | None, differs: bool
) -> tuple[Severity, Consequence]:
    lost = find_loss(field, violation.value)[0] if field else None
    if lost:
        return Severity.ERROR, lost
    if is_recorded_rightly(violation):
        return Severity.INFO, Consequence.ADVICE
    if rule == "mandatory-field-empty" or _is_rare_date(rule, violation.value):
        return Severity.WARNING, Consequence.NOT_AS_DOCUMENTED
    if differs:
        return Severity.ERROR, Consequence.RECORDED_WRONG
    return Severity.ERROR, Consequence.NOT_AS_DOCUMENTED


def is_recorded_rightly(violation: SchemaViolation) -> bool:
    """Tell a whole number with zeros for decimals, such as 2.0000, which is read as it is meant."""
    text = violation.value
    is_integer = violation.keyword == "format" and violation.limit == "cn-integer"
    return is_integer and isinstance(text, str) and bool(_WHOLE_DECIMAL.fullmatch(text))


_WHOLE_DECIMAL = re.compile(r"-?\d+\.0+", re.ASCII)


def _describe_violation(rule: str, name: str, text: str, violation: SchemaViolation) -> str:
    match rule:
        case _ if _is_rare_date(rule, text):
            return f'{name} "{text}" is ISO 8601, but {_RARE_DATE_TEXT}'
        case _ if rule in _MESSAGES:
            return _MESSAGES[rule].format(name=name, text=text)
        case "decimal-format" | "integer-format":
            return f'{name} "{text}" has {_describe_number(rule, violation)}'
        case "email-format" | "url-format":
            is_email = rule == "email-format"
            return f'{name} "{text}" {_describe_email(text) if is_email else _describe_url(text)}'
        case "text-too-long":
            return f"{name} has {len(text)} characters, but at most {violation.limit} are allowed"
        case "number-out-of-range":
            side = "less" if violation.keyword == "formatMinimum" else "more"
            return f"{name} {text} is {side} than {violation.limit}"
        case _ if violation.keyword == "maxItems":
            return f"{name}: there are more than {violation.limit}, which no order has"
        case _:
            return f'{name} "{text}" is not an allowed value' if text else violation.message


def _describe_number(rule: str, violation: SchemaViolation) -> str:
    if is_recorded_rightly(violation):
        return "zeros for decimals, which the script leaves out"
    return describe_notation(str(violation.value), is_integer=rule == "integer-format")


def _describe_url(text: str) -> str:
    return "has no http:// or https://" if "://" not in text else "is not a valid web address"


def _describe_email(text: str) -> str:
    """Return that a text is not an e-mail address, and why where that is clear."""
    because = ""
    if text.lower().startswith("mailto:"):
        because = ': it begins with "mailto:"'
    elif re.search(r"\*\*|[•●…]", text):
        because = ": it is masked"
    elif found := re.search(r"[(\[{<\s]+(?:at|arroba)[)\]}>\s]+", text, re.IGNORECASE):
        because = f': it has "{found[0].strip()}" in place of the @'
    return f"is not an e-mail address{because}"


_RARE_DATE_TEXT = "not in a form that Connectif documents or its modules write"


def _is_rare_date(rule: str, text: Json) -> bool:
    """Tell a date in an unusual form of ISO 8601 from a text that is not a date."""
    return rule == "date-format" and isinstance(text, str) and is_iso_8601(text)


def _suggest_name(violation: SchemaViolation, unknown_classes: tuple[str, ...]) -> str:
    name = violation.pointer.rpartition("/")[2]
    near = _closest_class(name, unknown_classes) if violation.keyword == "required" else ""
    return f' There is a class "{near}": did you mean "{name}"?' if near else ""


@lru_cache(maxsize=64)  # thousands of items may lack the same field
def _closest_class(name: str, unknown_classes: tuple[str, ...]) -> str:
    return find_similar(name, unknown_classes, cutoff=0.8)


def find_unknown_classes(html: str, tag: Field) -> tuple[str, ...]:
    """Return the classes in a tag's HTML that are not fields, such as a misspelt one."""
    known = {name for each in (tag, *tag.fields.values()) for name in each.fields}
    # Includes elements that a browser would move out of the tag.
    elements = serialised.parse(html).elements
    classes = {name: None for element in elements[1:] for name in element.classes}
    return tuple(name for name in classes if name and name not in known)[:MAX_UNKNOWN_CLASSES]


def _actual_text(rule: str, text: str, violation: SchemaViolation) -> str:
    if rule == "mandatory-field-missing":
        return "nothing"
    if isinstance(violation.value, list):
        return f"{len(violation.value)} or more"
    return text or "an empty text"


def _expected_place(name: str, field: Field | None) -> str:
    """Return where the value of a field belongs."""
    is_attribute = field is not None and field.comes_from == "attribute"
    return (
        f'{name}="…" on the element itself' if is_attribute else f'an element with class="{name}"'
    )


def _expected_text(rule: str, text: str, violation: SchemaViolation, field: Field | None) -> str:
    meant = possible_amounts(text) if rule in ("decimal-format", "integer-format") else frozenset()
    if rule == "decimal-format" and len(meant) == 1:
        return f"{next(iter(meant)):f}"
    if rule == "number-out-of-range":
        word = "at least" if violation.keyword == "formatMinimum" else "at most"
        return f"{word} {violation.limit}"
    if rule == "mandatory-field-missing":
        return _expected_place(violation.pointer.rpartition("/")[2], field)
    if violation.limit == "cn-availability":
        return "InStock or OutOfStock"
    if violation.keyword in ("maxItems", "maxLength"):
        return f"at most {violation.limit}"
    if rule == OTHER_RULE:
        return field.format if field and field.format else violation.message
    return _EXPECTED_TEXTS[rule]
