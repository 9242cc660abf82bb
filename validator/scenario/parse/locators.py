"""Reads locators."""

from __future__ import annotations

from typing import Literal, get_args

from validator.scenario.expand.scope import Scope
from validator.scenario.model.template import ConsentButton, Locator, Template
from validator.scenario.syntax.node import Node
from validator.scenario.syntax.schema_messages import did_you_mean

# The roles that Playwright's get_by_role knows: https://www.w3.org/TR/wai-aria-1.2/#role_definitions
_ROLES = """
alert alertdialog application article banner blockquote button caption cell checkbox code
columnheader combobox complementary contentinfo definition deletion dialog directory document
emphasis feed figure form generic grid gridcell group heading img insertion link list listbox
listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter
navigation none note option paragraph presentation progressbar radio radiogroup region row
rowgroup rowheader scrollbar search searchbox separator slider spinbutton status strong
subscript superscript switch tab table tablist tabpanel term textbox time timer toolbar tooltip
tree treegrid treeitem
"""
ARIA_ROLES = frozenset(_ROLES.split())
LocatorKind = Literal["role", "label", "placeholder", "text", "test_id", "title", "alt", "css"]


def parse_locator(node: Node, scope: Scope) -> Locator:
    """Read a locator: a mapping, or a text, which is a Playwright selector."""
    if node.is_text:
        return Locator("selector", scope.template(node))
    found = find_locator(node, scope)
    return found or Locator("selector", Template(()))


def parse_consent(node: Node, scope: Scope) -> ConsentButton:
    """Read one button of ``consent``."""
    frame = node.get("frame")
    return ConsentButton(parse_locator(node, scope), parse_locator(frame, scope) if frame else None)


def find_locator(node: Node, scope: Scope, *, but: str = "") -> Locator | None:
    """Read the locator in a mapping, if it has one. The key ``but`` is not taken as a locator."""
    by: LocatorKind | None = next(
        (key for key in get_args(LocatorKind) if key in node and key != but), None
    )
    if by is None:
        return None
    value = scope.template(node[by])
    if by == "role" and "$" not in str(value) and str(value) not in ARIA_ROLES:
        message = f'there is no role "{value}"{did_you_mean(str(value), ARIA_ROLES)}'
        hint = "Name an ARIA role, as the browser's accessibility panel shows it."
        scope.context.problems.add("unknown-role", message, node[by], hint)
    nth, within = node.get("nth"), node.get("within")
    return Locator(
        by,
        value,
        scope.template(node["name"]) if "name" in node else None,
        exact="exact" in node and node["exact"].data is True,
        nth=int(nth.text) if nth else None,
        within=parse_locator(within, scope) if within else None,
    )
