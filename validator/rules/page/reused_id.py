"""The rule that the id of a purchase was not used before."""

from __future__ import annotations

from collections.abc import Iterator

from validator.core.document import json_pointer
from validator.core.finding import Consequence, Severity
from validator.rules.references import PRESTASHOP_DOCS
from validator.rules.rule import Rule, RuleContext, Violation

THIS_RUN = "this run"
"""The end of the description of a purchase that was made in the same run."""


def purchase_id_reused(context: RuleContext) -> Iterator[Violation]:
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
                # The shop was not reset within a run: two orders have one id.
                severity=Severity.ERROR if before.endswith(f" of {THIS_RUN}") else None,
            )


RULES = (
    Rule(
        "purchase-id-reused",
        "Two orders have the same purchase id",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "The id tells purchases apart: Connectif's API refuses an id that it already has. With an "
        "id that is fixed, cached or not the order's own, every purchase but the first is lost.",
        "Render the order's own id. If the test shop was only reset to an earlier state, delete "
        "the results of the runs before the reset.",
        PRESTASHOP_DOCS,
        purchase_id_reused,
        before='<span class="purchase_id">1</span>  for every order',
        after='<span class="purchase_id">prchs5241</span>',
    ),
)
