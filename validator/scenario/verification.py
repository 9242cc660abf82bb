"""``verify``: whether what the scenario bought is asked for at Connectif's API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from validator.api_key import KEY_VARIABLE, key_and_url
from validator.document import Location
from validator.errors import InputError
from validator.scenario.durations import parse_duration
from validator.scenario.node import Node, Problems

_WITHIN = 120_000.0


@dataclass(frozen=True, slots=True)
class Verification:
    """The API is asked for each purchase until it is there, for ``within`` milliseconds."""

    location: Location
    url: str
    key: str = field(repr=False)
    within: float = _WITHIN

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Yield names and values of what must not be shown: the key, and its second half."""
        yield KEY_VARIABLE, self.key
        yield KEY_VARIABLE, self.key.partition(":")[2]


def verification(
    node: Node | None, policy: str, environ: Mapping[str, str], problems: Problems
) -> Verification | None:
    """Read ``verify``. What keeps it from being done is a problem."""
    if node is None:
        return None
    if policy != "allow":
        problems.add(
            "verify-needs-allow",
            f'"verify" asks Connectif for the purchase, and "connectif: {policy}" keeps it away'
            if policy == "block"
            else '"verify" needs "connectif: allow"',
            node,
            "Write connectif: allow, in a scenario for a store where test orders do no harm.",
            by_key=True,
        )
        return None
    try:
        key, url = key_and_url(environ, node.key_location)
    except InputError as error:
        problems.extend(error.findings)
        return None
    within = node.get("within")
    parsed = parse_duration(within.text) if within else None
    return Verification(node.key_location, url, key, _WITHIN if parsed is None else parsed)
