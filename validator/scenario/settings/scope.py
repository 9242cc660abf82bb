"""What a scenario's text may refer to: the environment, secrets, the run, made-up values."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from validator.scenario.expand.generators import Fakes
from validator.scenario.expand.matrix import Instance
from validator.scenario.expand.variables import Scope, World
from validator.scenario.parse.node import Problems
from validator.scenario.settings.browser_settings import locale
from validator.scenario.settings.builtin_variables import known_of_run
from validator.scenario.settings.environment import declared_secrets, environment, with_secrets_file
from validator.scenario.settings.setting_layers import Given, Layers


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for all instances of a file."""

    environ: ChainMap[str, str]
    known: Mapping[str, str]
    given: Given
    problems: Problems

    @classmethod
    def of(
        cls, environ: Mapping[str, str], folders: tuple[Path, ...], run_id: str, given: Given
    ) -> Surroundings:
        """Raises InputError for a ``.env`` file, in one of the folders, that cannot be read."""
        found = environment(environ, *folders)
        return cls(found, known_of_run(run_id, given), given, Problems())

    def bare(self) -> Scope:
        """Return a scope without variables and secrets: a matrix is there before them."""
        return Scope(World(self.environ, self.known, self.problems))

    def scope(self, layers: Layers, instance: Instance, subject: str, *, sure: bool) -> Scope:
        """Return the scope of one instance, its variables defined.

        ``subject`` tells its made-up values from those of other scenarios; ``sure`` is false
        where something could not be read that may have named a variable or a secret.
        """
        known = {f"matrix.{name}": text for name, text in instance.values.items()}
        world = World(self.environ, {**self.known, **known}, self.problems, sure=sure)
        scope = Scope(world)

        def locale_of_fakes() -> str:
            node = layers.get("locale")
            return locale(node, scope) if node else ""

        world.fakes = Fakes(self.given.seed, f"{subject}{instance}", locale_of_fakes)
        looked_up = with_secrets_file(self.environ, layers.get("secrets_file"), scope)
        world.secrets = declared_secrets(layers.listed("secrets"), looked_up, self.problems)
        scope.define(layers.merged("vars"))
        return scope
