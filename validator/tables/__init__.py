"""Files of orders and purchases as tables of text, and the meaning of their columns and cells.

One reader per format, one parser per value; ``reconcile`` and ``backfill`` use both. What a
database, DuckDB or the Connectif API does with them does not belong here.
"""
