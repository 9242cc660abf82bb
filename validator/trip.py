"""The way to a payment page and back, as it was seen. Plain data, like all of a capture."""

from __future__ import annotations

from dataclasses import dataclass

from validator.document import Location

UNPAID = ("declined", "cancelled", "abandoned")
"""Outcomes of a payment after which there is no purchase: a tag would be a false one."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One document that the browser asked for. ``ms`` counts from the first hop that is kept.

    ``cause`` is "redirect" (of HTTP), "form", "link", "meta refresh", "script", "reload", or ""
    where the browser did not say. ``place`` is "page", "window" (one that was opened on the way)
    or "iframe". ``status`` is None where no answer came; then ``failure`` says why, as the
    browser does: ``net::ERR_CONNECTION_REFUSED``.
    """

    origin: str
    path: str
    """Without its query, which may hold signatures."""
    method: str
    status: int | None
    ms: float
    cause: str = ""
    place: str = "page"
    failure: str = ""


@dataclass(frozen=True, slots=True)
class PaymentTrip:
    """One visit to an external payment page. Its URLs are without their queries.

    ``returned`` is "automatic" (nothing was clicked after the payment), "clicked", or "never".
    ``buttons`` are the names of what a customer could have clicked, when nobody came back; those
    that are seen to lead to the shop are also in ``ways_back``.
    """

    location: Location
    payment_url: str
    returned: str
    within_ms: float
    took_ms: float
    last_url: str
    buttons: tuple[str, ...] = ()
    outcome: str = "paid"
    """"paid", "declined", "cancelled", "abandoned" or "pending", as the scenario says."""
    place: str = "page"
    """Where the payment page was: "page", "window" or "iframe"."""
    ways_back: tuple[str, ...] = ()
    clicked: str = ""
    """What was clicked to come back."""


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A fault or an ending that was tried on the way back, and what Connectif would have of it.

    ``kind`` is "fault" or "ending". ``purchases`` are the ids of the purchase events that were
    sent, or that the script would send, in order; ``due`` how many there should be. ``order`` is
    the shop's own number of the order, where it is known, and ``order_from`` where from: "page"
    or "orders"; with "orders" and no number, the shop does not list one.
    """

    kind: str
    name: str
    happened: str
    purchases: tuple[str, ...]
    due: int
    order: str = ""
    order_from: str = ""
