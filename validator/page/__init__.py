"""From a page to its tags: static captures, the fields of a tag, and what Connectif would record.

Pure functions on HTML and captures. The package `rules` decides what is wrong with a tag.
"""
