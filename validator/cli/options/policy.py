"""The options for rules, contracts and the configuration file."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import click

from validator.cli.options.option_group import OptionGroup
from validator.core.document import Location
from validator.core.severities import SEVERITY_CHOICES, RuleOverride, RuleOverrides
from validator.run.config import Config, load_nearest_config
from validator.run.policy import CheckPolicy, parse_rule_setting


class RuleSettingType(click.ParamType[Any]):
    """``cart-id-missing=off``: the id of a rule and its severity."""

    name = "ID=SEVERITY"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, RuleOverride]:
        if isinstance(value, tuple):
            return value
        rule, _, severity = str(value).partition("=")
        try:
            return rule, parse_rule_setting(rule, severity, Location("--rule"))
        except ValueError as error:
            self.fail(str(error), param, ctx)


_config_option = click.option(
    "--config",
    metavar="FILE",
    help="The configuration file. Default: the nearest cn-validator.yaml, in this folder or above "
    "it, up to the root of the repository.",
)


def _build_config(config: str | None) -> Config:
    return load_nearest_config(config)


config_options = OptionGroup("Configuration", "config", _config_option, build=_build_config)


def _build_policy(
    rules: tuple[tuple[str, RuleOverride], ...], schema: str | None, config: str | None
) -> CheckPolicy:
    overrides = RuleOverrides(MappingProxyType(dict(rules)))
    return CheckPolicy(load_nearest_config(config), overrides, schema)


policy_options = OptionGroup(
    "Rules and contracts",
    "policy",
    click.option(
        "--rule",
        "rules",
        type=RuleSettingType(),
        multiple=True,
        help=f"Set the severity of a rule: {', '.join(SEVERITY_CHOICES)}. Repeatable.",
    ),
    click.option(
        "--schema", metavar="FILE", help="Your own contract instead of the expected tag's schema."
    ),
    _config_option,
    build=_build_policy,
)
