"""What the schema faults, said in words: which rule it is, what is wrong, what it leads to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from validator.contract.fields import Field
from validator.contract.formats import is_iso_8601
from validator.contract.schema import Violation
from validator.core.document import Json
from validator.core.finding import Consequence, Severity
from validator.html.html_parser import parse_tag
from validator.page.amounts import meanings
from validator.page.recorded_event import is_dropped, value_of
from validator.rules.rule import Problem
from validator.rules.wording import field_name, shown

MAX_STRANGE = 50
"""A page must not keep us busy with comparing."""
OTHER = "value-not-allowed"
BY_FORMAT: Mapping[Json, str] = MappingProxyType(
    {
        "cn-decimal": "decimal-format",
        "cn-integer": "integer-format",
        "cn-date-time": "date-format",
        "cn-url": "url-format",
        "cn-email": "email-format",
        "cn-availability": OTHER,
    }
)
BY_KEYWORD: Mapping[str, str] = MappingProxyType(
    {
        "required": "mandatory-field-missing",
        "minLength": "mandatory-field-empty",
        "formatMinimum": "number-out-of-range",
        "formatMaximum": "number-out-of-range",
        "maxLength": "text-too-long",
    }
)
"""Keyword → rule. What a shop's own schema forbids besides is "value-not-allowed"."""

_FAULTS = {
    "mandatory-field-missing": "{name} is missing",
    "mandatory-field-empty": "{name} is empty",
    "date-format": '{name} "{text}" is not a date in ISO 8601',
    "email-format": '{name} "{text}" is no e-mail address',
}
_EXPECTED = {
    "decimal-format": "digits with a dot for decimals, such as 180.75",
    "integer-format": "digits only, such as 3",
    "date-format": "ISO 8601, such as 2024-09-13T10:49:31Z",
    "url-format": "an absolute address that begins with http:// or https://",
    "email-format": "an e-mail address, such as ada@example.org",
    "mandatory-field-empty": "a value",
}


def rule_of(violation: Violation) -> str:
    if violation.keyword == "format":
        return BY_FORMAT.get(violation.limit, OTHER)
    return BY_KEYWORD.get(violation.keyword, OTHER)


def explain(
    violation: Violation, tag: Field, differing: frozenset[str], strange: tuple[str, ...] = ()
) -> Problem:
    """Say what is wrong, and what the Connectif script would make of it.

    ``differing`` are the pointers of what is recorded otherwise than a person reads it,
    ``strange`` the classes in the tag that are no field's.
    """
    rule, name = rule_of(violation), field_name(violation.pointer)
    text = violation.value if isinstance(violation.value, str) else ""
    field = _field(tag, violation.pointer)
    severity, consequence = _outcome(rule, violation, field, violation.pointer in differing)
    loss = loss_of(field, violation.value)[1] if field else ""
    recorded = (
        shown(value_of(field, text)) if field and text and not loss else "nothing" * bool(loss)
    )
    if consequence is Consequence.RECORDED_WRONG:
        loss = f": Connectif records {recorded}"
    return Problem(
        _wrong(rule, name, text, violation) + loss + "." + _meant(violation, strange),
        pointer=violation.pointer,
        expected=_expected(rule, text, violation, field),
        actual=_actual(rule, text, violation),
        recorded=recorded if recorded != text else "",
        hint=_IN_ATTRIBUTE if field and field.comes_from == "attribute" else "",
        severity=severity,
        consequence=consequence,
    )


_IN_ATTRIBUTE = "Write it as an attribute of the tag's own element."
_BY_DROP = {"purchase": Consequence.PURCHASE_LOST, "item": Consequence.ITEM_LOST}


def consequence_of(tag: Field) -> Consequence:
    """Say what it means that a tag has nothing in it."""
    drops = (field.drop for field in tag.fields.values() if field.drop)
    return next(map(_consequence, drops), Consequence.NOT_AS_DOCUMENTED)


def _consequence(drop: str) -> Consequence:
    return _BY_DROP.get(drop, Consequence.TAG_LOST)


def loss_of(field: Field, text: Json) -> tuple[Consequence | None, str]:
    """Say what is lost with this text of a field, or its absence; None where nothing is."""
    if not is_dropped(field, text):
        return None, ""
    if field.drop == "item":
        return Consequence.ITEM_LOST, ": Connectif leaves this product out"
    return _consequence(field.drop), f": Connectif drops the whole {field.drop}"


def _field(tag: Field, at: str) -> Field | None:
    """Return the field; None where a shop's own schema speaks of what no tag has."""
    try:
        return tag.at(at)
    except KeyError:
        return None


def _outcome(
    rule: str, violation: Violation, field: Field | None, differs: bool
) -> tuple[Severity, Consequence]:
    lost = loss_of(field, violation.value)[0] if field else None
    if lost:
        return Severity.ERROR, lost
    if rule == "mandatory-field-empty" or _is_rare_date(rule, violation.value):
        return Severity.WARNING, Consequence.NOT_AS_DOCUMENTED
    if differs:
        return Severity.ERROR, Consequence.RECORDED_WRONG
    return Severity.ERROR, Consequence.NOT_AS_DOCUMENTED


