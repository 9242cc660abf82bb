"""From a page to its tags: static captures, the fields of a tag, and what Connectif would record.

Pure functions over HTML and captures. What is wrong with a tag is said by `rules`.
"""
