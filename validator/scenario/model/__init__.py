"""The scenario language as frozen values. Nothing here reads YAML or drives a browser."""
