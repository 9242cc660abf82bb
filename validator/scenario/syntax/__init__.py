"""YAML nodes of the scenario language with their places, and messages about schema violations.

Steps and variables belong above: everything that reads a scenario builds on this package.
"""
