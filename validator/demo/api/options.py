"""The options of the local API and the rates of its faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validator.core.errors import InputError
from validator.core.suggestion import suggest

FULL_ACCESS_KEY = "demo-key:demo-secret"
READ_ONLY_KEY = "demo-reader:demo-secret"
"""Keys of no store. The second one cannot write."""


@dataclass(frozen=True, slots=True)
class FaultRates:
    """The share of requests with each fault, from 0 to 1, drawn at random from a seed.

    ``*_before`` fails before the request is carried out, ``*_after`` afterwards. ``retry_after``
    is in seconds; None omits the header, which is not documented. ``limit`` is the number of
    requests a minute; None is no limit.
    """

    too_many: float = 0.0
    error_before: float = 0.0
    error_after: float = 0.0
    drop_before: float = 0.0
    drop_after: float = 0.0
    latency_ms: float = 0.0
    retry_after: float | None = None
    limit: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """``state`` is a SQLite file that is kept; None is a file that is deleted at the end.

    ``domains`` are the authorised domains of the store, such as ``shop.example``; empty allows
    any. ``polls`` is the number of requests for an export until it is finished.
    """

    port: int = 0
    state: Path | None = None
    trouble: FaultRates = field(default_factory=FaultRates)
    domains: tuple[str, ...] = ()
    polls: int = 2


API_FAULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "429": ("too_many", "share of requests that must wait"),
        "500": ("error_before", "share of requests that fail and have no effect"),
        "500-after": ("error_after", "share of requests that fail but have an effect"),
        "drop": ("drop_before", "share of requests that lose the connection and have no effect"),
        "drop-after": (
            "drop_after",
            "share of requests that lose the connection but have an effect",
        ),
        "latency": ("latency_ms", "milliseconds before each response"),
        "retry-after": ("retry_after", "seconds to wait, in the header of 429"),
        "limit": ("limit", "requests a minute before 429"),
        "seed": ("seed", "start of the random draw"),
    }
)
"""The name of a fault → its field in FaultRates, and its description."""

_WHOLE = ("limit", "seed")
_SHARES = ("too_many", "error_before", "error_after", "drop_before", "drop_after")


def parse_faults(faults: Mapping[str, str]) -> FaultRates:
    """Read faults as users write them: ``{"429": "0.1"}``. Raises InputError."""
    given: dict[str, Any] = {}
    for name, text in faults.items():
        if name not in API_FAULTS:
            suggestion = suggest(name, API_FAULTS)
            message = f'the API has no fault "{name}"' + (f": {suggestion}" if suggestion else "")
            raise _bad(message, f"name one of {', '.join(API_FAULTS)}")
        field_name = API_FAULTS[name][0]
        given[field_name] = _number(name, field_name, text)
    return FaultRates(**given)


def _number(name: str, field_name: str, text: str) -> float | int:
    try:
        number = int(text) if field_name in _WHOLE else float(text)
    except ValueError as error:
        raise _bad(f'{name}: "{text}" is not a number', API_FAULTS[name][1]) from error
    most = 1 if field_name in _SHARES else float("inf")
    if not 0 <= number <= most:
        raise _bad(f"{name}: {text} is not between 0 and {most:g}", API_FAULTS[name][1])
    return number


def _bad(message: str, hint: str) -> InputError:
    return InputError.single("api-fault", message, hint=hint)
