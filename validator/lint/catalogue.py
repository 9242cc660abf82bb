"""The rules of the linter: severity, reason and fix of each.

Errors of the loader, such as an unknown key, are not among them: their messages explain them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from validator.core.finding import Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule of the linter. ``before`` and ``after`` are YAML."""

    id: str
    severity: Severity
    title: str
    why: str
    fix: str
    before: str
    after: str
    is_fixable: bool = False


_RULES = (
    LintRule(
        "secret-in-clear",
        ERROR,
        "A card number, password or access token is written in a file",
        "Files are committed, copied and shown in reviews, so everybody who can read the "
        "repository can read the value. Reports hide only what is declared as a secret. Card "
        "numbers that payment providers publish for tests are allowed.",
        "Declare it under secrets, set it in the environment or in a .env file that is not "
        "committed, and use ${secret.NAME}. If it has been committed already, replace it.",
        "- fill: {label: Password, value: hunter2}",
        'secrets: [SHOP_PASSWORD]\n…\n- fill: {label: Password, value: "${secret.SHOP_PASSWORD}"}',
    ),
    LintRule(
        "confirmation-missing",
        WARNING,
        "A checkout does not say how its order confirmation is recognised",
        "Without it, a missing tag cannot be distinguished from an order that failed: a scenario "
        "without the tag counts as broken, and the shop's fault is not reported.",
        "Add confirmation: the page's URL as a glob, an element on it, or both.",
        "steps: […]",
        'steps: […]\nconfirmation: {url: "**/order-confirmation/*"}',
    ),
    LintRule(
        "confirmation-too-wide",
        ERROR,
        "The pattern of the confirmation also matches a page before the order",
        "Arrival at the confirmation is the proof that the order was placed. A pattern that the "
        "checkout matches is met before anything is ordered, and the run ends there.",
        "Write what only the confirmation has in its address, with its query if that says which "
        "page is shown, or add an element that only the confirmation has.",
        "steps: [{goto: /index.php?route=checkout/checkout}, …]\n"
        'confirmation: {url: "**/index.php**"}',
        "steps: [{goto: /index.php?route=checkout/checkout}, …]\n"
        'confirmation: {url: "**/index.php?route=checkout/success**"}',
    ),
    LintRule(
        "wait-is-expectation",
        WARNING,
        "A step uses wait_for where expect is meant",
        "Every action waits until the page is ready for it. wait_for does the same as expect "
        "without saying that the author requires the result. A wait for a fixed time is too short "
        "on a slow day and too long on all others.",
        "Write expect, which waits just as long. If the next step acts on the same element, remove "
        "the step.",
        "- wait_for: {role: heading, name: Your basket}",
        "- expect: {role: heading, name: Your basket}",
        is_fixable=True,
    ),
    LintRule(
        "fragile-selector",
        INFO,
        "A selector depends on how the page is built, not on what the customer sees",
        "Positions, chains of elements and generated class names change with each redesign, and "
        "the scenario breaks although the shop works.",
        "Use what the customer sees (role with name, label or text) or a data-testid.",
        '- click: {css: "div > div > ul > li:nth-child(3) > a"}',
        "- click: {role: link, name: Go to checkout}",
    ),
    LintRule(
        "unused-variable",
        WARNING,
        "A variable is defined and never used",
        "The variable is left over, or its use elsewhere is misspelt and takes another value.",
        "Remove it, or use it as ${name}.",
        "vars: {email: qa@example.test}",
        'vars: {email: qa@example.test}\n…\n- fill: {label: E-mail, value: "${email}"}',
    ),
    LintRule(
        "unused-secret",
        WARNING,
        "A secret is declared and never used",
        "The scenario does not run without the value, although it does not use it.",
        "Remove it from secrets, or use it as ${secret.NAME}.",
        "secrets: [CARD_NUMBER]",
        'secrets: [CARD_NUMBER]\n…\n- fill: {label: Card number, value: "${secret.CARD_NUMBER}"}',
    ),
    LintRule(
        "unused-fragment",
        WARNING,
        "No scenario includes this fragment",
        "It is never played, so nobody notices when it no longer matches the shop.",
        "Include it, or remove the file.",
        "fragments/old-address.yaml",
        "- include: fragments/old-address.yaml",
    ),
    LintRule(
        "duplicate-name",
        WARNING,
        "Two scenarios have the same name",
        "Reports and CI servers identify scenarios by their names.",
        "Add to the name what is different about this checkout.",
        "name: Guest checkout",
        "name: Guest checkout, paid by bank transfer",
    ),
    LintRule(
        "duplicate-value",
        WARNING,
        "A list contains the same value twice",
        "In a matrix, the same checkout runs twice. In labels and secrets, the second value has no "
        "effect.",
        "Remove one.",
        "labels: [smoke, smoke]",
        "labels: [smoke]",
    ),
)

LINT_RULES: Mapping[str, LintRule] = MappingProxyType({rule.id: rule for rule in _RULES})
"""Id → rule."""
YAML_TRAP_RULE = "yaml-trap"
"""The loader's rule for a text that YAML versions read differently; ``--fix`` quotes the text."""
