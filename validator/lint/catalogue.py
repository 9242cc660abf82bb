"""Every advice of the linter: how grave it is, why it matters, what to do.

What the loader refuses, such as an unknown key, is an error as well and explains itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from validator.core.finding import Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class LintRule:
    """One thing the linter looks for. ``before`` and ``after`` are YAML."""

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
        "Files are committed, copied and shown in reviews. What is written in one is known to all "
        "who can read the repository, and reports cannot hide what they do not know as a secret. "
        "Card numbers that payment providers publish for tests may stand.",
        "Declare it under secrets, set it in the environment or in a .env file that is not "
        "committed, and use ${secret.NAME}. What was committed is known: change it.",
        "- fill: {label: Password, value: hunter2}",
        'secrets: [SHOP_PASSWORD]\n…\n- fill: {label: Password, value: "${secret.SHOP_PASSWORD}"}',
    ),
    LintRule(
        "confirmation-missing",
        WARNING,
        "A checkout does not say how its order confirmation is known",
        "Without that proof a missing tag cannot be told from an order that failed: where the tag "
        "is not there, the journey counts as broken, and the shop's fault is not found.",
        "Say by what the page is known: its URL as a glob, an element on it, or both.",
        "steps: […]",
        'steps: […]\nconfirmation: {url: "**/order-confirmation/*"}',
    ),
    LintRule(
        "wait-is-expectation",
        WARNING,
        "A step waits for what it should expect",
        "Every action waits by itself until the page is ready for it. A wait for something to be "
        "there says the same as expect, and hides what the author wanted to be sure of; a wait "
        "for time alone is too short on a slow day and too long on all others.",
        "Write expect, which waits just as long; or remove the step where the next one acts on "
        "the same element.",
        "- wait_for: {role: heading, name: Your basket}",
        "- expect: {role: heading, name: Your basket}",
        is_fixable=True,
    ),
    LintRule(
        "fragile-selector",
        INFO,
        "A selector depends on how the page is built, not on what the customer sees",
        "Positions, chains of elements and generated class names change with each redesign, and "
        "the scenario breaks while the shop is fine.",
        "Use what the customer sees: role with name, label or text; or a data-testid.",
        '- click: {css: "div > div > ul > li:nth-child(3) > a"}',
        "- click: {role: link, name: Go to checkout}",
    ),
    LintRule(
        "unused-variable",
        WARNING,
        "A variable is defined and never used",
        "It is a left-over, or a misspelt use elsewhere takes something else in its place.",
        "Remove it, or use it as ${name}.",
        "vars: {email: qa@example.test}",
        'vars: {email: qa@example.test}\n…\n- fill: {label: E-mail, value: "${email}"}',
    ),
    LintRule(
        "unused-secret",
        WARNING,
        "A secret is declared and never used",
        "The scenario refuses to run without a value that it has no use for.",
        "Remove it from secrets, or use it as ${secret.NAME}.",
        "secrets: [CARD_NUMBER]",
        'secrets: [CARD_NUMBER]\n…\n- fill: {label: Card number, value: "${secret.CARD_NUMBER}"}',
    ),
    LintRule(
        "unused-fragment",
        WARNING,
        "No scenario includes this fragment",
        "It is never played, so nobody notices when it no longer fits the shop.",
        "Include it, or remove the file.",
        "fragments/old-address.yaml",
        "- include: fragments/old-address.yaml",
    ),
    LintRule(
        "duplicate-name",
        WARNING,
        "Two scenarios have the same name",
        "Reports and CI servers tell scenarios apart by their names.",
        "Say in the name what is different about this checkout.",
        "name: Guest checkout",
        "name: Guest checkout, paid by bank transfer",
    ),
    LintRule(
        "duplicate-value",
        WARNING,
        "The same value stands twice in a list",
        "Of a matrix it runs the same checkout twice; of labels and secrets it says nothing new.",
        "Keep one.",
        "labels: [smoke, smoke]",
        "labels: [smoke]",
    ),
)

LINT_RULES: Mapping[str, LintRule] = MappingProxyType({advice.id: advice for advice in _RULES})
"""Id → what is looked for."""
YAML_TRAP_RULE = "yaml-trap"
"""What the loader refuses and --fix mends: a text that YAML's versions read differently."""
