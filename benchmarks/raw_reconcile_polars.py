"""The counterpart of reconcile as a short polars script: the same join and comparisons.

It finds no causes, and the encodings and types of the files are fixed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl


def main(orders: str, recorded: str, answer: str) -> None:
    """Join both files and write the counts of missing, duplicate and different orders as JSON."""
    shop = pl.read_csv(orders, schema_overrides={"order_id": pl.String}, try_parse_dates=True)
    seen = pl.read_csv(recorded, schema_overrides={"purchase_id": pl.String}, try_parse_dates=True)
    purchases = seen.group_by("purchase_id").agg(
        pl.len().alias("times"), pl.col("total_price").min(), pl.col("total_quantity").min()
    )
    joined = shop.join(purchases, left_on="order_id", right_on="purchase_id", how="left")
    extra = purchases.join(shop, left_on="purchase_id", right_on="order_id", how="anti").height
    counts = {
        "missing": joined["times"].null_count(),
        "twice": joined.filter(pl.col("times") > 1).height,
        "total": joined.filter((pl.col("total") - pl.col("total_price")).abs() > 0.005).height,
        "quantity": joined.filter(pl.col("quantity") != pl.col("total_quantity")).height,
        "extra": extra,
    }
    Path(answer).write_text(json.dumps({"counts": counts}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
