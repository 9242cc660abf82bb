"""Is the purchase's id one of its own?"""

from __future__ import annotations

from collections.abc import Iterator

from validator.core.document import json_pointer
from validator.core.finding import Consequence, Severity
from validator.rules.references import PRESTASHOP_DOCS
from validator.rules.rule import Rule, RuleContext, Violation

THIS_RUN = "this run"
"""How the words for a purchase end that was made in the same run."""


def purchase_id_reused(context: RuleContext) -> Iterator[Violation]:
    """An order that was just placed has an id that no order before it had."""
    at = json_pointer("purchase_id")
    for index, reading in enumerate(context.readings):
        text = reading.text(at)
        if before := context.used_ids.get(text):
            yield Violation(
                f'purchase_id is "{text}", as in an order placed before: {before}.',
                tag=index,
                pointer=at,
                expected="an id that no other purchase has",
                actual=text,
                recorded="at most one of the two purchases",
                # No shop was set back in between: two orders have one id.
                severity=Severity.ERROR if before.endswith(f" of {THIS_RUN}") else None,
            )


RULES = (
    Rule(
        "purchase-id-reused",
        "Two orders have the same purchase id",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The id is what tells purchases apart: Connectif's API refuses one it already has. An id "
        "that is fixed, cached or not the order's own loses every purchase but the first.",
        "Render the order's own id. Where the test shop was merely set back to an earlier state, "
        "delete the results of the runs before that.",
        PRESTASHOP_DOCS,
        purchase_id_reused,
        before='<span class="purchase_id">1</span>  for every order',
        after='<span class="purchase_id">prchs5241</span>',
    ),
)
