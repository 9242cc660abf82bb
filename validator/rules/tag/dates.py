"""Rules on the purchase date: a confirmation shows a purchase that was just made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from validator.core.finding import Consequence, Severity
from validator.rules.references import PURCHASE_TAG_DOCS
from validator.rules.rule import NotEvaluable, Rule, RuleContext, Violation

_POINTER = "/purchase_date"
_MAX_UTC_OFFSET = timedelta(hours=14)
"""The largest offset from UTC, and so the largest error of a time without a zone."""
_CLOCK_TOLERANCE = timedelta(minutes=15)
"""How much the clocks of two machines may differ."""
_RECENT = timedelta(days=1)
"""The age up to which a purchase counts as just made."""
_FIRST_YEAR = 2000
"""An earlier date is the zero of some clock, not a purchase in a web shop."""


def _iter_purchase_dates(context: RuleContext) -> Iterator[tuple[int, str, datetime]]:
    """Yield index, text and moment of each purchase date; a date without a zone is taken as UTC.

    Raises NotEvaluable at the end where a date is not in a documented form.
    """
    context.require_readings()
    unknown = False
    for index, reading in enumerate(context.readings):
        text = reading.text(_POINTER)
        if not text:
            continue
        if _POINTER in context.invalid_pointers[index]:
            unknown = True
            continue
        date = datetime.fromisoformat(text)
        yield index, text, date if date.tzinfo else date.replace(tzinfo=UTC)
    if unknown:
        raise NotEvaluable("purchase_date is not in a documented form")


def _shown_at(context: RuleContext) -> datetime:
    """Return when the page was shown. Raises NotEvaluable for a saved page: its date is unknown."""
    if context.capture.seen_at is None:
        raise NotEvaluable("it is not known when the page was shown")
    return datetime.fromisoformat(context.capture.seen_at).astimezone(UTC)


def purchase_date_in_future(context: RuleContext) -> Iterator[Violation]:
    """Report a date after the page was shown; of a saved page, a date after now."""
    capture = context.capture
    is_kept = capture.seen_at is None and capture.read_at is not None
    for index, text, date in _iter_purchase_dates(context):
        now = datetime.fromisoformat(capture.read_at or "") if is_kept else _shown_at(context)
        # Subtracting is safe; adding to the year 9999 overflows.
        ahead = date - now
        has_zone = datetime.fromisoformat(text).tzinfo is not None
        is_near = ahead <= _MAX_UTC_OFFSET
        if ahead <= _CLOCK_TOLERANCE or (is_near and not has_zone):
            continue
        yield Violation(
            f'purchase_date "{text}" is {_format_duration(ahead)} '
            + ("from now" if is_kept else "after the page was shown")
            + (": is it local time with a wrong zone?" if is_near else "."),
            tag=index,
            pointer=_POINTER,
            expected=f"a time up to {now:%Y-%m-%dT%H:%M:%SZ}",
            actual=text,
            severity=Severity.WARNING if is_near else Severity.ERROR,
        )
    if is_kept:
        _shown_at(context)


def purchase_date_long_past(context: RuleContext) -> Iterator[Violation]:
    for index, text, date in _iter_purchase_dates(context):
        if date.year < _FIRST_YEAR:
            yield Violation(
                f'purchase_date "{text}" is before web shops existed: programs write it '
                "where they have no date.",
                tag=index,
                pointer=_POINTER,
                expected="the day and time of the purchase",
                actual=text,
                severity=Severity.ERROR,
                consequence=Consequence.RECORDED_WRONG,
            )
            continue
        # A journey has just placed the order; a single address may show an older one.
        is_journey = len(context.capture.steps) > 1
        since = _shown_at(context) - date
        if since > _RECENT + _MAX_UTC_OFFSET:
            yield Violation(
                f'purchase_date "{text}" is {_format_duration(since)} before the page was shown'
                + (", although the purchase was just made." if is_journey else "."),
                tag=index,
                pointer=_POINTER,
                expected="the day and time of a purchase that was just made",
                actual=text,
                severity=Severity.WARNING if is_journey else Severity.INFO,
            )


def _format_duration(time: timedelta) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if time.total_seconds() >= length:
            count = round(time.total_seconds() / length)
            return f"{count:,} {unit}{'s' * (count > 1)}"
    return "a moment"


RULES = (
    Rule(
        "purchase-date-in-future",
        "The purchase date is after the confirmation was shown",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Local time that ends with Z is hours off; a swapped day and month are months off. "
        "Segments and reports by date are then wrong.",
        "Write the time of the order with its true offset, or convert it to UTC before adding Z.",
        PURCHASE_TAG_DOCS,
        purchase_date_in_future,
        before='<span class="purchase_date">2024-09-13T12:49:31Z</span>  (12:49 in Madrid)',
        after='<span class="purchase_date">2024-09-13T12:49:31+02:00</span>',
    ),
    Rule(
        "purchase-date-long-past",
        "The purchase date is long before the confirmation was shown",
        Severity.INFO,
        Consequence.ADVICE,
        "A confirmation shows a purchase that was just made. An older date is that of something "
        "else, such as the customer's registration, a cached page or an empty value.",
        "Write the time of this order. If you check an old order, this is fine.",
        PURCHASE_TAG_DOCS,
        purchase_date_long_past,
        before='<span class="purchase_date">1970-01-01T00:00:00Z</span>',
        after='<span class="purchase_date">2024-09-13T10:49:31Z</span>',
    ),
)
