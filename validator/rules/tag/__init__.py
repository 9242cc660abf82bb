"""Rules on the fields of one tag: values, dates, ids, prices, totals, texts and markup."""
