"""Resolves ``${…}`` in a scenario's text: variables, environment, secrets, saved page texts.

``${name}`` is a variable, a parameter of a fragment, or a value that a step has saved;
``${env.NAME}`` and ``${env.NAME:-default}`` are the environment, ``${secret.NAME}`` is a declared
secret, ``${run.…}`` the run, ``${matrix.NAME}`` the instance, ``${fake.…}`` made-up values; ``$${``
is a literal ``${``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias

from validator.core.document import Location
from validator.scenario.expand.fake_values import FAKE_KINDS, FakeValues, UnsupportedLocale, is_fake
from validator.scenario.model.template import SavedReference, Secret, Template
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_messages import did_you_mean

_REFERENCE = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ENVIRONMENT = re.compile(r"env\.([A-Za-z_]\w*)(?::-(.*))?", re.ASCII | re.DOTALL)

MAX_TEXT_LENGTH = 10_000
"""Characters of one resolved text. Variables that contain each other twice grow exponentially."""

TemplatePart: TypeAlias = str | Secret | SavedReference


@dataclass(slots=True)
class ResolutionContext:
    """The context that a whole scenario shares, fragments included.

    ``known`` are the variables of the run and the instance, such as ``run.id``. ``saved`` grows as
    the steps are read: a step can use the variables that earlier steps save. ``names_complete``
    becomes false when a part that may define a variable could not be read. Unknown names are not
    reported from then on, because they may be consequences of that.
    """

    environ: Mapping[str, str]
    known: Mapping[str, str]
    problems: FindingCollector
    fakes: FakeValues | None = None
    secrets: dict[str, Secret] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    names_complete: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    """Settings that ``when`` can compare, such as the device and the locale."""
    forbidden: Mapping[str, Location] = field(default_factory=lambda: MappingProxyType({}))
    """What the configuration forbids, ``evaluate`` or ``command``, and where."""

    def reject_forbidden(self, what: str, node: Node) -> None:
        """Report a node that the configuration forbids."""
        if place := self.forbidden.get(what):
            message = f'"{what}" is forbidden by the configuration ({place})'
            hint = f"Remove it, or allow it if you trust the scenario: allow: {{{what}: true}}"
            self.problems.add(f"{what}-forbidden", message, node, hint, by_key=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables that the text of one file can use."""

    context: ResolutionContext
    variables: dict[str, Template] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def template(self, node: Node) -> Template:
        """Resolve everything that is known now. Errors are collected, and their parts left out."""
        return self._template(node, {}, ())

    def resolve_public(self, node: Node) -> Template:
        """Resolve text that reports show, such as a page's URL: a secret in it is an error."""
        template = self.template(node)
        if secret := next((part for part in template.parts if isinstance(part, Secret)), None):
            self.context.problems.add(
                "secret-shown",
                f"the secret {secret.name} would be shown here",
                node,
                "Use secrets only in values that steps type, and in locators.",
            )
        return template

    def resolve_now(self, node: Node) -> str:
        """Resolve text that must be known before the first step is played, and may be shown."""
        known = self._now(self.resolve_public(node), node)
        return "".join(part for part in known.parts if isinstance(part, str))

    def resolve_secret(self, node: Node) -> str:
        """Resolve text that must be known before the first step is played, and is never shown."""
        return self._now(self.template(node), node).render({})

    def _now(self, template: Template, node: Node) -> Template:
        if saved := next(
            (part for part in template.parts if isinstance(part, SavedReference)), None
        ):
            self.context.problems.add(
                "variable-not-yet-known",
                f"${{{saved.name}}} is not known until a step has saved it",
                node,
                "Use text, vars or the environment here.",
            )
        return Template(tuple(p for p in template.parts if not isinstance(p, SavedReference)))

    def resolve_name(self, name: str, node: Node) -> Template:
        """Return the value of a variable or, without a variable of that name, of a setting."""
        variables = {*self.variables, *self.context.saved, *self.context.known}
        if name in variables or name.startswith(("env.", "secret.", "fake.")):
            return Template(_join_text(self._resolve(name, node, {}, ())))
        if name in self.context.settings:
            return Template((self.context.settings[name],))
        if self.context.names_complete:
            known = sorted({*variables, *self.context.settings})
            message = f'there is no variable or setting "{name}"{did_you_mean(name, known)}'
            hint = "Define it under vars, or save it in an earlier step."
            expected = f"one of {', '.join(known)}"
            self.context.problems.add(
                "unknown-variable", message, node, hint, expected=expected, by_key=True
            )
        return Template(())

    def with_file_variables(self, definitions: Node | None, given: Mapping[str, Template]) -> Scope:
        """Return this scope with the variables of a file; ``given`` values win over them."""
        inner = replace(self, variables={**self.variables, **given}, used=set())
        nodes = definitions.items() if definitions else {}
        inner.define({name: node for name, node in nodes.items() if name not in given})
        return inner

    def define(self, pending: dict[str, Node]) -> None:
        """Resolve variables, which may use each other in any order."""
        # Made-up values depend on the locale, which may be a variable itself.
        for name in sorted(pending, key=lambda name: "${fake." in pending[name].text):
            self._define(name, pending, ())

    def save(self, node: Node, name: str) -> None:
        """Note that a step saves a value in the variable of this name."""
        if name in self.variables:
            self.context.problems.add(
                "variable-twice",
                f'"{name}" is already a variable',
                node,
                "Save it under another name.",
            )
        self.context.saved.add(name)

    def _define(self, name: str, pending: dict[str, Node], chain: tuple[str, ...]) -> None:
        """Resolve one variable, and first the variables that it uses; each of them only once."""
        if name in pending:
            self.variables[name] = self._template(pending[name], pending, (*chain, name))
            pending.pop(name, None)

    def _template(self, node: Node, pending: dict[str, Node], chain: tuple[str, ...]) -> Template:
        parts = _join_text(self._parts(node, pending, chain))
        if sum(len(part) if isinstance(part, str) else 1 for part in parts) <= MAX_TEXT_LENGTH:
            return Template(parts)
        message = (
            f"with its variables resolved, the text is longer than {MAX_TEXT_LENGTH:,} characters"
        )
        self.context.problems.add("text-too-long", message, node, "Shorten it.")
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
                message = 'a "${" is not closed'
                hint = "Close it with }, or write $${ for the characters themselves."
                self.context.problems.add("variable-syntax", message, node, hint)
            else:
                yield from self._resolve(match[1].strip(), node, pending, chain)
        yield text[end:]

    def _resolve(
        self, name: str, node: Node, pending: dict[str, Node], chain: tuple[str, ...]
    ) -> Iterable[TemplatePart]:
        if name in chain:
            path = " → ".join((*chain[chain.index(name) :], name))
            hint = "Give one of them a value that does not use the others."
            self.context.problems.add(
                "variable-cycle", f"variables use each other in a circle: {path}", node, hint
            )
            return ()
        self._define(name, pending, chain)
        if name in self.variables:
            self.used.add(name)
            return self.variables[name].parts
        if name in self.context.saved:
            return (SavedReference(name),)
        if name in self.context.known:
            return (self.context.known[name],)
        if name.startswith("fake."):
            return self._fake(name.removeprefix("fake."), node)
        if match := _ENVIRONMENT.fullmatch(name):
            return self._environment(match[1], match[2], node)
        if name.startswith("secret."):
            return self._secret(name.removeprefix("secret."), node)
        return self._unknown(name, node, pending)

    def _environment(self, name: str, default: str | None, node: Node) -> Iterable[TemplatePart]:
        value = self.context.environ.get(name)
        # As in a shell, the default also replaces an empty value.
        if value is None or (default is not None and not value):
            value = default
        if value is None:
            self.context.problems.add(
                "environment-missing",
                f"the environment variable {name} is not set",
                node,
                f"Set it, write it in a .env file, or give a default: ${{env.{name}:-…}}.",
            )
            return ()
        return (value,)

    def _secret(self, name: str, node: Node) -> Iterable[TemplatePart]:
        if name in self.context.secrets:
            return (self.context.secrets[name],)
        if not self.context.names_complete:
            return ()
        self.context.problems.add(
            "secret-undeclared",
            f'the secret "{name}" is not declared{did_you_mean(name, self.context.secrets)}',
            node,
            f"Declare it at the top of the scenario: secrets: [{name}].",
        )
        return ()

    def _fake(self, name: str, node: Node) -> Iterable[TemplatePart]:
        if self.context.fakes is None or not is_fake(name):
            message = f'nothing is made up for "fake.{name}"{did_you_mean(name, FAKE_KINDS)}'
            hint = f"The kinds are {', '.join(FAKE_KINDS)}; fake.name.2 is a second name."
            self.context.problems.add("unknown-fake", message, node, hint)
            return ()
        try:
            return (self.context.fakes.value(name),)
        except UnsupportedLocale as error:
            message = f'there are no made-up values in the language "{error}"'
            hint = "Write the value, or remove locale: made-up values are then American."
            self.context.problems.add("unknown-fake", message, node, hint)
            return ()

    def _unknown(
        self, name: str, node: Node, pending: Mapping[str, Node]
    ) -> Iterable[TemplatePart]:
        known = sorted({*self.variables, *pending, *self.context.saved, *self.context.known})
        if self.context.names_complete or not _NAME.fullmatch(name.removeprefix("matrix.")):
            self.context.problems.add(
                "unknown-variable",
                f"unknown variable ${{{name}}}{did_you_mean(name, known)}",
                node,
                "Define it under vars, or save it in an earlier step; environment variables "
                "are ${env.NAME}, and $${ writes the characters themselves.",
                expected=f"one of {', '.join(known)}",
            )
        return ()


def _join_text(parts: Iterable[TemplatePart]) -> tuple[TemplatePart, ...]:
    """Join adjacent texts, and drop empty ones."""
    joined: list[TemplatePart] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)
