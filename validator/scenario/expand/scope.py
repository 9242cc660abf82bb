"""``${…}`` in a scenario's text: variables, environment, secrets, saved page texts.

``${name}`` is a variable, a fragment's parameter, or what a ``save`` step kept; ``${env.NAME}``
and ``${env.NAME:-default}`` are the environment, ``${secret.NAME}`` a declared secret,
``${run.…}`` the run, ``${matrix.NAME}`` the instance, ``${fake.…}`` made-up values; ``$${`` is a
literal ``${``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from validator.scenario.expand.fake_values import FAKE_KINDS, FakeValues, UnsupportedLocale, is_fake
from validator.scenario.model.template import SavedReference, Secret, Template
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_messages import did_you_mean

_REFERENCE = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ENVIRONMENT = re.compile(r"env\.([A-Za-z_]\w*)(?::-(.*))?", re.ASCII | re.DOTALL)

MAX_TEXT_LENGTH = 10_000
"""Characters of one text; a few variables that name each other twice would exhaust memory."""

TemplatePart: TypeAlias = str | Secret | SavedReference


@dataclass(slots=True)
class ResolutionContext:
    """What is the same for a whole scenario, fragments included.

    ``known`` is what is said of the run and the instance, such as ``run.id``.
    ``saved`` grows as the steps are read: a step can use what steps before it keep.
    ``sure`` turns false where something could not be read that may have saved a variable: from
    then on unknown names are no findings, for they may be consequences.
    """

    environ: Mapping[str, str]
    known: Mapping[str, str]
    problems: FindingCollector
    fakes: FakeValues | None = None
    secrets: dict[str, Secret] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    sure: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    """What ``when`` may also ask: the device, the locale, and so on."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables that one file's text can use."""

    world: ResolutionContext
    variables: dict[str, Template] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def template(self, node: Node) -> Template:
        """Resolve all that is known now. What is wrong is noted and left out."""
        return self._template(node, {}, ())

    def public(self, node: Node) -> Template:
        """Resolve text that reports show, such as a page's URL: it cannot hold a secret."""
        template = self.template(node)
        if secret := next((part for part in template.parts if isinstance(part, Secret)), None):
            self.world.problems.add(
                "secret-shown",
                f"the secret {secret.name} would be shown here",
                node,
                "Use secrets only in what steps write or find.",
            )
        return template

    def fixed(self, node: Node) -> str:
        """Resolve text that must be known, and may be shown, before a step is played."""
        known = self._now(self.public(node), node)
        return "".join(part for part in known.parts if isinstance(part, str))

    def resolve_secret(self, node: Node) -> str:
        """Resolve text that must be known before a step is played, and is never shown."""
        return self._now(self.template(node), node).render({})

    def _now(self, template: Template, node: Node) -> Template:
        if saved := next(
            (part for part in template.parts if isinstance(part, SavedReference)), None
        ):
            self.world.problems.add(
                "variable-not-yet-known",
                f"${{{saved.name}}} is only known once a step has saved it",
                node,
                "Use text, vars or the environment here.",
            )
        return Template(tuple(p for p in template.parts if not isinstance(p, SavedReference)))

    def named(self, name: str, node: Node) -> Template:
        """Return what a name stands for; a setting too, where no variable is named so."""
        variables = {*self.variables, *self.world.saved, *self.world.known}
        if name in variables or name.startswith(("env.", "secret.", "fake.")):
            return Template(_join_text(self._resolve(name, node, {}, ())))
        if name in self.world.settings:
            return Template((self.world.settings[name],))
        if self.world.sure:
            known = sorted({*variables, *self.world.settings})
            message = f'there is no variable or setting "{name}"{did_you_mean(name, known)}'
            hint = "Define it under vars, or save it in an earlier step."
            expected = f"one of {', '.join(known)}"
            self.world.problems.add(
                "unknown-variable", message, node, hint, expected=expected, by_key=True
            )
        return Template(())

    def with_file_variables(self, definitions: Node | None, given: Mapping[str, Template]) -> Scope:
        """Return this scope with the variables of a file; what is ``given`` wins over them."""
        inner = replace(self, variables={**self.variables, **given}, used=set())
        nodes = definitions.items() if definitions else {}
        inner.define({name: node for name, node in nodes.items() if name not in given})
        return inner

    def define(self, pending: dict[str, Node]) -> None:
        """Resolve variables that may name each other, in any order."""
        # What is made up goes by the locale, which may itself be a variable.
        for name in sorted(pending, key=lambda name: "${fake." in pending[name].text):
            self._define(name, pending, ())

    def save(self, node: Node, name: str) -> None:
        """Note that a step keeps a page's text under this name."""
        if name in self.variables:
            self.world.problems.add(
                "variable-twice",
                f'"{name}" is already a variable',
                node,
                "Save it under another name.",
            )
        self.world.saved.add(name)

    def _define(self, name: str, pending: dict[str, Node], chain: tuple[str, ...]) -> None:
        """Resolve one variable, and first what it names; each of them only once."""
        if name in pending:
            self.variables[name] = self._template(pending[name], pending, (*chain, name))
            pending.pop(name, None)

    def _template(self, node: Node, pending: dict[str, Node], chain: tuple[str, ...]) -> Template:
        parts = _join_text(self._parts(node, pending, chain))
        if sum(len(part) if isinstance(part, str) else 1 for part in parts) <= MAX_TEXT_LENGTH:
            return Template(parts)
        message = (
            f"with its variables filled in, the text is longer than {MAX_TEXT_LENGTH:,} characters"
        )
        self.world.problems.add("text-too-long", message, node, "Shorten it.")
        return Template(())

    def _parts(
        self, node: Node, pending: dict[str, Node], chain: tuple[str, ...]
    ) -> Iterator[TemplatePart]:
        text, end = node.text, 0
        for match in _REFERENCE.finditer(text):
            yield text[end : match.start()]
            end = match.end()
            if match[0] == "$${":
                yield "${"
            elif match[1] is None:
                message = 'a "${" is never closed'
                hint = "Close it with }, or write $${ for the characters themselves."
                self.world.problems.add("variable-syntax", message, node, hint)
            else:
                yield from self._resolve(match[1].strip(), node, pending, chain)
        yield text[end:]

    def _resolve(
        self, name: str, node: Node, pending: dict[str, Node], chain: tuple[str, ...]
    ) -> Iterable[TemplatePart]:
        if name in chain:
            path = " → ".join((*chain[chain.index(name) :], name))
            hint = "Give one of them a value without the others."
            self.world.problems.add(
                "variable-cycle", f"variables name each other in a circle: {path}", node, hint
            )
            return ()
        self._define(name, pending, chain)
        if name in self.variables:
            self.used.add(name)
            return self.variables[name].parts
        if name in self.world.saved:
            return (SavedReference(name),)
        if name in self.world.known:
            return (self.world.known[name],)
        if name.startswith("fake."):
            return self._fake(name.removeprefix("fake."), node)
        if match := _ENVIRONMENT.fullmatch(name):
            return self._environment(match[1], match[2], node)
        if name.startswith("secret."):
            return self._secret(name.removeprefix("secret."), node)
        return self._unknown(name, node, pending)

    def _environment(self, name: str, default: str | None, node: Node) -> Iterable[TemplatePart]:
        value = self.world.environ.get(name)
        # As in a shell, a default also stands in for an empty value.
        if value is None or (default is not None and not value):
            value = default
        if value is None:
            self.world.problems.add(
                "environment-missing",
                f"the environment variable {name} is not set",
                node,
                f"Set it, write it in a .env file, or give a default: ${{env.{name}:-…}}.",
            )
            return ()
        return (value,)

    def _secret(self, name: str, node: Node) -> Iterable[TemplatePart]:
        if name in self.world.secrets:
            return (self.world.secrets[name],)
        if not self.world.sure:
            return ()
        self.world.problems.add(
            "secret-undeclared",
            f'the secret "{name}" is not declared{did_you_mean(name, self.world.secrets)}',
            node,
            f"Declare it at the top of the scenario: secrets: [{name}].",
        )
        return ()

    def _fake(self, name: str, node: Node) -> Iterable[TemplatePart]:
        if self.world.fakes is None or not is_fake(name):
            message = f'nothing is made up for "fake.{name}"{did_you_mean(name, FAKE_KINDS)}'
            hint = f"There is {', '.join(FAKE_KINDS)}; fake.name.2 is another name."
            self.world.problems.add("unknown-fake", message, node, hint)
            return ()
        try:
            return (self.world.fakes.value(name),)
        except UnsupportedLocale as error:
            message = f'there are no made-up values in the language "{error}"'
            hint = "Write the value, or leave out locale: then they are American."
            self.world.problems.add("unknown-fake", message, node, hint)
            return ()

    def _unknown(
        self, name: str, node: Node, pending: Mapping[str, Node]
    ) -> Iterable[TemplatePart]:
        known = sorted({*self.variables, *pending, *self.world.saved, *self.world.known})
        if self.world.sure or not _NAME.fullmatch(name.removeprefix("matrix.")):
            self.world.problems.add(
                "unknown-variable",
                f"unknown variable ${{{name}}}{did_you_mean(name, known)}",
                node,
                "Define it under vars, or save it in an earlier step; environment variables "
                "are ${env.NAME}, and $${ writes the characters themselves.",
                expected=f"one of {', '.join(known)}",
            )
        return ()


def _join_text(parts: Iterable[TemplatePart]) -> tuple[TemplatePart, ...]:
    """Join neighbouring text; drop what is empty."""
    joined: list[TemplatePart] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)
