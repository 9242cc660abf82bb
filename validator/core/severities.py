"""How a shop grades the rules: each one off, an error, a warning or mere information."""

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
    """``severity`` None: the rule is off. ``place`` is where that is written."""

    severity: Severity | None
    place: Location

    @classmethod
    def of(cls, grade: str, place: Location) -> RuleOverride:
        """Make a setting of one of ``GRADES``."""
        return cls(None if grade == OFF else Severity(grade), place)


@dataclass(frozen=True, slots=True)
class RuleOverrides:
    """Rule id → setting. A rule without one is as the catalogue grades it."""

    by_rule: Mapping[str, RuleOverride] = field(default_factory=lambda: MappingProxyType({}))

    def then(self, later: RuleOverrides) -> RuleOverrides:
        """Return both; of what both set, the later."""
        return RuleOverrides(MappingProxyType({**self.by_rule, **later.by_rule}))

    def is_off(self, rule: str) -> bool:
        return rule in self.by_rule and self.by_rule[rule].severity is None

    def severity(self, rule: str) -> Severity | None:
        """Return what a rule is set to; None where nobody set it, or where it is off."""
        setting = self.by_rule.get(rule)
        return setting.severity if setting else None

    @property
    def off(self) -> Mapping[str, Location]:
        """The rules that are off, and where that is written."""
        return {
            rule: setting.place
            for rule, setting in self.by_rule.items()
            if setting.severity is None
        }


NO_OVERRIDES = RuleOverrides()
