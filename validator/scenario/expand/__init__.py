"""Expands a file: variables, made-up values, included fragments, payment cases."""
