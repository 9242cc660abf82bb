"""Types that all other packages use: captures, findings, results, errors, options.

Frozen dataclasses and pure functions. Nothing here knows HTML, YAML, a browser or a network.
"""
