"""The counterpart of `cn-validator check FILE`: what it imports to read pages and arguments."""

from importlib import import_module

MODULES = (
    "click",
    "cloup",
    "jsonschema",
    "referencing",
    "tinycss2",
    "turbohtml",
    "webencodings",
    "yaml",
)

for name in MODULES:
    import_module(name)
