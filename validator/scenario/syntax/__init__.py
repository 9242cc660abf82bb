"""YAML nodes of the scenario language with their places, and what is said of a misuse.

Nothing here knows steps or variables: it is below everything that reads a scenario.
"""
