"""What only a browser knows of values: what style sheets make of them, and when they were shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.core.capture import Breakdown, Capture
from validator.core.finding import Severity
from validator.core.page_options import PageOptions
from validator.rules.evaluate import evaluate_capture
from validator.run.fetch import fetch_page

if TYPE_CHECKING:
    from tests.conftest import Site

Visit = Callable[..., Capture | Breakdown]

PAGE = """<!DOCTYPE html>
<style>.loud { text-transform: uppercase } .small { display: none }</style>
<div class="cn_purchase STYLE">
  <i class="purchase_id">prchs5241</i> <i class="cart_id">C1</i>
  <i class="purchase_date">2024-09-13T10:49:31Z</i>
  <i class="total_quantity">1</i> <i class="total_price">180<b class="small">.75</b></i>
  <div class="product_basket_item">
    <i class="quantity">1</i> <i class="price">180.75</i> <i class="unit_price">180.75</i>
    <i class="url">https://shop.example/6</i> <i class="product_id">6</i> <i class="name">Mug</i>
  </div>
</div>"""


def altered(capture: Capture | Breakdown) -> list[tuple[Severity, str, str]]:
    assert isinstance(capture, Capture)
    return [
        (each.severity, each.expected, each.actual)
        for each in evaluate_capture(capture, subject="page").findings
        if each.rule == "text-altered-by-css"
    ]


@pytest.mark.browser
def test_what_a_style_sheet_makes_of_a_visible_tag_is_found(look: Visit, site: Site) -> None:
    seen = look(site.page("/", PAGE.replace("STYLE", "loud")))
    assert altered(seen) == [(Severity.ERROR, "prchs5241", "PRCHS5241")]


@pytest.mark.browser
def test_in_a_hidden_tag_no_style_sheet_alters_anything(look: Visit, site: Site) -> None:
    assert altered(look(site.page("/", PAGE.replace("STYLE", "loud small")))) == []


@pytest.mark.browser
def test_a_page_on_the_web_is_seen_now_and_a_file_at_no_known_time(
    look: Visit, site: Site, tmp_path: Path
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    url = site.page("/", PAGE)
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    shown = [look(url), fetch_page(url, PageOptions(), 5_000, ["cn_purchase"]), look(file.as_uri())]
    times = [page.seen_at for page in shown if isinstance(page, Capture)]
    assert [time is None for time in times] == [False, False, True]
    for time in times[:2]:
        assert time is not None
        assert before <= datetime.fromisoformat(time) <= datetime.now(UTC)
