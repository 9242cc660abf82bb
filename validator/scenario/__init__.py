"""The scenario language: YAML in, values out. ``load`` reads it, ``model`` is what comes out."""
