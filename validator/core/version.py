"""The version of cn-validator, as results and reports name it."""

from __future__ import annotations

__version__ = "0.1.0"
