"""From the nodes of a YAML document to the values of `model`.

Shorthand is normalised here and nowhere else; what is wrong is collected as problems with places.
"""
