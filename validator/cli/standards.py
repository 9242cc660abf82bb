"""What pages are held to: ``--rule``, ``--schema`` and the configuration, for every command."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import click

from validator.contract.contracts import Contracts, documented_tags
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.severities import SEVERITY_CHOICES, RuleOverride, RuleOverrides
from validator.rules.catalogue import explain_unknown_rule
from validator.run.config import Config, find_config, load_config
from validator.scenario.model.scenario import Scenario

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CheckPolicy:
    """The configuration, and what the command line says, which wins over all else."""

    config: Config
    rules: RuleOverrides
    schema: str | None

    def contracts(self, tag: str) -> Contracts:
        """Return what a page is held to that has no scenario.

        Raises InputError for a contract that cannot be used, and for a tag that has none.
        """
        if not self.schema and tag not in documented_tags():
            raise _unknown_tag_error(tag)
        own = {tag: self.schema} if self.schema else {}
        contracts = Contracts(self.config.schemas, rules=self.config.rules).then(own, self.rules)
        contracts.fields(tag)
        return contracts

    def hold(self, scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
        """Return scenarios as they are held to all of it. Raises InputError likewise."""
        return tuple(self._apply_to_scenario(scenario) for scenario in scenarios)

    def _apply_to_scenario(self, scenario: Scenario) -> Scenario:
        tag = scenario.expect.tag
        own = self.contracts(tag).own if self.schema else {}
        return replace(
            scenario,
            rules=self.config.rules.then(scenario.rules).then(self.rules),
            schemas=MappingProxyType({**self.config.schemas, **scenario.schemas, **own}),
        )


def disabled_rule_notes(settings: Iterable[RuleOverrides]) -> Iterator[str]:
    """Yield a note on the rules that are off, and where that is written."""
    places: dict[str, dict[str, None]] = {}
    for each in settings:
        for rule, place in each.off.items():
            places.setdefault(rule, {})[str(place)] = None
    if places:
        rules = [f"{rule} ({', '.join(where)})" for rule, where in sorted(places.items())]
        count = "1 rule is" if len(rules) == 1 else f"{len(rules)} rules are"
        yield f"{count} off: {', '.join(rules)}"


def config_option(command: Callable[..., T]) -> Callable[..., T]:
    """Give a click command ``--config``, and ``config: Config`` in its place."""

    @click.option(
        "--config",
        "config_file",
        metavar="FILE",
        help="The configuration. Without it: cn-validator.yaml in this folder or above it, up to "
        "the repository's root.",
    )
    @functools.wraps(command)
    def with_config(*args: Any, config_file: str | None, **kwargs: Any) -> T:
        path = Path(config_file) if config_file else find_config(Path.cwd(), os.environ)
        return command(*args, config=load_config(path) if path else Config(), **kwargs)

    return with_config


def policy_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a click command the options, and ``standards: Standards`` in their place."""

    @click.option(
        "--rule",
        "rules",
        type=RuleSettingType(),
        multiple=True,
        help=f"Grade a rule: {', '.join(SEVERITY_CHOICES)}. Repeatable.",
    )
    @click.option(
        "--schema", metavar="FILE", help="Your own contract instead of the expected tag's schema."
    )
    @config_option
    @functools.wraps(command)
    def with_standards(
        *args: Any,
        rules: tuple[tuple[str, RuleOverride], ...],
        schema: str | None,
        config: Config,
        **kwargs: Any,
    ) -> T:
        settings = RuleOverrides(MappingProxyType(dict(rules)))
        return command(*args, standards=CheckPolicy(config, settings, schema), **kwargs)

    return with_standards


class RuleSettingType(click.ParamType[Any]):
    """``cart-id-missing=off``: a rule of the catalogue and its grade."""

    name = "ID=GRADE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, RuleOverride]:
        if isinstance(value, tuple):
            return value
        rule, _, grade = str(value).partition("=")
        if message := explain_unknown_rule(rule):
            self.fail(message, param, ctx)
        if grade not in SEVERITY_CHOICES:
            wanted = "|".join(SEVERITY_CHOICES)
            self.fail(f'"{grade}" is no grade: write {rule}={wanted}', param, ctx)
        return rule, RuleOverride.of(grade, Location("--rule"))


def _unknown_tag_error(tag: str) -> InputError:
    """Refuse a tag that nobody documents: it needs a contract of one's own."""
    tags = documented_tags()
    near = get_close_matches(tag, tags, n=1)
    return InputError.single(
        "schema-unknown",
        "there is no contract for this tag" + (f": did you mean {near[0]}?" if near else ""),
        Location(tag),
        f"Name one of {', '.join(tags)}, or give a contract of your own with --schema.",
    )
