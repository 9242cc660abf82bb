"""Severities that a shop sets for rules: off, error, warning or info."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from validator.core.document import Location
from validator.core.finding import Severity

OFF = "off"
SEVERITY_CHOICES: tuple[str, ...] = (OFF, *Severity)


@dataclass(frozen=True, slots=True)
class RuleOverride:
    """``severity`` None: the rule is off. ``place`` is where it is set."""

    severity: Severity | None
    place: Location

    @classmethod
    def of(cls, choice: str, place: Location) -> RuleOverride:
        """Make an override of one of ``SEVERITY_CHOICES``."""
        return cls(None if choice == OFF else Severity(choice), place)


@dataclass(frozen=True, slots=True)
class RuleOverrides:
    """Rule id → override. A rule without one has the severity of the catalogue."""

    by_rule: Mapping[str, RuleOverride] = field(default_factory=lambda: MappingProxyType({}))

    def then(self, later: RuleOverrides) -> RuleOverrides:
        """Return both; where both set a rule, ``later`` wins."""
        return RuleOverrides(MappingProxyType({**self.by_rule, **later.by_rule}))

    def is_off(self, rule: str) -> bool:
        return rule in self.by_rule and self.by_rule[rule].severity is None

    def severity(self, rule: str) -> Severity | None:
        """Return the severity set for a rule; None where none is set or the rule is off."""
        setting = self.by_rule.get(rule)
        return setting.severity if setting else None

    @property
    def off(self) -> Mapping[str, Location]:
        """The rules that are off → where that is set."""
        return {
            rule: setting.place
            for rule, setting in self.by_rule.items()
            if setting.severity is None
        }


NO_OVERRIDES = RuleOverrides()
