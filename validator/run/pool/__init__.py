"""Runs the scenarios of a run in several processes, each with a browser of its own.

The process of the run decides which scenario runs where and which order may be placed, and alone
writes the results and the ledger. What happens in a scenario is not here: that is ``scenario_run``.
"""
