"""The contract of each tag: its schema, built-in or the shop's own, and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from validator.contract.fields import Field, parse_tag_schema
from validator.contract.ineffective_keywords import reject_ineffective
from validator.contract.schema import Schema, builtin_schema_names, load_schema
from validator.contract.script_expectation import NOTHING_SAID, ScriptExpectation
from validator.core.severities import NO_OVERRIDES, RuleOverrides


@cache
def documented_tags() -> tuple[str, ...]:
    """Return the class names of all tags that have a built-in schema, without parts of tags."""
    return tuple(
        name
        for name in builtin_schema_names()
        if name.startswith("cn_") and not name.endswith("_item")
    )


def default_tag_count(tag: str) -> int | None:
    """Return how many of a tag a page must have: one purchase; None means one or more."""
    return 1 if tag == "cn_purchase" else None


@dataclass(frozen=True, slots=True)
class Contracts:
    """The contracts of all tags that are checked.

    ``own`` maps tags to the shop's schema file that replaces the built-in one. ``others`` are
    the tags that are checked, if a page has them, besides the expected one. ``rules`` has the
    rules whose severity the shop has changed.
    """

    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    others: tuple[str, ...] = field(default_factory=documented_tags)
    rules: RuleOverrides = NO_OVERRIDES
    required_tags: tuple[str, ...] = ()
    """Those of the others that a page must have too."""
    script: ScriptExpectation = NOTHING_SAID

    def then(
        self,
        own: Mapping[str, str],
        rules: RuleOverrides,
        script: ScriptExpectation = NOTHING_SAID,
    ) -> Contracts:
        """Return these contracts with more specific ones, which take precedence."""
        return replace(
            self,
            own={**self.own, **own},
            rules=self.rules.then(rules),
            script=self.script.then(script),
        )

    def schema(self, tag: str) -> Schema:
        """Return the schema of a tag. Raises InputError for a schema with mistakes."""
        return _load_cached_schema(self.own.get(tag, tag))

    def fields(self, tag: str) -> Field:
        """Return the tag with its fields. Raises InputError for a schema with mistakes."""
        return _parse_cached_fields(tag, self.own.get(tag, tag))

    def names(self, expected: str) -> tuple[str, ...]:
        """Return the tags to look for, the expected one first."""
        return (expected, *(name for name in self.others if name != expected))


def forget_schemas() -> None:
    """Let schemas be read again, because files may have changed since an earlier run."""
    _load_cached_schema.cache_clear()
    _parse_cached_fields.cache_clear()


@cache
def _load_cached_schema(name_or_path: str) -> Schema:
    return load_schema(name_or_path)


@cache
def _parse_cached_fields(tag: str, name_or_path: str) -> Field:
    schema = _load_cached_schema(name_or_path)
    described = replace(parse_tag_schema(schema), name=tag)
    if name_or_path != tag:
        known = (
            replace(parse_tag_schema(_load_cached_schema(tag)), name=tag)
            if tag in documented_tags()
            else described
        )
        reject_ineffective(schema, known, documented_tags())
    return described
