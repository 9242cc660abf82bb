"""Reads the nodes of a YAML document into the values of ``model``.

Short forms are expanded here and nowhere else. Mistakes are collected with their places.
"""
