"""Which hosts a scenario may go to: those it names, and those that ``allow_hosts`` lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address
from urllib.parse import urlsplit

from validator.core.errors import InputError
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.template import Template
from validator.scenario.model.walk import find_payments, walk_steps

_HOST = re.compile(r"https?://(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Hosts that may be opened: ``names`` with their subdomains, and what matches ``globs``."""

    names: frozenset[str]
    globs: tuple[str, ...]

    def allow(self, url: str) -> bool:
        """Tell whether a page of that URL may be opened."""
        return self.allow_host((urlsplit(url).hostname or "").lower())

    def allow_host(self, host: str) -> bool:
        """Tell whether a host, in lower case, may be reached."""
        return any(_is_in_domain(host, name) for name in self.names) or any(
            fnmatchcase(host, glob) for glob in self.globs
        )


def find_allowed_hosts(scenario: Scenario) -> AllowedHosts | None:
    """Return where a scenario may go; None for anywhere, as with a payment page at ``**``."""
    urls = [url for step in walk_steps(scenario.steps) for url in step.action.urls]
    if scenario.confirmation and scenario.confirmation.url:
        urls.append(scenario.confirmation.url)
    names = {host for url in urls if (host := _parse_host(url))}
    if scenario.base_url:
        names.add((urlsplit(scenario.base_url).hostname or "").lower())
    globs = tuple(host.lower() for host in scenario.limits.hosts)
    payments = find_payments(scenario.steps)
    if not globs and any(_parse_host(payment.at) is None for payment in payments):
        return None
    return AllowedHosts(frozenset(names), (*globs, *(host for host in names if "*" in host)))


def require_allowed_hosts(scenario: Scenario) -> AllowedHosts:
    """Return where a scenario may go. Raises InputError if that is anywhere."""
    allowed = find_allowed_hosts(scenario)
    if allowed is None:
        raise InputError.single(
            "hosts-not-limited",
            "the configuration says outbound: only-allowed, but a payment page of this scenario "
            "may be at any host",
            scenario.location,
            "name the hosts at the top of the scenario, such as allow_hosts: [bank.example]",
        )
    return allowed


def _parse_host(url: Template) -> str | None:
    """Return the host of a URL, in which * is any text; None for a path or an unknown host."""
    found = _HOST.match("".join(part if isinstance(part, str) else "" for part in url.parts))
    return found[1].lower() if found and found[1].strip("*") else None


def _is_in_domain(host: str, name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        domain = name.removeprefix("www.")
        return host == domain or host.endswith(f".{domain}")
    return host == name.strip("[]")
