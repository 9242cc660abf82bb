"""Scenarios as test items: collected from files, played in the call, evaluated there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from validator.core.errors import BrowserError, InputError
from validator.core.finding import Finding
from validator.core.result import CheckError, Result, Verdict
from validator.pytest_plugin.results import describe_result, sanitized_headline
from validator.pytest_plugin.session import ScenarioSession, describe_hint, describe_input_error
from validator.run.retries import may_be_retried
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario
from validator.scenario.safety.order_checks import count_scenario_orders, find_excess_orders

_RESERVED_MARKS = frozenset(
    {"skip", "skipif", "xfail", "usefixtures", "parametrize", "filterwarnings", "tryfirst"}
)
"""Marks with a meaning for pytest: labels of these names are not added as marks."""


class BrokenScenarioError(Exception):
    """The scenario could not be played to its end, which says nothing about the tag.

    It is not an AssertionError, so that reports can tell it from a finding.
    """


BrokenScenarioError.__module__ = "builtins"  # so the name is shown alone, as pytest's Failed


_RULES_OF_THE_MACHINE = frozenset({"secret-missing", "secrets-file-missing", "environment-missing"})
"""Mistakes that are not in the scenario, but in where it runs."""
_BEGUN_EARLIER = (
    "an earlier attempt of this session had begun to place the order, and its result is not known: "
    "the scenario is not played again"
)


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
            loaded = load_scenarios(
                [self.shown],
                environ=os.environ,
                run_id=state.run_id,
                given=state.settings.given(state.policy.config),
            )
            scenarios = state.policy.apply(loaded)
        except InputError as error:
            text = describe_input_error(error)
            if not all(each.rule in _RULES_OF_THE_MACHINE for each in error.findings):
                raise self.CollectError(text) from None
            yield UnloadedScenario.from_parent(self, name=self.shown.stem, reason=text)
            return
        for scenario in scenarios:
            # Two colons separate the parts of a test's id.
            name = re.sub(":{2,}", ":", scenario.name)
            yield ScenarioItem.from_parent(
                self, name=name, callobj=_play_scenario, scenario=scenario
            )


def _play_scenario() -> None:
    """Stand for the test function of a scenario: fixtures are found for its arguments."""


class UnloadedScenario(pytest.Item):
    """A scenario that this machine cannot run: it costs its own test, not the session."""

    def __init__(self, *, reason: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason = reason

    def runtest(self) -> None:
        self.user_properties.append((VERDICT_PROPERTY, str(Verdict.BROKEN)))
        raise BrokenScenarioError(self.reason)

    def repr_failure(  # type: ignore[override]  # as Function has it
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        return super().repr_failure(excinfo, style="value")

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class ScenarioItem(pytest.Function):
    """One scenario, played in the call."""

    def __init__(self, *, scenario: Scenario, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scenario = scenario
        self.result: Result | None = None
        self.refusal: Finding | None = None
        """Why the scenario must not be played, if the session would place too many orders."""
        self.number = self._state.next_number()
        for label in scenario.labels:
            self._mark(label)

    @property
    def _state(self) -> ScenarioSession:
        assert isinstance(self.parent, ScenarioCollector)  # noqa: S101 - for the type checker
        return self.parent.session_state

    def _mark(self, label: str) -> None:
        self.extra_keyword_matches.add(label)
        known = {line.partition(":")[0].strip() for line in self.config.getini("markers")}
        # A mark with arguments belongs to a plugin.
        is_taken = any(each.startswith(f"{label}(") for each in known)
        if label in _RESERVED_MARKS or is_taken or label.startswith("_"):
            return
        if label not in known:
            self.config.addinivalue_line("markers", f"{label}: scenarios with this label.")
        self.add_marker(label)

    def runtest(self) -> None:
        if self.result is None or may_be_retried(self.result):
            self.result = self._play()
        result = self.result
        self._keep_verdict(result.verdict)
        text = f"{sanitized_headline(result)}\n\n{describe_result(result)}"
        if result.verdict is Verdict.BROKEN:
            raise BrokenScenarioError(text)
        if result.verdict is Verdict.FAILED:
            raise CheckError(text, result)
        if result.findings:
            self.add_report_section("call", "cn-validator", describe_result(result))

    def _play(self) -> Result:
        """Play the scenario, unless an attempt before had begun to place its order."""
        self._keep_verdict(Verdict.BROKEN)
        if self.refusal:
            raise BrokenScenarioError(describe_input_error(InputError([self.refusal])))
        if self._state.orders.has_begun(self.nodeid):
            raise BrokenScenarioError(_BEGUN_EARLIER)
        try:
            return self._state.play(self.number, self.scenario, self.nodeid)
        except InputError as error:
            raise BrokenScenarioError(describe_input_error(error)) from None
        except BrowserError as error:
            hint = f"\n  to fix: {describe_hint(error.hint)}" if error.hint else ""
            raise BrokenScenarioError(f"{error}{hint}") from None

    def _keep_verdict(self, verdict: Verdict) -> None:
        others = [each for each in self.user_properties if each[0] != VERDICT_PROPERTY]
        self.user_properties[:] = [*others, (VERDICT_PROPERTY, str(verdict))]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override]  # as Function has it
        if isinstance(excinfo.value, CheckError | BrokenScenarioError):
            return pytest.Item.repr_failure(self, excinfo, style="value")
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


VERDICT_PROPERTY = "cn-validator"
"""The name of the property that reports have of a scenario's verdict."""


def refuse_excess_orders(items: Iterable[pytest.Item], session: ScenarioSession) -> None:
    """Let the scenarios fail that would together place more orders than allowed."""
    chosen = [item for item in items if isinstance(item, ScenarioItem)]
    scenarios = [item.scenario for item in chosen]
    for finding in find_excess_orders(scenarios, session.orders.max_orders):
        source = finding.location.source if finding.location else ""
        for item in chosen:
            if count_scenario_orders(item.scenario) and (
                source in ("--max-orders", item.scenario.location.source)
            ):
                item.refusal = finding