def _wrong(rule: str, name: str, text: str, violation: Violation) -> str:
    match rule:
        case _ if _is_rare_date(rule, text):
            return f'{name} "{text}" is ISO 8601, but {_RARE}'
        case _ if rule in _FAULTS:
            return _FAULTS[rule].format(name=name, text=text)
        case "decimal-format" | "integer-format":
            return f'{name} "{text}" has {_form(text, rule)}'
        case "url-format":
            lack = "has no http:// or https://" if "://" not in text else "is no valid web address"
            return f'{name} "{text}" {lack}'
        case "text-too-long":
            return f"{name} has {len(text)} characters, {violation.limit} are allowed"
        case "number-out-of-range":
            side = "less" if violation.keyword == "formatMinimum" else "more"
            return f"{name} {text} is {side} than {violation.limit}"
        case _ if violation.keyword == "maxItems":
            return f"{name}: there are more than {violation.limit}, which no order has"
        case _:
            return f'{name} "{text}" is not a value it may have' if text else violation.message


_RARE = "not in a form that Connectif documents or its modules write"


def _is_rare_date(rule: str, text: Json) -> bool:
    """Tell a date that is one, whether or not Connectif reads it, from what is no date."""
    return rule == "date-format" and isinstance(text, str) and is_iso_8601(text)


def _meant(violation: Violation, strange: tuple[str, ...]) -> str:
    name = violation.pointer.rpartition("/")[2]
    near = _nearest(name, strange) if violation.keyword == "required" else ""
    return f' There is a class "{near}": did you mean "{name}"?' if near else ""


@lru_cache(maxsize=64)  # thousands of items may lack the same field
def _nearest(name: str, strange: tuple[str, ...]) -> str:
    return next(iter(get_close_matches(name, strange, n=1, cutoff=0.8)), "")


def strange_classes(html: str, tag: Field) -> tuple[str, ...]:
    """Return classes in a tag's HTML that are no field's, such as a misspelled one."""
    known = {name for each in (tag, *tag.fields.values()) for name in each.fields}
    # All that stands in the tag, also what a browser would move out of it.
    elements = parse_tag(html, rendered=True, quirks=False).elements
    classes = {name: None for element in elements[1:] for name in element.classes}
    return tuple(name for name in classes if name and name not in known)[:MAX_STRANGE]


def _form(text: str, rule: str) -> str:
    """Say what a number text has that the documented form has not."""
    if re.search(r"[^\D0-9]", text):
        return "digits that are not 0 to 9"
    if _HEXADECIMAL.fullmatch(text):
        return "a hexadecimal number"
    power = _POWER.search(text)
    digits = power or re.search(r"\d(?:.*\d)?", text, re.DOTALL)
    if digits is None:
        return "no digits"
    before, after = text[: digits.start()], text[digits.end() :]
    has_no_whole = before.endswith(".") and not power
    has_no_fraction = after.startswith(".")
    before = before.removesuffix("." * has_no_whole).strip(" +-")
    after = after.removeprefix("." * has_no_fraction).strip()
    parts = [
        f'"{before}" before the number' if before else "",
        "no digit before the dot" * has_no_whole,
        *(["an exponent"] if power else _separators(digits[0])),
        "no digit after the dot" * has_no_fraction,
        f'"{after}" after the number' if after else "",
    ]
    found = " and ".join(part for part in parts if part)
    return found or ("decimals" if rule == "integer-format" else "a sign or a space too many")


_HEXADECIMAL = re.compile(r"[+-]?0[xX][0-9a-fA-F]+")
_POWER = re.compile(r"(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+", re.ASCII)


def _separators(digits: str) -> list[str]:
    if re.search(r"[^\d.,\s'’]", digits):  # noqa: RUF001 - Swiss thousands
        return ["text between the digits"]
    if re.fullmatch(r"\d+\.\d+", digits):
        return []
    thousands = re.search(r"(?<!\d)\d{1,3}(?:[.,\s'’]\d{3})+(?!\d)", digits)  # noqa: RUF001 - shops write it
    comma = re.fullmatch(r"[^,]*,\d+", digits) and not re.fullmatch(r"\d{1,3},\d{3}", digits)
    return ["a thousands separator"] * bool(thousands) + ["a decimal comma"] * bool(comma)


def _actual(rule: str, text: str, violation: Violation) -> str:
    if rule == "mandatory-field-missing":
        return "nothing"
    if isinstance(violation.value, list):
        return f"{len(violation.value)} or more"
    return text or "an empty text"


def _place(name: str, field: Field | None) -> str:
    """Say where the value of a field belongs."""
    is_attribute = field is not None and field.comes_from == "attribute"
    return (
        f'{name}="…" on the element itself' if is_attribute else f'an element with class="{name}"'
    )


def _expected(rule: str, text: str, violation: Violation, field: Field | None) -> str:
    meant = meanings(text) if rule in ("decimal-format", "integer-format") else frozenset()
    if rule == "decimal-format" and len(meant) == 1:
        return f"{next(iter(meant)):f}"
    if rule == "number-out-of-range":
        word = "at least" if violation.keyword == "formatMinimum" else "at most"
        return f"{word} {violation.limit}"
    if rule == "mandatory-field-missing":
        return _place(violation.pointer.rpartition("/")[2], field)
    if violation.limit == "cn-availability":
        return "InStock or OutOfStock"
    if violation.keyword in ("maxItems", "maxLength"):
        return f"at most {violation.limit}"
    if rule == OTHER:
        return field.format if field and field.format else violation.message
    return _EXPECTED[rule]
