"""Rules on tags other than the purchase's: their presence, number and readable fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from validator.contract.contracts import Contracts, documented_tags
from validator.core.capture import CapturedTag, Placement
from validator.core.document import Location, json_pointer
from validator.core.finding import Consequence, Severity
from validator.html.dom import Element
from validator.page.tag_fields import find_tag_element
from validator.page.tag_reading import read_tag
from validator.rules.page.presence import RENDER_HINT, suggest_lookalike, tag_invisible
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import Rule, RuleContext, Violation

CONTACT_TAG = "cn_client_info"
OTHER_TAGS = tuple(name for name in documented_tags() if name != "cn_purchase")
MAX_CHILDREN = 200
"""The most elements of one contact tag that are looked at."""


def tag_missing(context: RuleContext) -> Iterator[Violation]:
    if context.tags or context.hidden_tags or not context.expected_count:
        return
    waited = context.capture.waited_ms
    yield Violation(
        f"The page shows no {context.tag} tag{f' within {waited / 1000:g} s' if waited else ''}."
        f"{suggest_lookalike(context)}",
        expected=f'an element with class="{context.tag}"',
        actual="no element with that class",
        hint="" if context.capture.rendered else RENDER_HINT,
    )


def tag_ignored(context: RuleContext) -> Iterator[Violation]:
    if not context.ignored or not context.readings:
        return
    first = context.readings[0]
    for tag in context.ignored:
        other = read_tag(tag, context.fields)
        is_same = other.texts_by_pointer() == first.texts_by_pointer()
        yield Violation(
            f"This is another {context.tag} tag. The Connectif script reads only the first, "
            f"at {first.document.locate('')}"
            + (": it says the same." if is_same else ", which says something else."),
            expected=f"one {context.tag} tag",
            actual=f"{1 + len(context.ignored)} tags",
            recorded="" if is_same else "what the first says",
            severity=Severity.INFO if is_same else Severity.WARNING,
            consequence=Consequence.ADVICE if is_same else None,
            location=tag.origin,
        )


def tag_too_many(context: RuleContext) -> Iterator[Violation]:
    most = context.fields.most
    if most and len(context.tags) > most:
        yield Violation(
            f"The page has {len(context.tags)} {context.tag} tags, but Connectif takes at most "
            f"{most} of a page.",
            tag=most,
            expected=f"at most {most}",
            actual=str(len(context.tags)),
        )


def contact_unknown(context: RuleContext) -> Iterator[Violation]:
    """Check the contact of the purchase, on pages with the client script only.

    Without the script nothing is recorded, and a snippet with only a tag is not a page.
    """
    if not context.capture.script.present or not context.tags:
        return
    found = [
        tag
        for tag in context.capture.tags
        if tag.name == CONTACT_TAG and tag.placement is Placement.DOCUMENT
    ]
    if not found:
        yield Violation(
            f"The page of the purchase has no {CONTACT_TAG} tag: nothing on it says who bought.",
            expected=f'<div class="{CONTACT_TAG}"> with a primary_key',
            actual="no element with that class",
        )
        return
    fields = Contracts().fields(CONTACT_TAG)
    reading = read_tag(found[0], fields)
    text = reading.data.get("primary_key")
    is_misspelt = any(name == "primary_key" for _, name in _find_misspelt_fields(found[0]))
    # Other faults of the contact's tag are reported for that tag.
    if not text and not (text is None and is_misspelt):
        yield Violation(
            f"primary_key of {CONTACT_TAG} is {'missing' if text is None else 'empty'} on "
            "the page of the purchase: nothing on it says who bought.",
            expected="the buyer's e-mail address in primary_key",
            actual="nothing" if text is None else "an empty text",
            location=reading.document.locate("/primary_key"),
        )


def contact_field_not_read(context: RuleContext) -> Iterator[Violation]:
    """Report elements that are meant as fields of the contact and that the script does not read."""
    for index, tag, reading in context.tags_and_readings():
        held = {name for each in context.nested[index] for name in each.names}
        for element, name in _find_misspelt_fields(tag):
            if name not in reading.data and name not in held:
                place = _locate_element(tag, element)
                yield replace(
                    _unread_field_violation(element, name, tag), tag=index, location=place
                )


def _find_misspelt_fields(tag: CapturedTag) -> Iterator[tuple[Element, str]]:
    """Yield elements that are not fields, with the name of the field that each seems to be."""
    known = {name.lower(): name for name in Contracts().fields(CONTACT_TAG).fields}
    tree, root = find_tag_element(tag)
    reported: set[str] = set()
    for element in tree.descendants(root)[:MAX_CHILDREN] if root else ():
        whole = element.attributes.get("class", "")
        is_child = element.parent is root and element.foreign != "svg"
        for name in {
            known[each.lower()]: None for each in element.classes if each.lower() in known
        }:
            if not (is_child and whole == name) and name not in reported:
                reported.add(name)
                yield element, name
        bare = whole.strip()
        if is_child and whole != bare and bare and bare.lower() not in known:
            yield element, bare


def _unread_field_violation(element: Element, name: str, tag: CapturedTag) -> Violation:
    whole = element.attributes.get("class", "")
    if whole == name:
        is_svg = element.foreign == "svg"
        return Violation(
            f"{name} is an SVG element, which the Connectif script does not take for a field of "
            f"{tag.name}: it records nothing of this field."
            if is_svg
            else f"{name} is inside another element of {tag.name}, and the Connectif script takes "
            "only direct children for fields: it records nothing of this field.",
            pointer=json_pointer(name),
            expected=f'class="{name}" on a child of the tag',
            actual="an SVG element" if is_svg else "an element deeper inside",
            recorded="nothing",
        )
    return Violation(
        f'class="{whole}" is not {name}: in {tag.name} the Connectif script takes the whole '
        "attribute, letter by letter and with its spaces, as the name of the field.",
        pointer=json_pointer(name),
        expected=f'class="{name}"',
        actual=f'class="{whole}"',
        recorded="nothing",
    )


def _locate_element(tag: CapturedTag, element: Element) -> Location:
    line, column = find_tag_element(tag)[0].place(element.start)
    return Location(tag.origin.source, line, column, tag.origin.css)


RULES = (
    Rule(
        "tag-missing",
        "A tag that should be on the page is missing",
        Severity.ERROR,
        Consequence.TAG_LOST,
        "The Connectif script knows carts, contacts, products and searches only from the tags on "
        "the page.",
        "Render the tag in the page's HTML.",
        CLIENT_SCRIPT_SOURCE,
        tag_missing,
        before="<body> … </body>",
        after='<body> … <div class="cn_cart" style="display:none"> … </div></body>',
        tags=OTHER_TAGS,
    ),
    Rule(
        "tag-invisible",
        "A tag is where the Connectif script cannot see it",
        Severity.ERROR,
        Consequence.TAG_LOST,
        "The script searches the document of the page itself. It does not find a tag inside an "
        "iframe, a shadow root, a template, a noscript, a comment or a textarea.",
        'Move the tag into the page itself, and hide it with style="display:none".',
        CLIENT_SCRIPT_SOURCE,
        tag_invisible,
        before='<template><div class="cn_cart"> … </div></template>',
        after='<div class="cn_cart" style="display:none"> … </div>',
        tags=OTHER_TAGS,
    ),
    Rule(
        "tag-ignored",
        "A tag is on the page again, although the script reads only the first",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The script reads only the first of these tags on a page. Which one is first depends on "
        "the page: often it is a small basket in the header.",
        "Render the tag once per page. Look for a theme and a module that both render it.",
        CLIENT_SCRIPT_SOURCE,
        tag_ignored,
        before='<div class="cn_cart"> yesterday </div>\n<div class="cn_cart"> today </div>',
        after='<div class="cn_cart"> today </div>',
        tags=OTHER_TAGS,
    ),
    Rule(
        "tag-too-many",
        "A page has more tags of one name than Connectif takes",
        Severity.WARNING,
        Consequence.NOT_AS_DOCUMENTED,
        "The script takes at most ten of the categories and of the tags of a page.",
        "Leave out the least important ones.",
        CLIENT_SCRIPT_SOURCE,
        tag_too_many,
        before='<span class="cn_page_tag">1</span> … <span class="cn_page_tag">14</span>',
        after='<span class="cn_page_tag">1</span> … <span class="cn_page_tag">10</span>',
        tags=OTHER_TAGS,
    ),
    Rule(
        "contact-unknown",
        "The page of the purchase does not say who bought",
        Severity.WARNING,
        Consequence.ADVICE,
        "The purchase itself does not name the buyer. Connectif knows the buyer from primary_key "
        "in cn_client_info, or from earlier visits with the same browser. Otherwise a guest's "
        "purchase belongs to an anonymous contact.",
        "Render cn_client_info on the confirmation as well, with the e-mail address of the order.",
        CLIENT_SCRIPT_SOURCE,
        contact_unknown,
        before='<div class="cn_purchase"> … </div>',
        after='<div class="cn_client_info" style="display:none">'
        '<span class="primary_key">ada@example.org</span></div>\n'
        '<div class="cn_purchase"> … </div>',
    ),
    Rule(
        "contact-field-not-read",
        "A field of the contact is written in a way that the script does not read",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Unlike in other tags, the direct children of cn_client_info say which fields there are: "
        "the whole class attribute of a child is the name of a field. A space, a second class or "
        "a capital letter makes it a different name.",
        "Put each field into an element of its own directly inside the tag, with only the field's "
        "name in the class attribute.",
        CLIENT_SCRIPT_SOURCE,
        contact_field_not_read,
        before='<span class="primary_key ">ada@example.org</span>',
        after='<span class="primary_key">ada@example.org</span>',
        tags=(CONTACT_TAG,),
    ),
)
