"""Missing orders a day by payment method, as the rectangles of a stacked bar chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from validator.reconcile.model import DayCount

WIDTH, HEIGHT = 960, 280
LEFT, TOP, RIGHT, BOTTOM = 56, 12, 8, 28
_MAX_DAY_LABELS = 8
_MAX_DAILY_BARS = 460
"""More days are put together into weeks."""
# Okabe and Ito's colours, which people with each kind of colour vision can tell apart.
# https://jfly.uni-koeln.de/color/
COLOURS = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#b8a900",
    "#444444",
    "#999999",
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One payment method in one bar; all in user units of the picture."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a place on one of the axes."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``legend``: colour and payment method, the most missing first. ``step``: "day" or "week"."""

    bars: tuple[Bar, ...]
    days: tuple[Label, ...]
    counts: tuple[Label, ...]
    legend: tuple[tuple[str, str], ...]
    step: str


def build_chart(days: Sequence[DayCount]) -> Chart | None:
    """Return the chart; None where no missing order has a date."""
    if not any(each.missing for each in days):
        return None
    first = date.fromisoformat(days[0].day)
    span = (date.fromisoformat(days[-1].day) - first).days + 1
    size = 7 if span > _MAX_DAILY_BARS else 1
    steps = -(-span // size)
    sums: dict[tuple[int, str], int] = {}
    totals: dict[str, int] = {}
    for each in days:
        at = (date.fromisoformat(each.day) - first).days // size
        sums[at, each.payment] = sums.get((at, each.payment), 0) + each.missing
        totals[each.payment] = totals.get(each.payment, 0) + each.missing
    methods = sorted((name for name in totals if totals[name]), key=lambda name: -totals[name])
    colours = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(methods)}
    highest = max(sum(sums.get((at, name), 0) for name in methods) for at in range(steps))
    top = _round_up_axis(highest)
    bars = []
    for at in range(steps):
        below = 0
        day = first + timedelta(days=at * size)
        for name in methods:
            if count := sums.get((at, name), 0):
                title = f"{day}: {count:,} missing, {name or 'payment not known'}"
                bars.append(_build_bar(at, steps, (below, count, top), colours[name], title))
                below += count
    return Chart(
        tuple(bars),
        _day_labels(first, steps, size),
        tuple(Label(_y_coordinate(top * n // 4, top), f"{top * n // 4:,}") for n in range(5)),
        tuple((colours[name], name or "payment not known") for name in methods),
        "week" if size == 7 else "day",
    )


def _round_up_axis(count: int) -> int:
    """Return the next number of which four parts are whole and round."""
    unit = 4
    while True:
        for factor in (1, 2, 5):
            if unit * factor >= count:
                return unit * factor
        unit *= 10


def _y_coordinate(count: int, top: int) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - count / top), 2)


def _build_bar(at: int, steps: int, heights: tuple[int, int, int], colour: str, title: str) -> Bar:
    below, count, top = heights
    width = (WIDTH - LEFT - RIGHT) / steps
    upper, lower = _y_coordinate(below + count, top), _y_coordinate(below, top)
    gap = min(2.0, width * 0.15)
    return Bar(
        round(LEFT + at * width + gap / 2, 2),
        upper,
        round(width - gap, 2),
        round(lower - upper, 2),
        colour,
        title,
    )


def _day_labels(first: date, steps: int, size: int) -> tuple[Label, ...]:
    width = (WIDTH - LEFT - RIGHT) / steps
    every = -(-steps // _MAX_DAY_LABELS)
    return tuple(
        Label(round(LEFT + (at + 0.5) * width, 2), str(first + timedelta(days=at * size)))
        for at in range(0, steps, every)
    )
