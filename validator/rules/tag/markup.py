"""Rules on HTML in which a browser ends or moves a tag."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from validator.contract.fields import Field
from validator.core.capture import CapturedTag
from validator.core.finding import Consequence, Severity
from validator.core.result import TagReading
from validator.html import serialised
from validator.html.dom import FOSTER_PARENTING, Element, fold_class_name
from validator.page.static_capture import MAX_NEARBY_ELEMENTS, iter_neighbours
from validator.page.tag_fields import PageTag, find_tag_element
from validator.rules.references import HTML_PARSING_SPEC
from validator.rules.rule import ANY_TAG, Rule, RuleContext, Violation
from validator.rules.tag.losses import empty_tag_consequence

_MAX_NAMED_FIELDS = 3
_MAX_NEIGHBOUR_ELEMENTS = 200
"""A neighbour may be the rest of the page."""
_BLOCK_NAMES = (
    "address article aside blockquote center details dialog dir div dl dd dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav "
    "ol plaintext pre search section summary table ul xmp"
)
_ENDS_PARAGRAPH = frozenset(_BLOCK_NAMES.split())
"""Start tags before which a browser ends a paragraph."""


def tag_ended_by_block(context: RuleContext) -> Iterator[Violation]:
    for index, reading, root, beside in _iter_tags_with_neighbours(context):
        if root.name != "p" or beside[0][0].name not in _ENDS_PARAGRAPH:
            continue
        if outside := _find_fields_beside_tag(context.fields, reading, context.tags[index], beside):
            yield _split_tag_violation(
                context,
                index,
                f"The tag is a <p>, and a browser ends it where the <{beside[0][0].name}> begins: "
                f"{_list_fields(outside)} then not part of the tag.",
            )


def tag_moved_out_of_table(context: RuleContext) -> Iterator[Violation]:
    reported = set()
    for index, reading, root, beside in _iter_tags_with_neighbours(context):
        outside = _find_fields_beside_tag(context.fields, reading, context.tags[index], beside)
        if not outside or root.name == "p":
            continue
        reported.add(index)
        if root.name in FOSTER_PARENTING:
            message = (
                f"The tag is a <{root.name}>, and {_list_fields(outside)} in it but not in a cell"
            )
        else:
            message = (
                f"The tag is in a table but not in a cell, and {_list_fields(outside)} in the cells"
            )
        yield _split_tag_violation(context, index, f"{message}: a browser takes them apart.")
    for index, tag in enumerate(context.tags):
        if tag.moved and index not in reported:
            yield Violation(
                "The tag is in a table but not in a cell: a browser moves it to before the table.",
                tag=index,
                expected="the tag outside of the table, or in a cell",
                actual="the tag between cells",
                severity=Severity.WARNING,
                consequence=Consequence.ADVICE,
            )


def _iter_tags_with_neighbours(
    context: RuleContext,
) -> Iterator[tuple[int, TagReading, Element, list[list[Element]]]]:
    """Yield each tag with neighbours: index, reading, element, and the elements of each
    neighbour."""
    for index, tag, reading in context.tags_and_readings():
        _, root = find_tag_element(tag)
        beside = list(_iter_neighbours(tag))
        if root and beside and all(beside):
            yield index, reading, root, beside


def _iter_neighbours(tag: CapturedTag) -> Iterator[list[Element]]:
    """Yield each element beside the tag that may be a field of it, with those inside of it."""
    if isinstance(tag, PageTag) and tag.tree and tag.element:
        for each in islice(iter_neighbours(tag.tree, tag.element), MAX_NEARBY_ELEMENTS):
            yield [each, *tag.tree.descendants(each)[:_MAX_NEIGHBOUR_ELEMENTS]]
    else:
        for html in tag.nearby:
            yield serialised.parse(html).elements


def _find_fields_beside_tag(
    fields: Field, reading: TagReading, tag: CapturedTag, beside: list[list[Element]]
) -> list[str]:
    """Return the fields that the tag lacks and that its neighbours have.

    If the tag has fields, only the elements that follow it directly count: other elements of a page
    have classes such as "price" too.
    """
    lacking = {
        fold_class_name(name, tag.quirks): name
        for name in fields.fields
        if f"/{name}" not in _top_level_pointers(reading)
    }
    found: list[str] = []
    for elements in beside:
        if any(
            fold_class_name(tag.name, tag.quirks) in _folded_classes(each, tag) for each in elements
        ):
            break  # the fields of another tag
        counted = elements[:1] if reading.fields else elements
        names = [
            lacking[each]
            for element in counted
            for each in _folded_classes(element, tag)
            if each in lacking
        ]
        if reading.fields and not names:
            break
        found += [name for name in names if name not in found]
    return found


def _folded_classes(element: Element, tag: CapturedTag) -> list[str]:
    return [fold_class_name(each, tag.quirks) for each in element.classes]


def _top_level_pointers(reading: TagReading) -> set[str]:
    return {f"/{each.pointer.split('/')[1]}" for each in reading.fields}


def _list_fields(names: list[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMED_FIELDS])
    if len(names) > _MAX_NAMED_FIELDS:
        return f"{shown} and {len(names) - _MAX_NAMED_FIELDS} more are"
    return f"{shown} {'is' if len(names) == 1 else 'are'}"


def _split_tag_violation(context: RuleContext, index: int, message: str) -> Violation:
    is_lost = context.readings[index].event is None
    return Violation(
        message,
        tag=index,
        expected="every field inside of the tag",
        actual="fields beside the tag",
        recorded="nothing" if is_lost else "",
        consequence=empty_tag_consequence(context.fields)
        if is_lost
        else Consequence.RECORDED_WRONG,
    )


RULES = (
    Rule(
        "tag-ended-by-block",
        "The tag is a paragraph, and a block in it ends it",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "HTML allows no blocks in a <p>: a browser ends it before a <div>, a list or a table, and "
        "what follows is not part of it. The script reads only what is inside the tag.",
        "Make the tag a <div>.",
        HTML_PARSING_SPEC,
        tag_ended_by_block,
        before='<p class="cn_purchase"><div class="purchase_id">7</div> … </p>',
        after='<div class="cn_purchase"><div class="purchase_id">7</div> … </div>',
        tags=ANY_TAG,
    ),
    Rule(
        "tag-moved-out-of-table",
        "The tag is in a table, where a browser takes it apart",
        Severity.ERROR,
        Consequence.PURCHASE_LOST,
        "HTML allows nothing else between the rows and cells of a table: a browser moves it "
        "before the table, and the contents of the cells stay behind.",
        "Put the whole tag outside of the table, or into one cell.",
        HTML_PARSING_SPEC,
        tag_moved_out_of_table,
        before='<table><div class="cn_purchase">\n'
        '<tr><td class="purchase_id">7</td> … </tr></div></table>',
        after='<div class="cn_purchase">\n'
        '<span class="purchase_id">7</span> … </div><table> … </table>',
        tags=ANY_TAG,
    ),
)
