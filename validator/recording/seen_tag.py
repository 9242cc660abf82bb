"""What the page at the end of a recording had of its tag, as text and as expected values."""

from __future__ import annotations

from collections.abc import Iterator

from validator.core.finding import Severity
from validator.core.result import Result
from validator.report.sanitize import sanitize
from validator.scenario.syntax.yaml_text import escape_variables, format_scalar

_EXPECTED_FIELDS = ("total_quantity", "total_price")
MAX_ERRORS_SHOWN = 5


def describe_tag(result: Result | None) -> Iterator[str]:
    """Yield lines that say whether the tag was there, and what Connectif would record of it.

    None is a page that was closed before it could be looked at.
    """
    if result is None:
        yield "The last page was closed before its tag was looked at: run the scenario to see it."
        return
    page = sanitize(result.subject, 200)
    if not result.readings:
        yield f"{page} has no cn_purchase tag: Connectif would not record this purchase."
        yield "If this is not the order confirmation, record again, up to that page."
        return
    if result.readings[0].event is None:
        yield f"{page} has a cn_purchase tag, of which Connectif would record nothing."
    else:
        yield f"{page} has the cn_purchase tag. Connectif would record:"
        recorded = {each.pointer: each.recorded for each in result.readings[0].fields}
        items = result.readings[0].data.get("product_basket_item")
        yield (
            f"  purchase {_text(recorded.get('/purchase_id'))}, "
            f"total {_text(recorded.get('/total_price'))}, "
            f"quantity {_text(recorded.get('/total_quantity'))}, "
            f"products {len(items) if isinstance(items, list) else 0}"
        )
    errors = [each for each in result.findings if each.severity is Severity.ERROR]
    for error in errors[:MAX_ERRORS_SHOWN]:
        yield f"  error  {error.rule}: {sanitize(error.message, 200)}"
    if len(errors) > MAX_ERRORS_SHOWN:
        yield f"  and {len(errors) - MAX_ERRORS_SHOWN} more errors"


def expected_lines(result: Result | None) -> list[str]:
    """Return the lines of a scenario that expect what the tag had, or say why there are none."""
    if result is None:
        return []
    if not result.readings:
        return ["# The last page had no cn_purchase tag at the recording; a run will say so."]
    if result.is_wrong:
        return ["# The tag was wrong at the recording, so that its values are not expected here."]
    reading = result.readings[0]
    values = {name: reading.text(f"/{name}") for name in _EXPECTED_FIELDS}
    return [
        "expect:",
        "  cn_purchase:  # what the tag had at the recording: is it what the customer was shown?",
        *(f"    {name}: {format_scalar(escape_variables(text))}" for name, text in values.items()),
    ]


def _text(value: object) -> str:
    return "nothing" if value is None else sanitize(str(value), 80)
