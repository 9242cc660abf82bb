"""The answer for programs: ``schemas/reconcile.schema.json`` describes it."""

from __future__ import annotations

import json
from typing import Any

from validator.core.installation import __version__
from validator.reconcile.model import (
    Conclusion,
    DifferenceKind,
    OrderDifference,
    ReconcileResult,
    SourceSummary,
)

FORMAT_VERSION = 1


def json_text(outcome: ReconcileResult) -> str:
    """Return the whole answer as JSON, ending with a newline. ASCII: for any stream."""
    return json.dumps(to_json_data(outcome), indent=2) + "\n"


def to_json_data(outcome: ReconcileResult) -> dict[str, Any]:
    """Return the answer as plain data."""
    return {
        "version": FORMAT_VERSION,
        "tool": f"cn-validator {__version__}",
        "verdict": "failed" if outcome.has_failed else "passed",
        "failsOn": [str(kind) for kind in outcome.failing],
        "failsAbove": outcome.fail_above,
        "orders": _source_data(outcome.orders),
        "recorded": _source_data(outcome.recorded),
        "ordersCompared": outcome.counted,
        "ordersLeftOut": dict(outcome.left_out),
        "counts": {str(kind): outcome.counts.get(kind, 0) for kind in DifferenceKind},
        "missingTotalPrice": None
        if outcome.missing_total is None
        else float(outcome.missing_total),
        "notCompared": list(outcome.not_compared),
        "notes": list(outcome.notes),
        "why": {
            "note": outcome.why.note,
            "tested": dict(outcome.why.asked),
            "groups": [
                {
                    "dimension": each.dimension,
                    "value": each.value or None,
                    "missing": each.missing,
                    "orders": each.orders,
                }
                for each in outcome.why.groups
            ],
            "conclusions": [_conclusion_data(each) for each in outcome.why.conclusions],
        },
        "missingByDay": [
            {
                "day": each.day,
                "paymentMethod": each.payment or None,
                "missing": each.missing,
                "orders": each.orders,
            }
            for each in outcome.days
        ],
        "listedAtMost": outcome.limit,
        "differences": [
            _difference_data(each)
            for kind in DifferenceKind
            for each in outcome.listed.get(kind, ())
        ],
    }


def _source_data(reading: SourceSummary) -> dict[str, Any]:
    return {
        "source": reading.label,
        "rows": reading.rows,
        "columns": dict(reading.columns),
        "notes": list(reading.notes),
    }


def _difference_data(each: OrderDifference) -> dict[str, Any]:
    return {
        "kind": str(each.kind),
        "id": each.id,
        "date": each.date,
        "inShop": each.in_shop,
        "recorded": each.recorded,
    }


def _conclusion_data(each: Conclusion) -> dict[str, Any]:
    return {
        "dimension": each.dimension,
        "value": each.value,
        "within": each.within or None,
        "sentence": each.sentence,
        "means": each.means,
        "missingHere": each.missing_here,
        "ordersHere": each.orders_here,
        "missingElsewhere": each.missing_rest,
        "ordersElsewhere": each.orders_rest,
        "p": each.p,
        "leastRatio": each.least_ratio,
        "rules": list(each.rules),
        "scenario": each.scenario,
    }
