"""The parts of a table: which there must be, which end which, and what has no place there."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.html.html_names import CELLS, FOSTER_PARENTING, ROW_GROUPS, TABLE_PARTS
from validator.html.html_open import OpenElements
from validator.html.html_tokens import StartTag

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_HOLDS: Mapping[str, frozenset[str]] = {
    "table": frozenset({"caption", "colgroup", *ROW_GROUPS}),
    **dict.fromkeys(ROW_GROUPS, frozenset({"tr"})),
    "tr": CELLS,
}
"""Part of a table → what it holds."""
_MISSING: Mapping[str, Mapping[str, str]] = {
    "table": {"col": "colgroup", "tr": "tbody", "td": "tbody", "th": "tbody"},
    **{group: {"td": "tr", "th": "tr"} for group in ROW_GROUPS},
    "tr": {},
}
"""Part of a table → what comes → what has to be between them."""


class Tables(OpenElements):
    """Opens and ends the parts of tables."""

    def fits_table(self, tag: StartTag) -> bool:
        """Open and end parts so that a tag fits; tell whether it counts at all."""
        while True:
            place = self.last("part")
            part = self.stack[place].name if place >= 0 else ""
            if part in FOSTER_PARENTING:
                counts = self._fits_rows(tag, part, place)
                if counts is not None:
                    return counts
            elif part in ("", "template"):
                return part != "" or tag.name not in TABLE_PARTS
            elif _holds(part, tag.name):
                return True
            else:
                self.end_before(place, tag.start)

    def _fits_rows(self, tag: StartTag, part: str, place: int) -> bool | None:
        """The same, in a table and not in a cell; None where what is around it says more."""
        if tag.name == "table":
            table = self.find("table", "table")
            self.end_before(table, tag.start)
            return None if table >= 0 else False
        if tag.name not in TABLE_PARTS:
            self.fosters = not _may_stand_in_table(tag)
            return True
        if tag.name in _HOLDS[part]:
            self.end_before(place + 1, tag.start)
            return True
        if missing := _MISSING[part].get(tag.name):
            self.end_before(place + 1, tag.start)
            self.add(StartTag(missing, NO_ATTRIBUTES, tag.start, tag.start))
        else:
            self.end_before(place, tag.start)
        return None

    @property
    def is_between_cells(self) -> bool:
        place = self.last("part")
        return place >= 0 and self.stack[place].name in FOSTER_PARENTING


def _holds(part: str, name: str) -> bool:
    """Tell what may stand in a colgroup, a caption or a cell."""
    return name in ("col", "template") if part == "colgroup" else name not in TABLE_PARTS


def _may_stand_in_table(tag: StartTag) -> bool:
    is_unseen = tag.attributes.get("type", "").lower() == "hidden"
    return tag.name in ("style", "script", "template", "form") or (
        tag.name == "input" and is_unseen
    )
