"""Reads ``verify``."""

from __future__ import annotations

from collections.abc import Mapping

from validator.core.api_key import load_key_and_url
from validator.core.errors import InputError
from validator.scenario.model.verification import DEFAULT_WITHIN, Verification
from validator.scenario.syntax.node import FindingCollector, Node, parse_milliseconds


def parse_verification(
    node: Node | None, policy: str, environ: Mapping[str, str], problems: FindingCollector
) -> Verification | None:
    """Read ``verify``. A policy or key that prevents it is a problem."""
    if node is None:
        return None
    if policy != "allow":
        problems.add(
            "verify-needs-allow",
            f'"verify" looks for the purchase at Connectif, and "connectif: {policy}" keeps it away'
            if policy == "block"
            else '"verify" needs "connectif: allow"',
            node,
            "Write connectif: allow in a scenario for an account where test orders do no harm.",
            by_key=True,
        )
        return None
    try:
        key, url = load_key_and_url(environ, node.key_location)
    except InputError as error:
        problems.extend(error.findings)
        return None
    within = parse_milliseconds(node.get("within"), DEFAULT_WITHIN)
    return Verification(node.key_location, url, key, within)
