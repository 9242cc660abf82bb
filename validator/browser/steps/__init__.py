"""Plays the steps of a scenario: finds elements, acts on them, explains failures.

What a step is, and what it can do, belongs in ``validator.scenario.model.actions``.
"""
