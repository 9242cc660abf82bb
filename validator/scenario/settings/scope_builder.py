"""Builds the scope of a scenario: environment, secrets, variables, run, made-up values."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from validator.core.finding import Finding
from validator.core.redaction import Redactor
from validator.scenario.expand.fake_values import FakeValues
from validator.scenario.expand.scope import ResolutionContext, Scope
from validator.scenario.settings.browser_settings import parse_locale
from validator.scenario.settings.builtin_variables import build_run_variables
from validator.scenario.settings.environment import (
    add_secrets_file,
    load_environment,
    resolve_secrets,
)
from validator.scenario.settings.matrix import MatrixInstance
from validator.scenario.settings.setting_layers import RunSettings, SettingLayers
from validator.scenario.syntax.node import FindingCollector


@dataclass(frozen=True, slots=True)
class ScopeBuilder:
    """Builds the scopes of the instances of one file."""

    environ: ChainMap[str, str]
    known: Mapping[str, str]
    given: RunSettings
    problems: FindingCollector
    secret_values: set[str] = field(default_factory=set, repr=False)

    @classmethod
    def of(
        cls, environ: Mapping[str, str], folders: tuple[Path, ...], run_id: str, given: RunSettings
    ) -> ScopeBuilder:
        """Build it with ``.env`` files. Raises InputError for one that cannot be read."""
        found = load_environment(environ, *folders)
        return cls(found, build_run_variables(run_id, given), given, FindingCollector())

    def redacted_findings(self) -> tuple[Finding, ...]:
        """Return what is wrong; a secret may be read as ``${env.NAME}`` too, and be quoted."""
        redactor = Redactor(self.secret_values)
        return tuple(map(redactor.apply, self.problems.findings))

    def empty_scope(self) -> Scope:
        """Return a scope without variables and secrets, such as for reading a matrix."""
        return Scope(ResolutionContext(self.environ, self.known, self.problems))

    def scope(
        self, layers: SettingLayers, instance: MatrixInstance, subject: str, *, names_complete: bool
    ) -> Scope:
        """Return the scope of one instance with its variables.

        ``subject`` makes its made-up values differ from those of other scenarios.
        ``names_complete`` is false if a part that may define a variable or a secret could not be
        read.
        """
        known = {f"matrix.{name}": text for name, text in instance.values.items()}
        context = ResolutionContext(
            self.environ,
            {**self.known, **known},
            self.problems,
            names_complete=names_complete,
            forbidden=self.given.forbidden,
        )
        scope = Scope(context)

        def locale_of_fakes() -> str:
            node = layers.get("locale")
            return parse_locale(node, scope) if node else ""

        context.fakes = FakeValues(self.given.seed, f"{subject}{instance}", locale_of_fakes)
        looked_up = add_secrets_file(self.environ, layers.get("secrets_file"), scope)
        context.secrets = resolve_secrets(layers.listed("secrets"), looked_up, self.problems)
        self.secret_values.update(secret.value for secret in context.secrets.values())
        scope.define(layers.merged("vars"))
        return scope
