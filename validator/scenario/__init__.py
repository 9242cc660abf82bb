"""The scenario language: ``load`` reads YAML files into the values of ``model``.

Nothing here starts a browser; playing the steps belongs in ``validator.browser``.
"""
