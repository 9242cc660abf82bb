"""Writes a recording as the text of a scenario.

Steps on another site become a payment step; the last page becomes the confirmation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType

from validator.core.urls import find_site, parse_origin
from validator.recording.page_urls import path_and_query
from validator.recording.recorded_actions import RecordedAction, Recording, Target
from validator.recording.tidy import drop_redundant_actions, is_consent_click
from validator.recording.values import TypedValues
from validator.scenario.page_globs import build_page_glob
from validator.scenario.syntax.yaml_text import (
    FlowValue,
    escape_variables,
    format_flow,
    format_scalar,
    format_step,
)

_RETURN_LABEL = re.compile(
    r"\b(back|return|continue|volver|volver a|tornar|zur(ü|u)ck|retour(ner)?|torna|voltar)\b",
    re.IGNORECASE,
)

_OPENING_KINDS = ("click", "double_click")
"""Kinds of actions that may open a window."""


@dataclass(frozen=True, slots=True)
class GeneratedScenario:
    """A scenario's text, and the secrets that it needs from the environment: name → typed text."""

    text: str
    secrets: Mapping[str, str] = field(repr=False)


_WHAT_TO_CHECK = (
    "# Recorded. Check by hand that no element is named by a price, a date or a number that",
    "# changes, and that the confirmation and what is expected hold for every run.",
)
_LABELS = "labels: [smoke]  # what the pipeline of cn-validator init runs"


def render_scenario(
    recording: Recording, name: str, *, modeline: str = "", expected: Sequence[str] = ()
) -> GeneratedScenario:
    """Write a recording as a scenario. ``modeline`` is a comment for editors on the first line.

    ``expected`` are the lines of ``expect``, or comments.
    Raises ValueError for a recording without an action that can be repeated.
    """
    actions = drop_redundant_actions(recording.actions)
    first = next((action for action in actions if action.kind == "goto"), None)
    if first is None or len(actions) < 2:
        raise ValueError("nothing was done on the page")
    writer = _StepWriter(first, recording.ended_at)
    steps = writer.steps(actions)
    values = writer.values
    lines = [modeline] * bool(modeline)
    lines += [
        *_WHAT_TO_CHECK,
        f"name: {format_scalar(escape_variables(name))}",
        _LABELS,
        f"base_url: {format_scalar(parse_origin(first.value))}",
    ]
    if values.secrets:
        lines.append(f"secrets: [{', '.join(values.secrets)}]  # from the environment or .env")
    if values.variables:
        lines.append("vars:")
        lines += [
            f"  {key}: {format_scalar(escape_variables(text))}"
            for key, text in values.variables.items()
        ]
    lines += ["steps:", *steps]
    lines += _confirmation(recording, actions, writer.shop)
    lines += expected
    return GeneratedScenario("\n".join(lines) + "\n", MappingProxyType(dict(values.secrets)))


def _confirmation(recording: Recording, actions: Sequence[RecordedAction], shop: str) -> list[str]:
    """Return the lines that say how the last page is recognised, or why nothing does."""
    if find_site(recording.ended_at) != shop:
        return [
            "# The recording did not end in the shop: add how the order confirmation is",
            '# recognised, such as confirmation: {url: "**/order-confirmation/*"}',
        ]
    glob = build_page_glob(recording.ended_at, find_earlier_pages(recording, actions))
    if not glob:
        return [
            "# The address of the last page does not tell it from the pages before: add an element",
            "# that only it has, such as confirmation: {role: heading, name: Thank you}",
        ]
    return [f"confirmation: {{url: {format_scalar(escape_variables(glob))}}}"]


def find_earlier_pages(recording: Recording, actions: Sequence[RecordedAction]) -> tuple[str, ...]:
    """Return the pages on which something was done before the last page was reached."""
    pages = [action.url or action.value for action in actions]
    while len(pages) > 1 and pages[-1] == recording.ended_at:
        pages.pop()
    return tuple(dict.fromkeys(page for page in pages if page))


