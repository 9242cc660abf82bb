"""What we say Connectif records is what two other readers of the live page say.

``CN_DIFFERENTIAL_TAGS`` sets how many tags are generated, ``CN_DIFFERENTIAL_SEED`` which.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.differential.comparison import SEED, TAGS, compare, explained
from tests.differential.readings import Chromium, Readings
from tests.differential.tags import PAGES


def agree(readings: Readings) -> bool:
    return readings.stand_in == readings.independent == readings.rendered


@pytest.mark.browser
@pytest.mark.timeout(120 + TAGS // 10)
def test_three_readings_of_generated_tags_agree(
    reader: Chromium, record_property: Callable[[str, object], None]
) -> None:
    tally = compare(reader, PAGES, agree, TAGS, SEED)
    record_property("differential", f"in the browser, {tally}")
    assert not tally.disagreements, explained(reader, tally, agree)
    # Most tags have to be ones that are recorded: of the others there is little to compare.
    assert tally.purchases > tally.tags / 2
