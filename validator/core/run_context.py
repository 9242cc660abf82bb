"""Where a run took place, and which orders it placed: what a report says beside its results."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunContext:
    """Where a run took place. A text is "" where it is not known."""

    shops: tuple[str, ...] = ()
    """The origins of the shops, in the order of the scenarios."""
    environment: str = ""
    """The name of the environment in the configuration."""
    release: str = ""
    """The release of the shop."""
    commit: str = ""
    """The commit that the CI server checked out."""
    ci_url: str = ""
    """The page of the run on the CI server."""


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """One order of a run, with the values of its tag. ``origin`` is the shop's.

    If the confirmation was not seen, ``purchase_id`` is what a step saved as ``order``, or empty,
    and ``total_price`` what a step saved as a total. ``payment_page`` is the URL of the payment.
    """

    purchase_id: str
    total_price: str
    origin: str
    scenario: str
    run: str
    payment_page: str = ""