class _StepWriter:
    """Writes steps, and collects the texts that they type."""

    def __init__(self, first: RecordedAction, ended_at: str) -> None:
        self.shop = find_site(first.value)
        self.window = first.window
        self.first = first
        self.ended_at = ended_at
        self.values = TypedValues()

    def steps(self, actions: Sequence[RecordedAction]) -> list[str]:
        actions = [action for action in actions if not self._is_redirect(action)]
        lines: list[str] = []
        runs = [(key, list(run)) for key, run in groupby(actions, self._place)]
        for number, ((window, is_payment), run) in enumerate(runs):
            opens = runs[number - 1][1][-1] if number else None
            if window != self.window and opens is not None and opens.kind in _OPENING_KINDS:
                lines = lines[: -len(self._step(opens, "  "))]
                lines += self._popup(opens, run)
            elif is_payment:
                lines += self._payment(run)
            else:
                lines += self._framed(run, "  ")
        return lines

    def _place(self, action: RecordedAction) -> tuple[str, bool]:
        is_main = action.window == self.window
        return action.window, is_main and find_site(action.url) not in (self.shop, "")

    def _is_redirect(self, action: RecordedAction) -> bool:
        """Tell whether a navigation was a redirect, such as the return from a payment page.

        The recorder does not distinguish them. A navigation to another site or to the last page
        counts as a redirect, because customers do not type such URLs.
        """
        if action.kind != "goto" or action is self.first:
            return False
        return find_site(action.value) != self.shop or action.value == self.ended_at

    def _popup(self, opens: RecordedAction, run: list[RecordedAction]) -> list[str]:
        click = f"{{{opens.kind}: {format_flow(_escape_target(opens.target))}}}"
        lines = ["  - popup:", f"      opens: {click}", "      steps:"]
        return [*lines, *self._framed(run, "        ")]

    def _payment(self, run: list[RecordedAction]) -> list[str]:
        back = run[-1] if len(run) > 1 and run[-1].kind == "click" else None
        if back is not None and not (
            _RETURN_LABEL.search(back.element_name) and run[-2].kind == "click"
        ):
            back = None
        steps = run[:-1] if back else run
        lines = [
            "  - payment:",
            f"      at: {format_scalar(escape_variables(parse_origin(run[0].url)) + '/**')}",
        ]
        lines += ["      steps:", *self._framed(steps, "        ")]
        way = f"{{click: {format_flow(_escape_target(back.target))}}}" if back else "automatic"
        return [*lines, f"      return: {way}"]

    def _framed(self, run: Iterable[RecordedAction], indent: str) -> list[str]:
        lines: list[str] = []
        for frames, inside in groupby(run, lambda action: action.frames):
            inner = indent
            for frame in frames:
                lines += [f"{inner}- frame:"]
                lines += [f"{inner}    {line}" for line in _pairs(_escape_target(frame))]
                lines += [f"{inner}    steps:"]
                inner += " " * 6
            for action in inside:
                lines += self._step(action, inner)
        return lines

    def _step(self, action: RecordedAction, indent: str) -> list[str]:
        lines = _ACTION_WRITERS[action.kind](self, action, indent)
        return [*lines, f"{indent}  optional: true"] if is_consent_click(action) else lines


def _escape_target(target: Target) -> dict[str, FlowValue]:
    return {key: _escape_value(value) for key, value in target.items()}


def _escape_value(value: FlowValue) -> FlowValue:
    if isinstance(value, Mapping):
        return _escape_target(value)
    return escape_variables(value) if isinstance(value, str) else value


def _pairs(target: Target) -> list[str]:
    return [format_flow({key: value})[1:-1] for key, value in target.items()]


def _goto(_: _StepWriter, action: RecordedAction, indent: str) -> list[str]:
    return [f"{indent}- goto: {format_scalar(escape_variables(path_and_query(action.value)))}"]


def _plain(_: _StepWriter, action: RecordedAction, indent: str) -> list[str]:
    return format_step(action.kind, _escape_target(action.target), indent)


def _fill(writer: _StepWriter, action: RecordedAction, indent: str) -> list[str]:
    value = writer.values.reference(action)
    return format_step("fill", {**_escape_target(action.target), "value": value}, indent)


def _select(_: _StepWriter, action: RecordedAction, indent: str) -> list[str]:
    return format_step(
        "select",
        {**_escape_target(action.target), "option": escape_variables(action.value)},
        indent,
    )


def _press(_: _StepWriter, action: RecordedAction, indent: str) -> list[str]:
    if not action.target:
        return [f"{indent}- press: {format_scalar(action.value)}"]
    return format_step("press", {"key": action.value, **_escape_target(action.target)}, indent)


def _upload(_: _StepWriter, action: RecordedAction, indent: str) -> list[str]:
    name = format_scalar(escape_variables(action.value))
    return [f"{indent}# A file was chosen here ({name}): add an upload step."]


_ActionWriter = Callable[[_StepWriter, RecordedAction, str], list[str]]
_ACTION_WRITERS: Mapping[str, _ActionWriter] = MappingProxyType(
    {
        "goto": _goto,
        "click": _plain,
        "double_click": _plain,
        "hover": _plain,
        "check": _plain,
        "uncheck": _plain,
        "fill": _fill,
        "select": _select,
        "press": _press,
        "upload": _upload,
    }
)
