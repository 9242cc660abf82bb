"""Scenarios as test items: collected from files, played in the call, evaluated there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from validator.core.document import Document
from validator.core.errors import InputError
from validator.core.result import CheckError, Verdict
from validator.pytest_plugin.scenario_cases import ARGUMENT, ScenarioCase
from validator.pytest_plugin.scenario_play import (
    BrokenScenarioError,
    ScenarioPlay,
    describe_missing,
    find_mark,
    keep_verdict,
    require_passed,
)
from validator.pytest_plugin.session import ScenarioSession, describe_input_error
from validator.scenario.model.scenario import Scenario
from validator.scenario.safety.order_checks import count_scenario_orders, find_excess_orders


class ScenarioCollector(pytest.Module):
    """A file of scenarios. An invalid file is a collection error."""

    obj = None  # not a module of Python

    def __init__(self, *, shown: Path, session_state: ScenarioSession, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shown = shown
        self.session_state = session_state

    def collect(self) -> Iterator[ScenarioItem | UnloadedScenario]:
        state = self.session_state
        try:
            scenarios = state.load(self.shown)
        except InputError as error:
            if not (missing := describe_missing(error)):
                raise self.CollectError(describe_input_error(error)) from None
            yield UnloadedScenario.from_parent(self, name=self.shown.stem, reason=missing)
            return
        for instance, scenario in enumerate(scenarios):
            # Two colons separate the parts of a test's id.
            name = re.sub(":{2,}", ":", scenario.name)
            yield ScenarioItem.from_parent(
                self,
                name=name,
                callobj=_test_function(find_fixtures(scenario.document)),
                play=ScenarioPlay(state, scenario, instance),
            )


def find_fixtures(document: Document) -> Mapping[str, str]:
    """Return the key ``fixtures`` of a scenario: variable → the fixture that has its value."""
    named = document.data.get("fixtures") if isinstance(document.data, dict) else None
    return {str(name): str(fixture) for name, fixture in named.items()} if named else {}  # type: ignore[union-attr]  # the schema has been checked


def _test_function(fixtures: Mapping[str, str]) -> Callable[[], None]:
    """Return what stands for the test function of a scenario, with the fixtures that it uses."""

    def play_scenario() -> None:
        pass

    names = sorted({fixture.partition(".")[0] for fixture in fixtures.values()})
    return pytest.mark.usefixtures(*names)(play_scenario) if names else play_scenario


class UncollectedScenario(pytest.File):
    """A scenario that was named on the command line and is not configured."""

    def collect(self) -> Iterator[pytest.Item]:
        name = self.path
        if name.is_relative_to(here := Path.cwd()):
            name = name.relative_to(here)
        raise self.CollectError(
            f"{name.as_posix()} is a scenario, and it is not in a folder of cn_scenarios\n"
            f"  to fix: pytest --cn-scenarios {name.as_posix()}, or add its folder to "
            "cn_scenarios in pytest's configuration"
        )


class UnloadedScenario(pytest.Item):
    """A scenario that this machine cannot run: it costs its own test, not the session."""

    def __init__(self, *, reason: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason = reason

    def runtest(self) -> None:
        keep_verdict(self, Verdict.BROKEN)
        raise BrokenScenarioError(self.reason)

    def repr_failure(  # type: ignore[override]  # as Function has it
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        return super().repr_failure(excinfo, style="value")

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class ScenarioItem(pytest.Function):
    """One scenario, played in the call."""

    def __init__(self, *, play: ScenarioPlay, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.play = play
        for label in self.scenario.labels:
            self.extra_keyword_matches.add(label)
            if mark := find_mark(self.config, label):
                self.add_marker(mark)

    @property
    def scenario(self) -> Scenario:
        return self.play.scenario

    def runtest(self) -> None:
        require_passed(self, self.play.run(self, self._fixture_values()))

    def _fixture_values(self) -> Mapping[str, str]:
        """Return the variables that the scenario takes from fixtures.

        Raises BrokenScenarioError for a fixture without the attribute that is named.
        """
        values = {}
        for variable, named in find_fixtures(self.scenario.document).items():
            fixture, *attributes = named.split(".")
            try:
                values[variable] = str(reduce(getattr, attributes, self.funcargs[fixture]))
            except AttributeError as error:
                message = f"the variable {variable} is the fixture {named}, but {error}"
                keep_verdict(self, Verdict.BROKEN)
                raise BrokenScenarioError(message) from None
        return values

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override]  # as Function has it
        if isinstance(excinfo.value, CheckError | BrokenScenarioError):
            return pytest.Item.repr_failure(self, excinfo, style="value")
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


def find_case(item: pytest.Item) -> ScenarioCase | None:
    """Return the argument ``scenario`` of a test with ``@scenarios``."""
    callspec = getattr(item, "callspec", None)
    case = callspec.params.get(ARGUMENT) if callspec else None
    return case if isinstance(case, ScenarioCase) else None


def _find_play(item: pytest.Item) -> ScenarioPlay | None:
    if isinstance(item, ScenarioItem):
        return item.play
    case = find_case(item)
    return case.scenario_play if case else None


def refuse_excess_orders(items: Iterable[pytest.Item], session: ScenarioSession) -> None:
    """Let the scenarios fail that would together place more orders than allowed."""
    plays = [play for item in items if (play := _find_play(item))]
    scenarios = [play.scenario for play in plays]
    for finding in find_excess_orders(scenarios, session.orders.max_orders):
        source = finding.location.source if finding.location else ""
        for play in plays:
            if count_scenario_orders(play.scenario) and (
                source in ("--max-orders", play.scenario.location.source)
            ):
                play.refusal = finding
