"""Reads ``limits`` of the configuration."""

from __future__ import annotations

from validator.scenario.model.page_limits import DEFAULT_LIMITS, Limits
from validator.scenario.syntax.durations import parse_duration
from validator.scenario.syntax.node import Node


def parse_limits(root: Node) -> Limits:
    """Return the limits of a configuration, by default those that any real shop keeps."""
    node = root.get("limits")
    found = node.items() if node else {}
    times = {
        name: parse_duration(found[name].text)
        for name in ("scenario_time", "run_time")
        if name in found
    }
    return Limits(
        messages=int(found["messages"].text) if "messages" in found else DEFAULT_LIMITS.messages,
        requests=int(found["requests"].text) if "requests" in found else DEFAULT_LIMITS.requests,
        scenario_time_ms=times.get("scenario_time") or DEFAULT_LIMITS.scenario_time_ms,
        run_time_ms=times.get("run_time"),
    )
