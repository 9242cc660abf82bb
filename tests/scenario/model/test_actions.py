"""Each kind of step in each place that must know it. A failure names the file to edit."""

from __future__ import annotations

import inspect
import re
import types
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from validator.browser.steps.step_player import PLAYERS
from validator.contract.schema import load_schema
from validator.core.document import Location
from validator.scenario.model import actions
from validator.scenario.model.actions import ACTIONS, Action, Click, Step, Traits
from validator.scenario.model.payment import UrlOrCommand
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Locator, Template
from validator.scenario.parse.steps import ACTION_PARSERS

MODEL = "validator/scenario/model/actions.py"
PARSERS = "validator/scenario/parse/steps.py"
PLAYER = "validator/browser/steps/step_player.py"
SCHEMA = "schemas/scenario.schema.json"
DOCS = "docs/scenarios.md"
ROOT = Path(__file__).parents[3]

NOT_A_STEP = {"optional", "timeout", "name", "commit", "when", "with"}
"""Keys that any step may carry."""
OTHER_TEXTS = {
    ("Press", "key"),
    ("Select", "option"),
    ("Expect", "text"),
    ("WaitFor", "field_value"),
    ("SetCookie", "value"),
    ("SetCookie", "url"),
    ("Evaluate", "script"),
}
"""Texts that are neither the URL of a page that is opened nor typed into the page."""
FOUND_LATER = {("Payment", "click"), ("Payment", "cancel")}
"""Locators of elements that are not on the page on which the step begins."""

kinds = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.traits.kind)


def sample(action: type[Action]) -> Action:
    """Return an action with a value in each of its fields."""
    hints = get_type_hints(action)
    return action(**{each.name: _value(each.name, hints[each.name]) for each in fields(action)})


def _value(name: str, hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _value(name, next(each for each in arguments if each is not type(None)))
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        members = [each for each in arguments if each is not Ellipsis]
        return tuple(_value(f"{name}-{n}", each) for n, each in enumerate(members))
    step = Step(Click(Locator("css", Template((f"{name}-inner",)))), Location("s.yaml", 1, 1), name)
    values: dict[Any, Any] = {
        Template: Template((name,)),
        Locator: Locator("css", Template((name,))),
        Step: step,
        TagExpectation: TagExpectation(),
        UrlOrCommand: UrlOrCommand(),
        Path: Path(name),
        str: name,
        float: 1.0,
    }
    return values[hint]


def held(value: Any, wanted: type) -> list[Any]:
    """Return the values of a type that a field holds, in tuples too."""
    if isinstance(value, tuple):
        return [found for each in value for found in held(each, wanted)]
    return [value] if isinstance(value, wanted) else []


def step_schema() -> dict[str, Any]:
    definitions: Any = load_schema("scenario").data["$defs"]
    return dict(definitions["step"])


def schema_kinds() -> list[str]:
    return [key for key in step_schema()["properties"] if key not in NOT_A_STEP]


def test_the_list_of_actions_has_every_class_of_the_model() -> None:
    defined = {
        each
        for _, each in inspect.getmembers(actions, inspect.isclass)
        if issubclass(each, Action) and each is not Action
    }
    missing = {each.__name__ for each in defined - set(ACTIONS)}
    assert not missing, f"{MODEL}: add {missing} to ACTIONS"


def test_a_class_without_traits_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match=r"Wink has no traits: state them in .*model\.actions"):

        @dataclass(frozen=True)
        class Wink(Action):
            pass


@pytest.mark.parametrize("trait", ["presses", "may_navigate", "can_place_order", "urls", "typed"])
def test_a_trait_that_safety_depends_on_has_no_default(trait: str) -> None:
    stated = {
        "presses": True,
        "may_navigate": True,
        "can_place_order": True,
        "urls": (),
        "typed": (),
    }
    del stated[trait]
    with pytest.raises(TypeError, match=trait):
        Traits("wink", **stated)  # type: ignore[arg-type]  # one is missing on purpose


@kinds
def test_every_kind_of_step_is_read_played_described_and_documented(action: type[Action]) -> None:
    kind, name = action.traits.kind, action.__name__
    documented = (ROOT / DOCS).read_text(encoding="utf-8")
    places = {
        f"{MODEL}: call the class {name} like its kind": name.casefold() == kind.replace("_", ""),
        f"{PARSERS}: add {name} to ACTION_PARSERS": action in ACTION_PARSERS,
        f"{PLAYER}: add {name} to PLAYERS": action in PLAYERS,
        f"{SCHEMA}: add {kind} to $defs/step/properties": kind in step_schema()["properties"],
        f"{SCHEMA}: add {kind} to $defs/step/oneOf": {"required": [kind]} in step_schema()["oneOf"],
        f"{DOCS}: renew the table of steps by `make docs`": f"\n| `{kind}` |" in documented,
    }
    assert [place for place, is_there in places.items() if not is_there] == []


