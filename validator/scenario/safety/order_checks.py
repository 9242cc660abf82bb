"""Orders are real: where a scenario may go, what it may pay with, and how many it may place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address
from urllib.parse import urlsplit

from validator.core.cards import may_be_real_card
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.finding import Finding, Severity
from validator.scenario.model.actions import Expect, Fill, Goto, Step, Type
from validator.scenario.model.actions import WaitFor as Wait
from validator.scenario.model.payment import Payment
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Secret, Template
from validator.scenario.model.walk import walk_steps
from validator.scenario.safety.order_steps import count_orders
from validator.scenario.safety.payment_providers import find_live_provider

_HOST = re.compile(r"https?://(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]+)", re.IGNORECASE)
FORCE_OPTION = "--force-live"


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Where a scenario may go. ``named`` are meant with their subdomains, ``globs`` as written."""

    named: frozenset[str]
    globs: tuple[str, ...]

    def allow(self, url: str) -> bool:
        """Tell whether a page of that URL may be opened."""
        host = (urlsplit(url).hostname or "").lower()
        return any(_is_in_domain(host, name) for name in self.named) or any(
            fnmatchcase(host, glob) for glob in self.globs
        )


def find_allowed_hosts(scenario: Scenario) -> AllowedHosts | None:
    """Return where a scenario may go; None where it does not say, as of a payment at ``**``."""
    texts = [text for step in walk_steps(scenario.steps) for text in _find_urls(step)]
    if scenario.confirmation and scenario.confirmation.url:
        texts.append(scenario.confirmation.url)
    named = {host for text in texts if (host := _parse_host(text))}
    if scenario.base_url:
        named.add((urlsplit(scenario.base_url).hostname or "").lower())
    globs = tuple(host.lower() for host in scenario.limits.hosts)
    if not globs and any(_parse_host(payment.at) is None for payment in _find_payments(scenario)):
        return None
    return AllowedHosts(frozenset(named), (*globs, *(host for host in named if "*" in host)))


def reject_unsafe(
    scenarios: Sequence[Scenario], *, max_orders: int | None, force_live: bool
) -> None:
    """Raise InputError for what must not be run: real money, or more orders than wanted."""
    findings = [] if force_live else [each for s in scenarios for each in _check_real_money(s)]
    findings += _check_order_limits(scenarios, max_orders)
    if findings:
        raise InputError(tuple(dict.fromkeys(findings)))


def _check_real_money(scenario: Scenario) -> Iterator[Finding]:
    for step in walk_steps(scenario.steps):
        for text in _find_urls(step):
            if gateway := find_live_provider(str(text)):
                yield _finding(
                    "live-payment-page",
                    f"{urlsplit(str(text)).hostname} is where {gateway.name} takes real money",
                    step.location,
                    f"Use its test page: {gateway.test}. To pay for real, give {FORCE_OPTION}. "
                    f"Source: {gateway.source}",
                )
        value = getattr(step.action, "value", None)
        is_typed = isinstance(step.action, Fill | Type)
        if is_typed and isinstance(value, Template) and may_be_real_card(_known_text(value)):
            yield _finding(
                "card-may-be-real",
                "the card number is none that payment providers publish for tests",
                step.location,
                f"Use a test card of your payment provider. If it is one, give {FORCE_OPTION}.",
            )


def _check_order_limits(scenarios: Sequence[Scenario], max_orders: int | None) -> Iterator[Finding]:
    total = sum(count_scenario_orders(scenario) for scenario in scenarios)
    if max_orders is not None and total > max_orders:
        yield _finding(
            "too-many-orders",
            f"{_pluralize(len(scenarios), 'scenario')} would place up to "
            f"{_pluralize(total, 'order')}, and "
            f"--max-orders is {max_orders}",
            Location("--max-orders"),
            "Choose fewer scenarios (-k, --label), or raise --max-orders.",
        )
    by_file: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        by_file.setdefault(scenario.location.source, []).append(scenario)
    for instances in by_file.values():
        most, placed = instances[0].limits.max_orders, sum(map(count_scenario_orders, instances))
        if most is not None and placed > most:
            yield _finding(
                "too-many-orders",
                f"{_pluralize(len(instances), 'instance')} of it would place up to "
                f"{_pluralize(placed, 'order')}, and max_orders is {most}",
                instances[0].document.locate_key("/max_orders"),
                "Raise max_orders, or list fewer faults and endings.",
            )


def _pluralize(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)


def count_scenario_orders(scenario: Scenario) -> int:
    """Return how many orders a scenario places at most."""
    return count_orders(scenario.steps) if scenario.places_order else 0


def _finding(rule: str, message: str, place: Location, hint: str) -> Finding:
    return Finding(rule, Severity.ERROR, message, location=place, hint=hint)


def _find_payments(scenario: Scenario) -> Iterator[Payment]:
    for step in walk_steps(scenario.steps):
        if isinstance(step.action, Payment):
            yield step.action


def _find_urls(step: Step) -> Iterable[Template]:
    action = step.action
    if isinstance(action, Payment):
        return (action.at,)
    if isinstance(action, Goto):
        return (action.url,)
    if isinstance(action, Wait | Expect) and action.url is not None:
        return (action.url,)
    return ()


def _parse_host(text: Template) -> str | None:
    """Return the host of an address, with * for any part; None for a path, or one not known."""
    found = _HOST.match("".join(part if isinstance(part, str) else "" for part in text.parts))
    return found[1].lower() if found and found[1].strip("*") else None


def _known_text(text: Template) -> str:
    return "".join(
        part.value if isinstance(part, Secret) else part if isinstance(part, str) else "?"
        for part in text.parts
    )


def _is_in_domain(host: str, name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        domain = name.removeprefix("www.")
        return host == domain or host.endswith(f".{domain}")
    return host == name.strip("[]")
