"""Rules on the fields of one tag: its values, dates, ids, prices, totals and texts."""
