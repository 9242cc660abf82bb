"""How the local API is set up, and how often it misbehaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validator.core.errors import InputError

FULL_ACCESS_KEY = "demo-key:demo-secret"
READ_ONLY_KEY = "demo-reader:demo-secret"
"""Nobody's. The second has no scope to write."""


@dataclass(frozen=True, slots=True)
class FaultRates:
    """How often requests fail, each as a share from 0 to 1, drawn from a seed.

    *before* and *after* say whether the request was carried out all the same. ``retry_after`` is
    in seconds; None leaves the header out, because it is not documented. ``limit`` is requests a
    minute; None: any number.
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
    """``state`` is a SQLite file that outlives the server; None: one that is deleted.

    ``domains`` are the store's authorised ones, such as ``shop.example``; none: any.
    ``polls`` is how often a client asks for an export until it is finished.
    """

    port: int = 0
    state: Path | None = None
    trouble: FaultRates = field(default_factory=FaultRates)
    domains: tuple[str, ...] = ()
    polls: int = 2


API_FAULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "429": ("too_many", "this share of requests is told to wait"),
        "500": ("error_before", "this share fails, and nothing was done"),
        "500-after": ("error_after", "this share fails, though it was done"),
        "drop": ("drop_before", "the connection is lost, and nothing was done"),
        "drop-after": ("drop_after", "the connection is lost, though it was done"),
        "latency": ("latency_ms", "each answer takes so many milliseconds"),
        "retry-after": ("retry_after", "429 says to wait so many seconds"),
        "limit": ("limit", "so many requests a minute, then 429"),
        "seed": ("seed", "another draw of the same shares"),
    }
)
"""The name of a fault → the field of Trouble, and what it is."""

_WHOLE = ("limit", "seed")
_SHARES = ("too_many", "error_before", "error_after", "drop_before", "drop_after")


def parse_faults(faults: Mapping[str, str]) -> FaultRates:
    """Read faults as a person writes them: ``{"429": "0.1"}``. Raises InputError."""
    given: dict[str, Any] = {}
    for name, text in faults.items():
        if name not in API_FAULTS:
            near = get_close_matches(name, API_FAULTS, n=1)
            meant = f": did you mean {near[0]}?" if near else ""
            raise _bad(
                f'the API has no fault "{name}"{meant}', f"name one of {', '.join(API_FAULTS)}"
            )
        field_name = API_FAULTS[name][0]
        given[field_name] = _number(name, field_name, text)
    return FaultRates(**given)


def _number(name: str, field_name: str, text: str) -> float | int:
    try:
        number = int(text) if field_name in _WHOLE else float(text)
    except ValueError as error:
        raise _bad(f'{name}: "{text}" is no number', API_FAULTS[name][1]) from error
    most = 1 if field_name in _SHARES else float("inf")
    if not 0 <= number <= most:
        raise _bad(f"{name}: {text} is not between 0 and {most:g}", API_FAULTS[name][1])
    return number


def _bad(message: str, hint: str) -> InputError:
    return InputError.single("api-fault", message, hint=hint)
