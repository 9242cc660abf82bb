"""Reads the steps of a scenario: one table says how the value of each kind of step is read.

Short and long forms of a step are read into the same action.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias, cast

from validator.core.suggestion import find_similar
from validator.scenario.expand.fragments import IncludeResolver
from validator.scenario.expand.scope import Scope
from validator.scenario.model import actions
from validator.scenario.model.actions import Action, Step
from validator.scenario.model.condition import Condition
from validator.scenario.parse import browser_steps
from validator.scenario.parse.conditions import parse_condition
from validator.scenario.parse.locators import find_locator, parse_locator
from validator.scenario.parse.payments import parse_payment
from validator.scenario.parse.tag_expectations import parse_expected_tag
from validator.scenario.syntax.node import Node, parse_milliseconds
from validator.scenario.syntax.schema_messages import did_you_mean

_IN_NESTED_STEP = re.compile(r"/\w+/steps/\d+(/|$)")
_PATH_OR_URL = re.compile(r"(?i:https?://.)|[/?#]")


@dataclass(frozen=True, slots=True)
class StepReader:
    """Reads the steps of one file; each fragment has a reader of its own.

    ``faulty`` are pointers at which the file violates the schema: their steps are skipped.
    """

    scope: Scope
    includes: IncludeResolver
    faulty: frozenset[str]
    base_url: str | None
    when: tuple[Condition, ...] = ()
    """The conditions of the includes that contain this file."""

    def steps(self, node: Node | None) -> tuple[Step, ...]:
        return tuple(step for item in node or () for step in self._expanded(item))

    def step(self, node: Node) -> Step:
        """Read one step that is valid and not an include."""
        kind = next(kind for kind in _PARSERS_BY_KIND if kind in node)
        action = _PARSERS_BY_KIND[kind](self, node[kind])
        name, timeout, optional = node.get("name"), node.get("timeout"), node.get("optional")
        commit = node.get("commit")
        return Step(
            action,
            node.location,
            title=self.scope.resolve_now(name) if name else action.default_title,
            optional=optional is not None and optional.data is True,
            timeout=parse_milliseconds(timeout, 0) if timeout else None,
            when=self._conditions(node),
            places_order=commit is not None and commit.data is True,
        )

    def _conditions(self, node: Node) -> tuple[Condition, ...]:
        when = node.get("when")
        return (*self.when, parse_condition(when, self.scope)) if when else self.when

    def _expanded(self, node: Node) -> Iterator[Step]:
        if self._is_faulty(node):
            self.scope.context.names_complete &= not _may_save(node)
        elif "include" in node:
            yield from self._read_include(node)
        else:
            yield self.step(node)

    def _is_faulty(self, node: Node) -> bool:
        """Tell whether the step itself is invalid; invalid steps inside it are skipped alone."""
        inside = (at.removeprefix(node.at) for at in self.faulty if _is_within(at, node.at))
        return any(not _IN_NESTED_STEP.match(at) for at in inside)

    def _read_include(self, node: Node) -> Iterator[Step]:
        context = self.scope.context
        fragment = self.includes.open(node["include"], context.problems)
        if fragment is None:
            context.names_complete = False
            return
        parameters = node["with"].items() if "with" in node else {}
        given = {name: self.scope.template(value) for name, value in parameters.items()}
        content = Node.root(fragment.document)
        scope = self.scope.with_file_variables(content.get("vars"), given)
        reader = StepReader(
            scope, fragment.includes, fragment.faulty, self.base_url, self._conditions(node)
        )
        yield from reader.steps(content.get("steps"))
        self.scope.used.update(scope.used)
        declared = content["vars"].items() if "vars" in content else {}
        for name, value in parameters.items():
            if context.names_complete and name not in scope.used:
                message = f'the fragment does not use "{name}"{did_you_mean(name, declared)}'
                hint = f"Its variables: {', '.join(declared) or 'none'}."
                context.problems.add("unknown-parameter", message, value, hint, by_key=True)


def _may_save(node: Node) -> bool:
    """Tell whether an invalid step may have been meant to save a variable."""
    children = [*node.items().values(), *node]
    similar = (key for key in node.items() if find_similar(key, ("save", "include")))
    return any(similar) or any(_may_save(child) for child in children)


def _is_within(at: str, owner: str) -> bool:
    return at == owner or at.startswith(owner + "/")


def _goto(reader: StepReader, node: Node) -> actions.Goto:
    url = reader.scope.template(node)
    start = url.parts[0] if url.parts else None
    if isinstance(start, str):
        problems = reader.scope.context.problems
        if not _PATH_OR_URL.match(start):
            message = f'"{url}" is neither a path nor an http(s) URL'
            problems.add("bad-url", message, node, "Begin it with / or https://.")
        elif start[0] in "/?#" and reader.base_url is None:
            hint = "Write base_url: at the top of the scenario, or give --base-url."
            problems.add("base-url-missing", f'"{url}" needs a base_url', node, hint)
    return actions.Goto(url)


def _click(reader: StepReader, node: Node) -> actions.Click:
    return actions.Click(parse_locator(node, reader.scope))


def _double_click(reader: StepReader, node: Node) -> actions.DoubleClick:
    return actions.DoubleClick(parse_locator(node, reader.scope))


def _fill(reader: StepReader, node: Node) -> actions.Fill:
    return actions.Fill(parse_locator(node, reader.scope), reader.scope.template(node["value"]))


def _type(reader: StepReader, node: Node) -> actions.Type:
    return actions.Type(parse_locator(node, reader.scope), reader.scope.template(node["value"]))


def _clear(reader: StepReader, node: Node) -> actions.Clear:
    return actions.Clear(parse_locator(node, reader.scope))


def _select(reader: StepReader, node: Node) -> actions.Select:
    return actions.Select(parse_locator(node, reader.scope), reader.scope.template(node["option"]))


def _check(reader: StepReader, node: Node) -> actions.Check:
    return actions.Check(parse_locator(node, reader.scope))


def _uncheck(reader: StepReader, node: Node) -> actions.Uncheck:
    return actions.Uncheck(parse_locator(node, reader.scope))


def _press(reader: StepReader, node: Node) -> actions.Press:
    if node.is_text:
        return actions.Press(reader.scope.template(node))
    return actions.Press(reader.scope.template(node["key"]), find_locator(node, reader.scope))


def _hover(reader: StepReader, node: Node) -> actions.Hover:
    return actions.Hover(parse_locator(node, reader.scope))


def _drag(reader: StepReader, node: Node) -> actions.Drag:
    return actions.Drag(
        parse_locator(node["source"], reader.scope), parse_locator(node["target"], reader.scope)
    )


def _wait_for(reader: StepReader, node: Node) -> actions.WaitFor:
    if url := node.get("url"):
        return actions.WaitFor(url=reader.scope.resolve_public(url))
    state = node["state"].text if "state" in node else "visible"
    return actions.WaitFor(
        target=parse_locator(node, reader.scope),
        state=cast(actions.ElementState, state),
        field_value=reader.scope.template(node["value"]) if "value" in node else None,
    )


def _expect(reader: StepReader, node: Node) -> actions.Expect:
    if url := node.get("url"):
        return actions.Expect(url=reader.scope.resolve_public(url))
    # Beside another locator, "text" is the text that its element should show.
    target = find_locator(node, reader.scope, but="text")
    if target is None:
        return actions.Expect(parse_locator(node, reader.scope))
    text = node.get("text")
    return actions.Expect(target, reader.scope.template(text) if text else None)


def _expect_tag(reader: StepReader, node: Node) -> actions.ExpectTag:
    return actions.ExpectTag(parse_expected_tag(node, reader.scope))


def _save(reader: StepReader, node: Node) -> actions.Save:
    variables = tuple((name, parse_locator(at, reader.scope)) for name, at in node.items().items())
    for name, at in node.items().items():
        reader.scope.save(at, name)
    return actions.Save(variables)


def _screenshot(reader: StepReader, node: Node) -> actions.Screenshot:
    return actions.Screenshot(reader.scope.resolve_now(node))


def _frame(reader: StepReader, node: Node) -> actions.Frame:
    return actions.Frame(parse_locator(node, reader.scope), reader.steps(node["steps"]))


def _popup(reader: StepReader, node: Node) -> actions.Popup:
    return actions.Popup(reader.step(node["opens"]), reader.steps(node["steps"]))


_StepParser: TypeAlias = Callable[[StepReader, Node], Action]
ACTION_PARSERS: Mapping[type[Action], _StepParser] = MappingProxyType(
    {
        actions.Goto: _goto,
        actions.GoBack: browser_steps.parse_go_back,
        actions.Reload: browser_steps.parse_reload,
        actions.Click: _click,
        actions.DoubleClick: _double_click,
        actions.Fill: _fill,
        actions.Type: _type,
        actions.Clear: _clear,
        actions.Select: _select,
        actions.Check: _check,
        actions.Uncheck: _uncheck,
        actions.Press: _press,
        actions.Hover: _hover,
        actions.Drag: _drag,
        actions.Upload: browser_steps.parse_upload,
        actions.Scroll: browser_steps.parse_scroll,
        actions.WaitFor: _wait_for,
        actions.Expect: _expect,
        actions.ExpectTag: _expect_tag,
        actions.Save: _save,
        actions.SetCookie: browser_steps.parse_set_cookie,
        actions.SaveStorageState: browser_steps.parse_save_storage_state,
        actions.Evaluate: browser_steps.parse_evaluate,
        actions.Screenshot: _screenshot,
        actions.Frame: _frame,
        actions.Popup: _popup,
        actions.Payment: parse_payment,
    }
)
"""How the value of each kind of step is read. ``include`` stands for steps of another file."""
_PARSERS_BY_KIND = {action.traits.kind: parse for action, parse in ACTION_PARSERS.items()}
