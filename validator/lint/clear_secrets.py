"""Finds card numbers, passwords and tokens that are written in clear in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from validator.core.redaction import find_card_numbers
from validator.lint.lint_findings import LintFinding, build_finding
from validator.lint.lint_sources import LintSource, find_texts, walk_step_nodes
from validator.scenario.model.actions import ACTIONS
from validator.scenario.safety.sensitive_fields import PASSWORD_FIELD
from validator.scenario.syntax.node import Node

_TOKENS = (
    ("bearer token", re.compile(r"\b(?:Bearer|Basic)\s+([A-Za-z0-9+/._~-]{12,}=*)")),
    # https://datatracker.ietf.org/doc/html/rfc7519: three parts of base64, the first a JSON object
    ("JSON web token", re.compile(r"\b(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)")),
    # https://docs.stripe.com/keys
    ("secret key", re.compile(r"\b((?:sk|rk)_(?:live|test)_[A-Za-z0-9]{8,})")),
    # https://docs.github.com/authentication: the prefixes of its tokens
    ("access token", re.compile(r"\b((?:gh[pousr]|github_pat|glpat)[_-]\w{16,})")),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    ("access key", re.compile(r"\b(AKIA[0-9A-Z]{16})\b")),
    ("password in a URL", re.compile(r"https?://[^\s/:@]*:([^\s/@$]+)@")),
)
_SECRET_NAME = re.compile(
    r"(password|passwd|secret|api_?key|access_?token|auth_?token|private_?key)$", re.IGNORECASE
)
_TYPED_KEYS = [(action.traits.kind, key) for action in ACTIONS for key in action.traits.typed]
"""Steps that type text, each with the key of its text."""
_LOCATOR_KEYS = ("label", "name", "placeholder", "title", "test_id", "css")


def find_clear_secrets(source: LintSource) -> Iterator[LintFinding]:
    """Yield a finding for each value that contains a secret."""
    reported: set[str] = set()
    for found in (
        *_find_in_texts(source.root),
        *_find_typed_passwords(source),
        *_find_by_name(source.root),
    ):
        if found.finding.pointer not in reported:
            reported.add(found.finding.pointer)
            yield found


def _find_in_texts(root: Node) -> Iterator[LintFinding]:
    for node in find_texts(root):
        for card in find_card_numbers(node.text):
            yield _secret_finding(node, "a card number", card)
        for what, pattern in _TOKENS:
            if found := pattern.search(node.text):
                article = "an" if what.startswith("a") else "a"
                yield _secret_finding(node, f"{article} {what}", found[1])


def _find_typed_passwords(source: LintSource) -> Iterator[LintFinding]:
    """Yield findings for texts that are typed into password fields."""
    for step in walk_step_nodes(source.root.get("steps")):
        for kind, key in _TYPED_KEYS:
            action = step.get(kind)
            value = action.get(key) if action else None
            if action is None or value is None or not _is_clear(value):
                continue
            words = (action.get(key) for key in _LOCATOR_KEYS)
            if any(word and PASSWORD_FIELD.search(word.text) for word in words):
                yield _secret_finding(value, "a password", value.text)


def _find_by_name(root: Node) -> Iterator[LintFinding]:
    """Yield findings for values of variables and settings that are named like secrets."""
    for at, node in _named_texts(root):
        if _SECRET_NAME.search(at) and _is_clear(node) and "/steps/" not in f"{node.at}/":
            yield _secret_finding(node, f'the value of "{at}"', node.text)


def _named_texts(node: Node) -> Iterator[tuple[str, Node]]:
    for name, child in node.items().items():
        if child.is_text or isinstance(child.data, int):
            yield name, child
        yield from _named_texts(child)
    for child in node:
        yield from _named_texts(child)


def _is_clear(node: Node) -> bool:
    return bool(node.text.strip()) and "${" not in node.text


def _secret_finding(node: Node, what: str, hide: str) -> LintFinding:
    return build_finding("secret-in-clear", node, f"{what} is written in clear", hide=hide)
