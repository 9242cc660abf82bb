"""Results over time and for other programs: comparison, history, webhooks, metrics.

The formats of one report belong to `report`.
"""
