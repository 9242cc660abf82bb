"""The counterpart of reconcile, as a short pandas script: the same join and comparisons.

It finds no causes, and the encodings and types of the files are fixed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd


def main(orders: str, recorded: str, answer: str) -> None:
    """Join both files and write the counts of missing, duplicate and different orders as JSON."""
    shop = pd.read_csv(orders, dtype={"order_id": str}, parse_dates=["created_at"])
    seen = pd.read_csv(recorded, dtype={"purchase_id": str}, parse_dates=["purchase_date"])
    twice = int(seen["purchase_id"].duplicated().sum())
    joined = shop.merge(
        seen.drop_duplicates("purchase_id"), how="left", left_on="order_id", right_on="purchase_id"
    )
    missing = joined[joined["purchase_id"].isna()]
    there = joined[joined["purchase_id"].notna()]
    counts = {
        "missing": len(missing),
        "twice": twice,
        "total": int(((there["total"] - there["total_price"]).abs() > 0.005).sum()),
        "quantity": int((there["quantity"] != there["total_quantity"]).sum()),
        "extra": int((~seen["purchase_id"].isin(shop["order_id"])).sum()),
        "by": missing.groupby("payment_method").size().to_dict(),
        "by device": missing.groupby("device").size().to_dict(),
    }
    Path(answer).write_text(json.dumps({"counts": counts}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
