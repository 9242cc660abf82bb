"""Whatever a page says: what Connectif would not record of its tag is an error of the report."""

from __future__ import annotations

from html import escape

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from validator.core.finding import Severity
from validator.core.result import Result
from validator.page.static_capture import capture_html
from validator.rules.evaluate import evaluate_capture

FIELDS = ("purchase_id", "total_quantity", "total_price", "cart_id", "purchase_date")
OF_ITEM = ("quantity", "price", "url", "product_id", "name", "unit_price")
GOOD = {
    "purchase_id": "p1",
    "total_quantity": "1",
    "total_price": "10.00",
    "quantity": "1",
    "price": "10.00",
    "url": "https://shop.example/1",
    "product_id": "1",
    "name": "Mug",
    "unit_price": "10.00",
}
ODD = (
    *("", " ", "\u200b", "\x0b", "0", "-0", "-1", "-0.0", "1e999", "-1e999", "9" * 310, "1e3"),
    *("Infinity", "-Infinity", "NaN", "null", "0x1A", ".5", "5.", "1,5", "€ 5", "5 €", "٣", "+5"),
    *("<b></b>", "{{ x }}", "[object Object]", "1.5", "1 000", "-", "+", "e5", "\u00a05"),
)
TEXTS = st.sampled_from(ODD) | st.text(max_size=6)


def texts(*names: str) -> st.SearchStrategy[dict[str, str | None]]:
    """Some fields good, some odd, some missing."""
    return st.fixed_dictionaries(
        {name: st.just(GOOD.get(name, "")) | TEXTS | st.none() for name in names}
    )


def judged(purchase: dict[str, str | None], items: list[dict[str, str | None]]) -> Result:
    inner = spans(purchase) + "".join(
        f'<div class="product_basket_item">{spans(item)}</div>' for item in items
    )
    html = f'<!doctype html><div class="cn_purchase" style="display:none">{inner}</div>'
    return evaluate_capture(capture_html(html, "page.html"), subject="page")


def spans(fields: dict[str, str | None]) -> str:
    return "".join(
        f'<i class="{name}">{escape(text)}</i>' for name, text in fields.items() if text is not None
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts(*FIELDS), st.lists(texts(*OF_ITEM), max_size=2))
@example(GOOD | {"total_price": "9" * 310}, [])
@example(dict(GOOD), [GOOD | {"unit_price": "9" * 310}])
def test_what_is_not_recorded_is_an_error(
    purchase: dict[str, str | None], items: list[dict[str, str | None]]
) -> None:
    result = judged(purchase, items)
    [reading] = result.readings
    if reading.event is None or reading.dropped_items:
        assert any(finding.severity is Severity.ERROR for finding in result.findings)
