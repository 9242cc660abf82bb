"""What is read of a page without a browser is what Chromium makes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.differential.comparison import SEED, TAGS, compare, explained
from tests.differential.pages import PAGES
from tests.differential.readings import Chromium, Readings


def agree(readings: Readings) -> bool:
    return readings.static == readings.stand_in == readings.independent


@pytest.mark.browser
@pytest.mark.timeout(120 + TAGS // 10)
def test_the_reading_without_a_browser_agrees_on_generated_pages(
    reader: Chromium, record_property: Callable[[str, object], None]
) -> None:
    tally = compare(reader, PAGES, agree, TAGS, SEED)
    record_property("differential", f"without a browser, {tally}")
    assert not tally.disagreements, explained(reader, tally, agree)
    assert tally.purchases > tally.tags / 2
