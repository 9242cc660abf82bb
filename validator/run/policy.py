"""Which contracts and rules pages are checked against: the configuration and the caller's values.

The caller is the command line or the Python API; what it gives wins over everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from validator.contract.contracts import Contracts, documented_tags, forget_schemas
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.severities import (
    NO_OVERRIDES,
    SEVERITY_CHOICES,
    RuleOverride,
    RuleOverrides,
)
from validator.core.suggestion import find_similar
from validator.rules.catalogue import explain_unknown_rule
from validator.run.config import Config

if TYPE_CHECKING:
    from validator.scenario.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class CheckPolicy:
    """``rules`` and ``schema`` are the caller's; ``schema`` is the file of a contract, or None.

    A new policy, and each call of ``apply``, reads the files of contracts again: they may change
    between the runs of ``--every`` and ``watch``, but not within a run.
    """

    config: Config
    rules: RuleOverrides = NO_OVERRIDES
    schema: str | None = None

    def __post_init__(self) -> None:
        if self.schema or self.config.schemas:
            forget_schemas()

    def contracts(self, tag: str) -> Contracts:
        """Return the contracts of a page that no scenario describes.

        Raises InputError for a contract that cannot be used, and for a tag that has none.
        """
        if not self.schema and tag not in documented_tags():
            raise _unknown_tag_error(tag)
        own = {tag: self.schema} if self.schema else {}
        config = self.config
        contracts = Contracts(config.schemas, rules=config.rules, script=config.script)
        contracts = contracts.then(own, self.rules)
        contracts.fields(tag)
        return contracts

    def apply(self, scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
        """Return the scenarios with the rules and schemas of this policy.

        Raises InputError for a contract that cannot be used, and for a tag that has none.
        """
        applied = tuple(self._apply_to_scenario(scenario) for scenario in scenarios)
        if any(scenario.schemas for scenario in applied):
            forget_schemas()
        return applied

    def _apply_to_scenario(self, scenario: Scenario) -> Scenario:
        tag = scenario.expect.tag
        own = self.contracts(tag).own if self.schema else {}
        return replace(
            scenario,
            rules=self.config.rules.then(scenario.rules).then(self.rules),
            script=self.config.script.then(scenario.script),
            schemas=MappingProxyType({**self.config.schemas, **scenario.schemas, **own}),
        )


def parse_rule_setting(rule: str, severity: str, place: Location) -> RuleOverride:
    """Return the setting of a rule; ``place`` is where it is written.

    Raises ValueError, with a message for the user, for an unknown rule or severity.
    """
    if message := explain_unknown_rule(rule):
        raise ValueError(message)
    if severity not in SEVERITY_CHOICES:
        choices = "|".join(SEVERITY_CHOICES)
        raise ValueError(f'"{severity}" is not a severity: write {rule}={choices}')
    return RuleOverride.of(severity, place)


def build_rule_overrides(rules: Mapping[str, str]) -> RuleOverrides:
    """Return the settings of a caller's ``rules``, severities by rule id. Raises InputError."""
    place = Location("rules=")
    try:
        settings = {
            rule: parse_rule_setting(rule, severity, place) for rule, severity in rules.items()
        }
    except ValueError as error:
        raise InputError.single("bad-rule", str(error), Location("rules")) from error
    return RuleOverrides(MappingProxyType(settings))


def disabled_rule_notes(settings: Iterable[RuleOverrides]) -> Iterator[str]:
    """Yield a note on the rules that are off, with the places where they are turned off."""
    places: dict[str, dict[str, None]] = {}
    for each in settings:
        for rule, place in each.off.items():
            places.setdefault(rule, {})[str(place)] = None
    if places:
        rules = [f"{rule} ({', '.join(where)})" for rule, where in sorted(places.items())]
        count = "1 rule is" if len(rules) == 1 else f"{len(rules)} rules are"
        yield f"{count} off: {', '.join(rules)}"


def _unknown_tag_error(tag: str) -> InputError:
    tags = documented_tags()
    near = find_similar(tag, tags)
    return InputError.single(
        "schema-unknown",
        "there is no contract for this tag" + (f": did you mean {near}?" if near else ""),
        Location(tag),
        f"Name one of {', '.join(tags)}, or give your own contract: --schema on the command line, "
        "schema= in Python.",
    )
