"""Was the purchase made when its tag says? A confirmation shows a purchase that was just made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from validator.core.finding import Consequence, Severity
from validator.rules.references import PURCHASE_TAG_DOCS
from validator.rules.rule import NotEvaluable, Rule, RuleContext, Violation

_POINTER = "/purchase_date"
_MAX_UTC_OFFSET = timedelta(hours=14)
"""How far from UTC a clock can be: so much may a time be wrong that names no zone."""
_CLOCK_TOLERANCE = timedelta(minutes=15)
"""By how much the clocks of two machines may differ."""
_RECENT = timedelta(days=1)
_FIRST_YEAR = 2000
"""Before it nobody bought anything in a web shop: such a date is the zero of some clock."""


def _iter_purchase_dates(context: RuleContext) -> Iterator[tuple[int, str, datetime]]:
    """Yield each tag's purchase date; one that names no zone, in UTC."""
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
        raise NotEvaluable("purchase_date is in no documented form")


def _shown_at(context: RuleContext) -> datetime:
    """Return when the page was shown. Raises Unknown for a kept one: it may be of any day."""
    if context.capture.seen_at is None:
        raise NotEvaluable("when the page was shown is not known")
    return datetime.fromisoformat(context.capture.seen_at).astimezone(UTC)


def purchase_date_in_future(context: RuleContext) -> Iterator[Violation]:
    """What is in the future now was so when a kept page was shown, too."""
    capture = context.capture
    is_kept = capture.seen_at is None and capture.read_at is not None
    for index, text, date in _iter_purchase_dates(context):
        now = datetime.fromisoformat(capture.read_at or "") if is_kept else _shown_at(context)
        # Subtracting is safe where adding is not: the year 9999 has no day after it.
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
                f'purchase_date "{text}" is before there were web shops: it is what a program '
                "makes of no date.",
                tag=index,
                pointer=_POINTER,
                expected="the day and time of the purchase",
                actual=text,
                severity=Severity.ERROR,
                consequence=Consequence.RECORDED_WRONG,
            )
            continue
        # The journey was played just now; an address alone may be that of an older order.
        is_played = len(context.capture.steps) > 1
        since = _shown_at(context) - date
        if since > _RECENT + _MAX_UTC_OFFSET:
            yield Violation(
                f'purchase_date "{text}" is {_format_duration(since)} before the page was shown'
                + (", though the purchase was just made." if is_played else "."),
                tag=index,
                pointer=_POINTER,
                expected="the day and time of a purchase just made",
                actual=text,
                severity=Severity.WARNING if is_played else Severity.INFO,
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
        "The purchase was made after its confirmation was shown",
        Severity.ERROR,
        Consequence.RECORDED_WRONG,
        "Local time that ends with Z is hours off; day and month that are swapped are months off. "
        "Segments and reports by date are then wrong.",
        "Write the time of the order with its true offset, or convert it to UTC before adding Z.",
        PURCHASE_TAG_DOCS,
        purchase_date_in_future,
        before='<span class="purchase_date">2024-09-13T12:49:31Z</span>  (12:49 in Madrid)',
        after='<span class="purchase_date">2024-09-13T12:49:31+02:00</span>',
    ),
    Rule(
        "purchase-date-long-past",
        "The purchase was made long before its confirmation was shown",
        Severity.INFO,
        Consequence.ADVICE,
        "A confirmation shows a purchase just made: an older date is that of something else, such "
        "as the customer's registration, a cached page or an empty value.",
        "Write the time of this order. If you look at an old order, this is fine.",
        PURCHASE_TAG_DOCS,
        purchase_date_long_past,
        before='<span class="purchase_date">1970-01-01T00:00:00Z</span>',
        after='<span class="purchase_date">2024-09-13T10:49:31Z</span>',
    ),
)
