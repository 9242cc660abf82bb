"""The navigations to the payment page and back, one line per document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from validator.core.capture import Breakdown, Capture, Navigation
from validator.report import formatting
from validator.report.sanitize import sanitize

if TYPE_CHECKING:
    from validator.report.text_layout import Layout

MARGIN = 5
MAX_NAVIGATIONS = 30
RETURN_TEXTS = {
    "automatic": "returned automatically",
    "clicked": "returned after a click",
    "never": "did not return",
}


def add_timeline(outcome: Capture | Breakdown, layout: Layout) -> None:
    """Add a line for each document that the browser requested; nothing without a payment."""
    hops = outcome.hops[:MAX_NAVIGATIONS]
    if not hops:
        return
    layout.add_paragraph(("navigations to the payment page and back", "bold"), indent=MARGIN)
    for hop, time in zip(hops, _format_times(hops), strict=True):
        status = str(hop.status or "-")
        place = "" if hop.place == "page" else hop.place
        silence = "" if hop.status else sanitize(hop.failure, 60) or "no answer yet"
        note = ", ".join(filter(None, (hop.cause, place, silence)))
        layout.add_paragraph(
            sanitize(hop.origin + hop.path, 200),
            (f"  {note}" if note else "", "dim"),
            first=(f"{'':{MARGIN}}{time:>7}  {hop.method:<4} {status:<4} ", "dim"),
            indent=MARGIN + 20,
        )
    if more := len(outcome.hops) - len(hops):
        layout.add_paragraph(
            (f"and {more} more: --report json=FILE lists all", "yellow"), indent=MARGIN
        )


def _format_times(hops: Sequence[Navigation]) -> Iterator[str]:
    return (formatting.format_duration(hop.ms) for hop in hops)


def summarize_payments(outcome: Capture | Breakdown) -> Iterator[str]:
    """Yield for each payment whether and how the customer came back."""
    for trip in outcome.payments:
        how = RETURN_TEXTS[trip.returned] if trip.outcome in ("paid", "pending") else trip.outcome
        yield (
            f"{sanitize(_host(trip.payment_url))}: {how} in "
            f"{formatting.format_duration(trip.took_ms)}"
        )


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
