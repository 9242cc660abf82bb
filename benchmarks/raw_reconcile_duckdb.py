"""The counterpart of reconcile as a short DuckDB script: the same join and comparisons.

It finds no causes, and the encodings and types of the files are fixed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

SQL = """
CREATE TABLE shop AS SELECT * FROM read_csv(?, types={'order_id': 'VARCHAR'});
CREATE TABLE seen AS SELECT * FROM read_csv(?, types={'purchase_id': 'VARCHAR'});
"""
COUNTS = """
WITH purchases AS (
  SELECT purchase_id AS id, count(*) AS times, min(total_price) AS total_price,
    min(total_quantity) AS total_quantity FROM seen GROUP BY purchase_id
)
SELECT count(*) FILTER (id IS NULL), count(*) FILTER (times > 1),
  count(*) FILTER (abs(total - total_price) > 0.005), count(*) FILTER (quantity <> total_quantity),
  (SELECT count(*) FROM purchases ANTI JOIN shop ON order_id = id)
FROM shop LEFT JOIN purchases ON order_id = id
"""


def main(orders: str, recorded: str, answer: str) -> None:
    """Join both files and write the counts of missing, duplicate and different orders as JSON."""
    connection = duckdb.connect()
    for statement, file in zip(SQL.strip().splitlines(), (orders, recorded), strict=True):
        connection.execute(statement, [file])
    row = connection.execute(COUNTS).fetchone() or ()
    names = ("missing", "twice", "total", "quantity", "extra")
    counts = dict(zip(names, row, strict=True))
    Path(answer).write_text(json.dumps({"counts": counts}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
