"""The types that every other package speaks in, and the few facts they rest on.

Frozen dataclasses, errors, redaction. Nothing here knows HTML, YAML, a browser or a network.
"""
