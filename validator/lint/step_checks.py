"""Checks of single steps: waits, and selectors that depend on the page's structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from validator.lint.lint_findings import LintFinding, build_edit, build_finding
from validator.lint.lint_sources import LintSource, walk_step_nodes
from validator.scenario.model.actions import ACTIONS
from validator.scenario.syntax.node import Node

_POSITION = re.compile(r":nth-|:(first|last|only)-(child|of-type)|>>\s*nth=|\[\d+\]")
_GENERATED_CLASS = re.compile(
    r"[.#](css-[\w-]{4,}"  # Emotion
    r"|sc-[a-zA-Z]{5,}"  # styled-components
    r"|[\w-]*__?[\w-]*[a-z][A-Z0-9][\w-]*\d[\w-]*"  # CSS modules
    r"|jss\d+|ember\d+|react-select-\d+[\w-]*|[\w-]*[0-9a-f]{8,})"
)
_XPATH = re.compile(r"^(xpath=|//|\(//|\.\./)")
_TIMER = re.compile(r"\bset(Timeout|Interval)\b|\bsleep\b")
_LONGEST_CHAIN = 3
"""Combinators: ``form > .total b`` has two."""


def check_steps(source: LintSource) -> Iterator[LintFinding]:
    """Check every step of a file, and its ``confirmation``."""
    for step in walk_step_nodes(source.root.get("steps")):
        yield from _check_waits(step)
        for locator in _find_locators(step):
            yield from _check_selectors(locator)
    if confirmation := source.root.get("confirmation"):
        yield from _check_selectors(confirmation)


def _check_waits(step: Node) -> Iterator[LintFinding]:
    wait, script = step.get("wait_for"), step.get("evaluate")
    if wait is not None and wait.data and wait.get("state") is None:
        message = "this waits instead of expecting"
        found = build_finding("wait-is-expectation", wait, message, by_key=True)
        yield replace(found, edit=build_edit(wait.key_location, "wait_for", "expect"))
    if script is not None and any(map(_TIMER.search, _scripts(script))):
        message = "this waits for time to pass"
        hint = "Expect the element, URL or tag that the wait is for."
        yield build_finding("wait-is-expectation", script, message, hint=hint)


def _scripts(node: Node) -> Iterator[str]:
    if node.is_text:
        yield node.text
    for child in node.items().values():
        yield from _scripts(child)


def _check_selectors(locator: Node) -> Iterator[LintFinding]:
    if within := locator.get("within"):
        yield from _check_selectors(within)
    selector = locator if locator.is_text else locator.get("css")
    if selector is None or not selector.is_text:
        return
    if weakness := _describe_weakness(selector.text):
        yield build_finding("fragile-selector", selector, f"this selector {weakness}")


def _find_locators(step: Node) -> Iterator[Node]:
    """Yield the locators of a step: selectors, and mappings that may have one."""
    for key, value in step.items().items():
        places = _SELECTOR_KEYS.get(key, ())
        if not value.is_text or "" in places:
            yield value
        for place in filter(None, places):
            if place == "*":
                yield from value.items().values()
            elif found := _get_nested(value, place):
                yield found
    if when := step.get("when"):
        yield from filter(None, (when.get("visible"), when.get("hidden")))


_SELECTOR_KEYS = {action.traits.kind: action.traits.selectors for action in ACTIONS}
"""Kind of step → the keys whose plain text is a selector."""


def _get_nested(node: Node, path: str) -> Node | None:
    found: Node | None = node
    for key in path.split("/"):
        found = found.get(key) if found else None
    return found


def _describe_weakness(selector: str) -> str:
    if _XPATH.search(selector):
        return "is XPath, a path through the page's structure"
    if found := _POSITION.search(selector):
        return f"counts elements ({found[0].strip()})"
    if found := _GENERATED_CLASS.search(selector):
        return f"names a generated class ({found[0]})"
    bare = re.sub(r"\[[^\]]*\]|\([^)]*\)", "", selector)
    steps = len(re.findall(r"\s*[>+~]\s*|\s+", bare.strip()))
    return f"is a chain of {steps + 1} elements" if steps >= _LONGEST_CHAIN else ""
