"""What a caller of the Python API demands of a page, made of plain values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any

from validator.cli.standards import CheckPolicy
from validator.contract.contracts import Contracts, default_tag_count
from validator.core.capture import Breakdown, Capture
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.redaction import Redactor
from validator.core.result import Result
from validator.core.severities import SEVERITY_CHOICES, RuleOverride, RuleOverrides
from validator.rules.catalogue import explain_unknown_rule
from validator.rules.evaluate import ExpectedTag, build_broken_result, evaluate_capture
from validator.run.config import Config, find_config, load_config

EMPTY_MAPPING: Mapping[str, Any] = MappingProxyType({})


def load_nearest_config(path: str | Path | None) -> Config:
    found = Path(path) if path else find_config(Path.cwd(), os.environ)
    return load_config(found) if found else Config()


def parse_rule_overrides(rules: Mapping[str, str]) -> RuleOverrides:
    for rule, grade in rules.items():
        message = explain_unknown_rule(rule)
        if not message and grade not in SEVERITY_CHOICES:
            message = f'"{grade}" is no grade: it is one of {", ".join(SEVERITY_CHOICES)}'
        if message:
            raise InputError.single("bad-rule", message, Location("rules"))
    place = Location("rules=")
    return RuleOverrides({rule: RuleOverride.of(grade, place) for rule, grade in rules.items()})


def build_contracts(tag: str, schema: str | Path | None, rules: Mapping[str, str]) -> Contracts:
    """Return what the tags are held to. Raises InputError for what cannot be used."""
    standards = CheckPolicy(Config(), parse_rule_overrides(rules), str(schema) if schema else None)
    return standards.contracts(tag)


@dataclass(frozen=True, slots=True)
class PageCheck:
    """What a page is held to, and what must not be shown of it."""

    contracts: Contracts
    expected: ExpectedTag
    redactor: Redactor

    @classmethod
    def of(
        cls,
        tag: str,
        count: int | None,
        expect: Mapping[str, object],
        contracts: Contracts,
        secrets: Iterable[str] = (),
    ) -> PageCheck:
        """Raises InputError for a field that the tag does not have."""
        known = contracts.fields(tag).fields
        if strange := [field for field in expect if field not in known]:
            raise InputError.single(
                "unknown-field",
                f"{tag} has no field {', '.join(strange)}",
                Location("expect"),
                hint=f"it is one of {', '.join(known)}",
            )
        values = {field: str(value) for field, value in expect.items()}
        due = default_tag_count(tag) if count is None else count
        return cls(contracts, ExpectedTag(tag, due, values), Redactor(secrets))

    def judge(self, seen: Capture | Breakdown, subject: str, clock: float) -> Result:
        if isinstance(seen, Breakdown):
            result = build_broken_result(subject, seen, self.contracts)
        else:
            result = evaluate_capture(
                seen, subject=subject, contracts=self.contracts, expected=self.expected
            )
        took = round((perf_counter() - clock) * 1000, 1)
        return self.redactor.apply(replace(result, duration_ms=took))
