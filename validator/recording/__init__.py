"""Converts recordings of a browser into readable scenarios.

Nothing here starts a browser or opens files.
"""