def test_the_tables_and_the_schema_have_the_kinds_in_the_order_of_the_model() -> None:
    ordered = [action.traits.kind for action in ACTIONS]
    assert [action.traits.kind for action in ACTION_PARSERS] == ordered, PARSERS
    assert [action.traits.kind for action in PLAYERS] == ordered, PLAYER
    assert schema_kinds() == [*ordered, "include"], f"{SCHEMA}: $defs/step/properties"
    branches = [branch["required"] for branch in step_schema()["oneOf"]]
    assert branches == [[key] for key in schema_kinds()], f"{SCHEMA}: $defs/step/oneOf"


@kinds
def test_the_traits_of_a_kind_agree_with_each_other(action: type[Action]) -> None:
    traits, where = action.traits, f"{MODEL}: the traits of {action.__name__}"
    assert not traits.presses or traits.can_place_order, f"{where}: what presses can place an order"
    assert not traits.can_place_order or traits.may_navigate, f"{where}: an order may open a page"
    assert not traits.typed or traits.can_place_order, f"{where}: a page may submit what is typed"


@kinds
def test_every_text_of_a_kind_is_a_url_or_typed_or_known_to_be_neither(
    action: type[Action],
) -> None:
    filled, name = sample(action), action.__name__
    texts = {each.name for each in fields(filled) if held(getattr(filled, each.name), Template)}
    stated = {*action.traits.urls, *action.traits.typed}
    assert stated <= texts, f"{MODEL}: {name} has no text {stated - texts}"
    others = {field for owner, field in OTHER_TEXTS if owner == name}
    assert texts - stated == others, (
        f"{MODEL}: say in the traits of {name} whether {texts - stated} is a URL or typed; "
        f"if it is neither, add it to OTHER_TEXTS of this test"
    )
    assert len(filled.urls) == len(action.traits.urls)
    assert len(filled.typed_values) == len(action.traits.typed)


@kinds
def test_every_locator_and_every_inner_step_of_a_kind_is_found(action: type[Action]) -> None:
    filled, name = sample(action), action.__name__
    locators = [
        locator
        for each in fields(filled)
        if (name, each.name) not in FOUND_LATER
        for locator in held(getattr(filled, each.name), Locator)
    ]
    assert list(filled.locators) == locators, f"{MODEL}: {name}.locators"
    steps = [step for each in fields(filled) for step in held(getattr(filled, each.name), Step)]
    assert list(filled.inner_steps) == steps, f"{MODEL}: {name}.inner_steps"
    assert filled.replace_inner_steps(steps) == filled, f"{MODEL}: {name}.replace_inner_steps"


@kinds
def test_the_selectors_of_a_kind_are_where_the_schema_has_locators(action: type[Action]) -> None:
    definitions: Any = load_schema("scenario").data["$defs"]
    written = step_schema()["properties"].get(action.traits.kind)
    assert written, f"{SCHEMA}: add {action.traits.kind} to $defs/step/properties"
    expected = set()
    value = resolve(written, definitions)
    # A plain text of `press` is a key; every other text beside a locator is a selector.
    is_text = "then" in value and "enum" not in value["then"]
    if is_text and value["else"].get("$ref") == "#/$defs/locator-keys" and action != actions.Press:
        expected.add("")
    for key, child in value.get("properties", {}).items():
        expected |= {f"{key}{at}" for at in locator_keys(child)}
    for child in value.get("patternProperties", {}).values():
        expected |= {f"*{at}" for at in locator_keys(child)}
    assert set(action.traits.selectors) == expected, (
        f"{MODEL}: the selectors of {action.__name__} differ from {SCHEMA}"
    )


def resolve(schema: dict[str, Any], definitions: Any) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return {**definitions[name], **schema} if name else schema


def locator_keys(schema: dict[str, Any]) -> set[str]:
    """Return where a key of a step has a locator: at itself, or at a key below it."""
    if schema.get("$ref") == "#/$defs/locator":
        return {""}
    children = schema.get("else", {}).get("properties", {})
    return {f"/{key}" for key, child in children.items() if locator_keys(child) == {""}}


@kinds
def test_the_title_of_a_step_begins_with_its_kind(action: type[Action]) -> None:
    assert re.match(rf"{action.traits.kind}( |$)", sample(action).default_title)
