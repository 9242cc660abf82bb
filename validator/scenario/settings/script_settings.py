"""Reads ``connectif_script`` and ``tag_margin`` of a scenario or the configuration."""

from __future__ import annotations

from validator.contract.script_expectation import ScriptExpectation
from validator.scenario.syntax.durations import parse_duration
from validator.scenario.syntax.node import Node


def parse_script_expectation(root: Node) -> ScriptExpectation:
    """Read both keys. Invalid values are left out: the schema check reports them."""
    script, margin = root.get("connectif_script"), root.get("tag_margin")
    return ScriptExpectation(
        is_live=True if script and script.text == "expected" else None,
        tag_margin_ms=parse_duration(margin.text) if margin else None,
    )
