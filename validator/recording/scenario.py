"""A recording → the text of a scenario: the payment page set apart, the last page generalised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType

from validator.core.urls import origin_of
from validator.recording.actions import Action, Recording, Target
from validator.recording.places import path_of, pattern_of, site_of
from validator.recording.tidy import is_consent, tidy
from validator.recording.values import Values
from validator.scenario.parse.yaml_text import entry, flow, literal, scalar

_BACK = re.compile(
    r"\b(back|return|continue|volver|volver a|tornar|zur(ü|u)ck|retour(ner)?|torna|voltar)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A scenario's text, and the secrets it wants from the environment: name → what was typed."""

    text: str
    secrets: Mapping[str, str] = field(repr=False)


def as_scenario(recording: Recording, name: str, *, modeline: str = "") -> Written:
    """Write a recording as a scenario. ``modeline`` is a comment for editors, on the first line.

    Raises ValueError where nothing was done that could be repeated.
    """
    actions = tidy(recording.actions)
    first = next((action for action in actions if action.kind == "goto"), None)
    if first is None or len(actions) < 2:
        raise ValueError("nothing was done on the page")
    writer = _Writer(first, recording.ended_at)
    steps = writer.steps(actions)
    values = writer.values
    lines = [modeline] * bool(modeline)
    lines += [f"name: {scalar(literal(name))}", f"base_url: {scalar(origin_of(first.value))}"]
    if values.secrets:
        lines.append(f"secrets: [{', '.join(values.secrets)}]  # from the environment or .env")
    if values.variables:
        lines.append("vars:")
        lines += [f"  {key}: {scalar(literal(text))}" for key, text in values.variables.items()]
    lines += ["steps:", *steps]
    if site_of(recording.ended_at) == writer.shop:
        pattern = scalar(literal(pattern_of(recording.ended_at)))
        lines.append(f"confirmation: {{url: {pattern}}}")
    else:
        lines.append("# The recording did not end in the shop: say how its order confirmation is")
        lines.append('# known, such as confirmation: {url: "**/order-confirmation/*"}')
    return Written("\n".join(lines) + "\n", MappingProxyType(dict(values.secrets)))


class _Writer:
    """Writes steps and collects what was typed in them."""

    def __init__(self, first: Action, ended_at: str) -> None:
        self.shop = site_of(first.value)
        self.window = first.window
        self.first = first
        self.ended_at = ended_at
        self.values = Values()

    def steps(self, actions: Sequence[Action]) -> list[str]:
        actions = [action for action in actions if not self._is_redirect(action)]
        lines: list[str] = []
        runs = [(key, list(run)) for key, run in groupby(actions, self._place)]
        for number, ((window, is_payment), run) in enumerate(runs):
            opens = runs[number - 1][1][-1] if number else None
            if window != self.window and opens is not None and opens.kind == "click":
                lines = lines[: -len(self._step(opens, "  "))]
                lines += self._popup(opens, run)
            elif is_payment:
                lines += self._payment(run)
            else:
                lines += self._framed(run, "  ")
        return lines

    def _place(self, action: Action) -> tuple[str, bool]:
        is_main = action.window == self.window
        return action.window, is_main and site_of(action.url) not in (self.shop, "")

    def _is_redirect(self, action: Action) -> bool:
        """Tell whether the page went there by itself, as a payment page brings the customer back.

        The recorder cannot tell; but nobody types the address of another shop, or the last one.
        """
        if action.kind != "goto" or action is self.first:
            return False
        return site_of(action.value) != self.shop or action.value == self.ended_at

    def _popup(self, opens: Action, run: list[Action]) -> list[str]:
        click = f"{{click: {flow(_literal(opens.target))}}}"
        lines = ["  - popup:", f"      opens: {click}", "      steps:"]
        return [*lines, *self._framed(run, "        ")]

    def _payment(self, run: list[Action]) -> list[str]:
        back = run[-1] if len(run) > 1 and run[-1].kind == "click" else None
        if back is not None and not (_BACK.search(back.words) and run[-2].kind == "click"):
            back = None
        steps = run[:-1] if back else run
        lines = ["  - payment:", f"      at: {scalar(literal(origin_of(run[0].url)) + '/**')}"]
        lines += ["      steps:", *self._framed(steps, "        ")]
        way = f"{{click: {flow(_literal(back.target))}}}" if back else "automatic"
        return [*lines, f"      return: {way}"]

    def _framed(self, run: Iterable[Action], indent: str) -> list[str]:
        lines: list[str] = []
        for frames, inside in groupby(run, lambda action: action.frames):
            inner = indent
            for frame in frames:
                lines += [f"{inner}- frame:"]
                lines += [f"{inner}    {line}" for line in _pairs(_literal(frame))]
                lines += [f"{inner}    steps:"]
                inner += " " * 6
            for action in inside:
                lines += self._step(action, inner)
        return lines

    def _step(self, action: Action, indent: str) -> list[str]:
        lines = _WRITERS[action.kind](self, action, indent)
        return [*lines, f"{indent}  optional: true"] if is_consent(action) else lines


def _literal(target: Target) -> dict[str, str | int | bool]:
    return {k: literal(v) if isinstance(v, str) else v for k, v in target.items()}


def _pairs(target: Target) -> list[str]:
    return [flow({key: value})[1:-1] for key, value in target.items()]


def _goto(_: _Writer, action: Action, indent: str) -> list[str]:
    return [f"{indent}- goto: {scalar(literal(path_of(action.value)))}"]


def _plain(_: _Writer, action: Action, indent: str) -> list[str]:
    return entry(action.kind, _literal(action.target), indent)


def _fill(writer: _Writer, action: Action, indent: str) -> list[str]:
    value = writer.values.reference(action)
    return entry("fill", {**_literal(action.target), "value": value}, indent)


def _select(_: _Writer, action: Action, indent: str) -> list[str]:
    return entry("select", {**_literal(action.target), "option": literal(action.value)}, indent)


def _press(_: _Writer, action: Action, indent: str) -> list[str]:
    if not action.target:
        return [f"{indent}- press: {scalar(action.value)}"]
    return entry("press", {"key": action.value, **_literal(action.target)}, indent)


def _upload(_: _Writer, action: Action, indent: str) -> list[str]:
    name = scalar(literal(action.value))
    return [f"{indent}# A file was chosen here ({name}): repeat it by an upload step."]


_Write = Callable[[_Writer, Action, str], list[str]]
_WRITERS: Mapping[str, _Write] = MappingProxyType(
    {
        "goto": _goto,
        "click": _plain,
        "hover": _plain,
        "check": _plain,
        "uncheck": _plain,
        "fill": _fill,
        "select": _select,
        "press": _press,
        "upload": _upload,
    }
)
