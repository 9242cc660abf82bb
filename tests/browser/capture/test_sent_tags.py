"""A tag is judged as it was when its purchase was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.network.test_sending_disabled import (
    LOADED,
    TAG,
    Look,
    captured,
    rules,
    script,
)

if TYPE_CHECKING:
    from tests.conftest import Site

pytestmark = pytest.mark.browser

COMMA = "document.querySelector('.total_price').textContent = '19,99 €'"
REMOVED = "document.querySelector('.cn_purchase').remove()"
AGAIN = f"document.body.insertAdjacentHTML('beforeend', {json.dumps(TAG)})"


@pytest.mark.parametrize(
    "change",
    [COMMA, REMOVED, AGAIN, f"{REMOVED}; {AGAIN}; {COMMA}"],
    ids=["changed", "removed", "shown twice", "rendered again"],
)
def test_what_becomes_of_a_tag_after_its_purchase_was_sent_changes_nothing(
    look: Look, site: Site, change: str
) -> None:
    script(site)
    after = f"<script>document.addEventListener('connectif.initialized', () => {{{change}}})"
    capture = captured(look(site.page("/thanks", f"{LOADED}{TAG}{after}</script>"), within=20_000))
    (tag,) = capture.tags
    assert "19.99" in tag.html
    assert "19,99" not in tag.html
    assert rules(capture) == []


def test_what_becomes_of_a_tag_just_before_its_reading_is_judged(look: Look, site: Site) -> None:
    script(site)
    before = (
        f"<script>document.addEventListener('connectif.managed.initialized', () => {{{COMMA}}})"
    )
    capture = captured(look(site.page("/thanks", f"{LOADED}{TAG}{before}</script>"), within=20_000))
    (tag,) = capture.tags
    assert "19,99 €" in tag.html
