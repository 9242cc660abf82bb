"""Compares readings of generated pages, as many as one likes, the same ones for the same seed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.differential.readings import BATCH, Chromium, Readings

TAGS = int(os.environ.get("CN_DIFFERENTIAL_TAGS", "2000"))
SEED = int(os.environ.get("CN_DIFFERENTIAL_SEED", "1"))
SHOWN = 3
"""Of many disagreements the shortest pages say most."""

Agree: TypeAlias = Callable[[Readings], bool]


@dataclass(frozen=True, slots=True)
class Tally:
    pages: int
    tags: int
    purchases: int
    """How many of the tags Connectif would record."""
    disagreements: tuple[Readings, ...]

    def __str__(self) -> str:
        return (
            f"{self.tags} tags on {self.pages} pages, {self.purchases} of them recorded: "
            f"{len(self.disagreements)} disagreements"
        )


def compare(
    chromium: Chromium, pages: SearchStrategy[str], agree: Agree, tags: int, start: int
) -> Tally:
    """Read generated pages until ``tags`` tags are read; ``start`` is the first seed."""
    seen = recorded = read = 0
    wrong: list[Readings] = []
    for number in count(start * 1_000_000):
        for readings in chromium(_generated(pages, number)):
            read += 1
            seen += readings.tags
            recorded += len(readings.stand_in)
            if not agree(readings):
                wrong.append(readings)
        if seen >= tags:
            return Tally(read, seen, recorded, tuple(wrong))
    raise AssertionError("numbers do not end")


def explained(chromium: Chromium, tally: Tally, agree: Agree) -> str:
    """Show some disagreements, each on the least of its page that still shows it."""
    shortest = sorted(tally.disagreements, key=lambda each: len(each.html))[:SHOWN]
    return "\n\n".join([str(tally), *(_told(_shrunk(chromium, each, agree)) for each in shortest)])


def _told(readings: Readings) -> str:
    return "\n".join(
        f"{name:12}{value!a}"
        for name, value in (
            ("page", readings.html),
            ("stand-in", readings.stand_in),
            ("independent", readings.independent),
            ("rendered", readings.rendered),
            ("static", readings.static),
        )
    )


def _generated(pages: SearchStrategy[str], number: int) -> list[str]:
    found: list[str] = []

    @seed(number)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(pages)
    def collect(page: str) -> None:
        found.append(page)

    collect()
    return found


def _shrunk(chromium: Chromium, readings: Readings, agree: Agree) -> Readings:
    size = len(readings.html) // 2
    while size:
        less = next(
            (each for each in chromium(_without(readings.html, size)) if not agree(each)), None
        )
        if less is None:
            size //= 2
        else:
            readings = less
    return readings


def _without(html: str, size: int) -> Iterator[str]:
    """Yield the text without each of its pieces of a size."""
    for at in range(0, len(html), max(size, len(html) // BATCH)):
        yield html[:at] + html[at + size :]
