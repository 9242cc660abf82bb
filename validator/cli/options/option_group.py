"""How commands share options: a group of options becomes one keyword argument of the command."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

import click
import cloup

Command: TypeAlias = Callable[..., Any]


class OptionGroup:
    """A decorator that adds options to a command, under a title of their own in ``--help``.

    ``value`` is the keyword argument in which the command receives what ``build`` returns;
    ``build`` is called with the options by their names, and may raise UsageError and InputError.
    """

    def __init__(
        self,
        title: str,
        value: str,
        *options: Callable[[Command], Command],
        build: Callable[..., Any],
    ) -> None:
        self._value = value
        self._build = build
        self._add_options = cloup.option_group(title, *options)
        self._names = _parameter_names(self._add_options)

    def __call__(self, command: Command) -> Command:
        @functools.wraps(command)
        def with_value(*args: Any, **given: Any) -> Any:
            own = {name: given.pop(name) for name in self._names}
            return command(*args, **given, **{self._value: self._build(**own)})

        return self._add_options(with_value)


def _parameter_names(add_options: Callable[[Command], Command]) -> tuple[str, ...]:
    def command() -> None: ...

    parameters: list[click.Parameter] = add_options(command).__click_params__  # type: ignore[attr-defined]
    return tuple(dict.fromkeys(parameter.name for parameter in parameters if parameter.name))
