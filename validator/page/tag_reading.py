"""Reads a captured tag: its texts, and what Connectif would record of them."""

from __future__ import annotations

from validator.contract.fields import Field
from validator.core.capture import CapturedTag
from validator.core.result import TagReading
from validator.page.recorded_event import build_reading
from validator.page.tag_fields import extract_fields


def read_tag(tag: CapturedTag, fields: Field) -> TagReading:
    """Read a tag whose schema describes ``fields``."""
    document, shadowed = extract_fields(tag, fields)
    return build_reading(fields, document, shadowed)
