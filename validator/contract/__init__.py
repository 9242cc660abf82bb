"""The schemas that documents are checked against, their named formats, and the fields of a tag.

The readers of YAML and JSON with source positions belong here too. Checks that a schema cannot
express are rules.
"""
