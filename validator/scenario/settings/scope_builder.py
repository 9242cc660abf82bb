"""What a scenario's text may refer to: the environment, secrets, the run, made-up values."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
    """What is the same for all instances of a file."""

    environ: ChainMap[str, str]
    known: Mapping[str, str]
    given: RunSettings
    problems: FindingCollector

    @classmethod
    def of(
        cls, environ: Mapping[str, str], folders: tuple[Path, ...], run_id: str, given: RunSettings
    ) -> ScopeBuilder:
        """Raises InputError for a ``.env`` file, in one of the folders, that cannot be read."""
        found = load_environment(environ, *folders)
        return cls(found, build_run_variables(run_id, given), given, FindingCollector())

    def empty_scope(self) -> Scope:
        """Return a scope without variables and secrets: a matrix is there before them."""
        return Scope(ResolutionContext(self.environ, self.known, self.problems))

    def scope(
        self, layers: SettingLayers, instance: MatrixInstance, subject: str, *, sure: bool
    ) -> Scope:
        """Return the scope of one instance, its variables defined.

        ``subject`` tells its made-up values from those of other scenarios; ``sure`` is false
        where something could not be read that may have named a variable or a secret.
        """
        known = {f"matrix.{name}": text for name, text in instance.values.items()}
        world = ResolutionContext(self.environ, {**self.known, **known}, self.problems, sure=sure)
        scope = Scope(world)

        def locale_of_fakes() -> str:
            node = layers.get("locale")
            return parse_locale(node, scope) if node else ""

        world.fakes = FakeValues(self.given.seed, f"{subject}{instance}", locale_of_fakes)
        looked_up = add_secrets_file(self.environ, layers.get("secrets_file"), scope)
        world.secrets = resolve_secrets(layers.listed("secrets"), looked_up, self.problems)
        scope.define(layers.merged("vars"))
        return scope
