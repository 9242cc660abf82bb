"""One browser for all comparisons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.differential.readings import Chromium, chromium


@pytest.fixture(scope="module")
def reader() -> Iterator[Chromium]:
    with chromium() as reader:
        yield reader
