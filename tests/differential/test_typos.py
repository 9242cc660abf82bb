"""What is read of a page with one typo, without a browser, is what Chromium makes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.differential.comparison import SEED, compare, explained
from tests.differential.readings import Chromium
from tests.differential.test_static import agree
from tests.differential.typos import PAGES, TYPOS


@pytest.mark.browser
@pytest.mark.timeout(120 + TYPOS // 10)
def test_a_page_with_one_typo_is_read_as_chromium_reads_it(
    reader: Chromium, record_property: Callable[[str, object], None]
) -> None:
    tally = compare(reader, PAGES, agree, TYPOS, SEED)
    record_property("differential", f"with one typo, {tally}")
    assert not tally.disagreements, explained(reader, tally, agree)
    assert tally.purchases > tally.tags / 2
