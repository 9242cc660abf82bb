"""Finds mistakes in scenarios, fragments and configuration without a browser.

Rules about pages and tags belong in ``validator.rules``.
"""
