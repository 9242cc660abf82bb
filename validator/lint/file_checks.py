"""Checks of a file as a whole, and of files among each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urljoin

from validator.core.capture import UNPAID_OUTCOMES
from validator.core.url_globs import is_valid_glob, matches_glob
from validator.core.urls import is_web_url, parse_origin
from validator.lint.catalogue import LINT_RULES
from validator.lint.lint_findings import LintFinding, build_finding
from validator.lint.lint_sources import (
    FileKind,
    LintSource,
    find_references,
    find_yaml_files,
    walk_step_nodes,
)
from validator.scenario.model.actions import ACTIONS, Payment
from validator.scenario.settings.matrix import EXCLUDE_KEY, MATRIX_SETTINGS
from validator.scenario.syntax.node import Node

_REFERENCE = re.compile(r"\$\{[^{}]*\}")
_PRESSING_KEYS = {
    *(action.traits.kind for action in ACTIONS if action.traits.presses),
    *("payment", "include", "frame", "popup"),
}
"""Steps that press something, or may contain one that does."""
_ORDER_KEYS = {
    *(action.traits.kind for action in ACTIONS if action.traits.can_place_order),
    Payment.traits.kind,
    "include",
}
"""Steps that may place an order."""


def check_file(
    source: LintSource, included: Iterable[LintSource], *, is_proven: bool = False
) -> Iterator[LintFinding]:
    """Check one file; ``included`` are the fragments that it includes, at any depth.

    ``is_proven`` tells that the configuration has a ``confirmation``.
    """
    yield from _check_duplicates(source)
    if source.kind is FileKind.CONFIG:
        return
    used = {use for each in (source, *included) for use in find_references(each.root)}
    yield from _check_unused(source, used)
    if source.kind is FileKind.SCENARIO and not is_proven:
        yield from _check_confirmation(source)
    if source.kind is FileKind.SCENARIO:
        yield from _check_pattern(source)


def _check_unused(source: LintSource, used: set[str]) -> Iterator[LintFinding]:
    root = source.root
    # Variables that a step saves are not checked: reports show them.
    variables = root.get("vars")
    for name, node in (variables.items() if variables else {}).items():
        if name not in used:
            yield build_finding("unused-variable", node, f'"{name}" is never used', by_key=True)
    matrix = root.get("matrix")
    for name, node in (matrix.items() if matrix else {}).items():
        if name not in (*MATRIX_SETTINGS, EXCLUDE_KEY) and f"matrix.{name}" not in used:
            message = f'"{name}" is never used: all of its values run the same scenario'
            yield build_finding("unused-variable", node, message, by_key=True)
    for node in root.get("secrets") or ():
        if node.is_text and f"secret.{node.text}" not in used:
            yield build_finding("unused-secret", node, f'the secret "{node.text}" is never used')


def _check_confirmation(source: LintSource) -> Iterator[LintFinding]:
    root, steps = source.root, list(walk_step_nodes(source.root.get("steps")))
    expected = root.get("expect")
    tag = expected.get("cn_purchase") if expected else None
    count = expected.get("count") if expected else None
    expects_none = (tag is not None and tag.data == "none") or (
        count is not None and count.data == 0
    )
    payments = [step["payment"] for step in steps if "payment" in step]
    outcome = payments[-1].get("outcome") if payments else None
    expects_none |= outcome is not None and outcome.text in UNPAID_OUTCOMES
    places_order = any(_ORDER_KEYS & step.items().keys() for step in steps)
    if places_order and "confirmation" not in root and not expects_none:
        place = root.get("steps") or root
        message = "no confirmation: nothing says how the order confirmation is recognised"
        yield build_finding("confirmation-missing", place, message, by_key=True)


def _check_pattern(source: LintSource) -> Iterator[LintFinding]:
    """Report a pattern of the confirmation that a page matches which a later step leaves."""
    confirmation = source.root.get("confirmation")
    url = confirmation if confirmation is None or confirmation.is_text else confirmation.get("url")
    if confirmation is None or url is None or not url.is_text or not _is_sole_proof(confirmation):
        return
    if "${" in url.text or not is_valid_glob(url.text):
        return
    base = source.root.get("base_url")
    host = _REFERENCE.sub("shop", base.text) if base is not None and "://" in base.text else ""
    origin = parse_origin(host if is_web_url(host) else "http://shop.example")
    for page in _find_left_pages(source.root.get("steps")):
        address = urljoin(origin, _REFERENCE.sub("x", page.text))
        if matches_glob(url.text, address, origin):
            message = f'"{url.text}" also matches {page.text}, a page before the order'
            yield build_finding("confirmation-too-wide", url, message)
            return


def _is_sole_proof(confirmation: Node) -> bool:
    return confirmation.is_text or set(confirmation.items()) <= {"url"}


def _find_left_pages(steps: Node | None) -> Iterator[Node]:
    """Yield the address of each ``goto`` that a step follows which presses something."""
    listed = list(steps or ())
    for number, step in enumerate(listed):
        page = step.get("goto")
        if page is None or not page.is_text:
            continue
        # An optional step, such as that of a cookie banner, leads nowhere.
        later = (each for each in listed[number + 1 :] if each.get("optional") is None)
        if any(_PRESSING_KEYS & each.items().keys() for each in later):
            yield page


def _check_duplicates(source: LintSource) -> Iterator[LintFinding]:
    matrix = source.root.get("matrix")
    axes = list(matrix.items().values()) if matrix else []
    for node in (source.root.get("labels"), source.root.get("secrets"), *axes):
        seen: set[str] = set()
        for item in node or ():
            if item.text in seen and not item.items():
                message = f'"{item.text}" is listed twice'
                yield build_finding("duplicate-value", item, message)
            seen.add(item.text)


def check_project(
    sources: Iterable[LintSource], by_path: dict[Path, LintSource]
) -> Iterator[LintFinding]:
    """Check names that are used twice, and fragments that are never included."""
    sources = list(sources)
    names: dict[str, LintSource] = {}
    for source in sources:
        name = source.root.get("name")
        if source.kind is not FileKind.SCENARIO or name is None or not name.is_text:
            continue
        if first := names.get(name.text):
            message = f'{first.document.label} already has the name "{name.text}"'
            yield build_finding("duplicate-name", name, message)
        names.setdefault(name.text, source)
    whole = [s for s in sources if s.kind is FileKind.FRAGMENT and s.is_whole]
    used = {path for source in by_path.values() for path in source.includes()} if whole else set()
    for fragment in whole:
        if fragment.path.resolve() not in used and not _is_named_elsewhere(fragment, by_path):
            yield build_finding(
                "unused-fragment", fragment.root, LINT_RULES["unused-fragment"].title
            )


def _is_named_elsewhere(fragment: LintSource, by_path: dict[Path, LintSource]) -> bool:
    """Tell whether another file of the project, which is not linted, may include it."""
    folders = fragment.path.resolve().parents
    project = next((f for f in folders if (f / ".git").exists()), None)
    if project is None:
        return False
    for path in find_yaml_files(project):
        is_other = path.resolve() not in by_path
        if is_other and fragment.path.name.encode() in path.read_bytes():
            return True
    return False
