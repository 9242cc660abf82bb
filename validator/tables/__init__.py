"""Files of orders and purchases as tables of text, and the meaning of their columns and cells.

One reader per format, one parser per value; ``reconcile`` and ``backfill`` use both. What a
database, DuckDB or the Connectif API does with them does not belong here.
"""

INSTALL_HINT = "pip install 'cn-tag-validator[reconcile]'"
"""The command that installs the libraries of the ``reconcile`` extra."""
