"""Validates the Connectif tags of a shop, in a real browser."""

__version__ = "0.1.0"
