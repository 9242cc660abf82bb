"""Locators and durations: the small forms that steps are made of."""

from __future__ import annotations

from typing import Literal, get_args

from validator.scenario.expand.variables import Scope
from validator.scenario.model.template import Consent, Locator, Template
from validator.scenario.parse.durations import parse_duration
from validator.scenario.parse.node import Node
from validator.scenario.parse.schema_messages import near

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
ROLES = frozenset(_ROLES.split())
By = Literal["role", "label", "placeholder", "text", "test_id", "title", "alt", "css"]


def locator(node: Node, scope: Scope) -> Locator:
    """Read a locator: a mapping, or the string shorthand, which is a Playwright selector."""
    if node.is_text:
        return Locator("selector", scope.template(node))
    found = locator_in(node, scope)
    return found or Locator("selector", Template(()))


def consent(node: Node, scope: Scope) -> Consent:
    """Read a button to click whenever it stands in the way."""
    frame = node.get("frame")
    return Consent(locator(node, scope), locator(frame, scope) if frame else None)


def locator_in(node: Node, scope: Scope, *, but: str = "") -> Locator | None:
    """Read the locator among a mapping's keys, where there is one. ``but`` is a key of others."""
    by: By | None = next((key for key in get_args(By) if key in node and key != but), None)
    if by is None:
        return None
    value = scope.template(node[by])
    if by == "role" and "$" not in str(value) and str(value) not in ROLES:
        message = f'there is no role "{value}"{near(str(value), ROLES)}'
        hint = "Name an ARIA role, as the browser's accessibility panel shows it."
        scope.world.problems.add("unknown-role", message, node[by], hint)
    nth = node.get("nth")
    return Locator(
        by,
        value,
        scope.template(node["name"]) if "name" in node else None,
        exact="exact" in node and node["exact"].data is True,
        nth=int(nth.text) if nth else None,
    )


def milliseconds(node: Node | None, default: float) -> float:
    """Read a duration such as ``500ms``, ``5s`` or ``1m``."""
    if node is None:
        return default
    parsed = parse_duration(node.text)
    return default if parsed is None else parsed
