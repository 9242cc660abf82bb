"""What must hold before a run places orders: no real money, and no more orders than allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from validator.core.cards import may_be_real_card
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Secret, Template
from validator.scenario.model.walk import walk_steps
from validator.scenario.safety.order_steps import count_orders
from validator.scenario.safety.payment_providers import find_live_provider

FORCE_OPTION = "--force-live"


def reject_unsafe(
    scenarios: Sequence[Scenario], *, max_orders: int | None, force_live: bool
) -> None:
    """Raise InputError for scenarios that use real money, or place more orders than allowed."""
    findings = [] if force_live else [each for s in scenarios for each in _check_real_money(s)]
    findings += find_excess_orders(scenarios, max_orders)
    if findings:
        raise InputError(tuple(dict.fromkeys(findings)))


def count_scenario_orders(scenario: Scenario) -> int:
    """Return how many orders a scenario places at most."""
    return count_orders(scenario.steps) if scenario.places_order else 0


def _check_real_money(scenario: Scenario) -> Iterator[Finding]:
    for step in walk_steps(scenario.steps):
        for url in step.action.urls:
            if provider := find_live_provider(str(url)):
                yield _finding(
                    "live-payment-page",
                    f"{urlsplit(str(url)).hostname} is where {provider.name} takes real money",
                    step.location,
                    f"Use its test page: {provider.test}. To pay for real, give {FORCE_OPTION}. "
                    f"Source: {provider.source}",
                )
        if any(may_be_real_card(_known_text(value)) for value in step.action.typed_values):
            yield _finding(
                "card-may-be-real",
                "the card number is not one that payment providers publish for tests",
                step.location,
                f"Use a test card of your payment provider. If it is one, give {FORCE_OPTION}.",
            )


def find_excess_orders(scenarios: Sequence[Scenario], max_orders: int | None) -> Iterator[Finding]:
    """Yield a finding for each limit of orders that the scenarios together would exceed.

    Its place is ``--max-orders`` or the file with the limit.
    """
    total = sum(map(count_scenario_orders, scenarios))
    if max_orders is not None and total > max_orders:
        yield _finding(
            "too-many-orders",
            f"{_pluralize(len(scenarios), 'scenario')} would place up to "
            f"{_pluralize(total, 'order')}, and --max-orders is {max_orders}",
            Location("--max-orders"),
            "Choose fewer scenarios (-k, --label), or raise --max-orders.",
        )
    by_file: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        by_file.setdefault(scenario.location.source, []).append(scenario)
    for instances in by_file.values():
        limit, placed = instances[0].limits.max_orders, sum(map(count_scenario_orders, instances))
        if limit is not None and placed > limit:
            yield _finding(
                "too-many-orders",
                f"{_pluralize(len(instances), 'instance')} of it would place up to "
                f"{_pluralize(placed, 'order')}, and max_orders is {limit}",
                instances[0].document.locate_key("/max_orders"),
                "Raise max_orders, or list fewer faults and endings.",
            )


def _pluralize(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)


def _finding(rule: str, message: str, place: Location, hint: str) -> Finding:
    return Finding(rule, Severity.ERROR, message, location=place, hint=hint)


def _known_text(text: Template) -> str:
    return "".join(
        part.value if isinstance(part, Secret) else part if isinstance(part, str) else "?"
        for part in text.parts
    )
