"""Generates the parts of docs/ that come from schemas and catalogues: ``python -m docs.generate``.

Not part of the package that users install. Tests compare the pages with what is generated here.
"""
