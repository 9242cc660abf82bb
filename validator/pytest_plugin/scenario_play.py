"""One scenario of a session: played once, whatever asks for it again; and what its test shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from validator.core.errors import BrowserError, InputError
from validator.core.finding import Finding
from validator.core.result import CheckError, Result, Verdict
from validator.pytest_plugin.attachments import attach, wants_pictures
from validator.pytest_plugin.results import describe_result, sanitized_headline
from validator.pytest_plugin.session import ScenarioSession, describe_hint, describe_input_error
from validator.run.retries import may_be_retried
from validator.scenario.model.scenario import Scenario

VERDICT_PROPERTY = "cn-validator"
"""The name of the property that reports have of a scenario's verdict."""
_REPETITION = "__pytest_repeat_step_number"
"""The parameter by which pytest-repeat makes several tests of one."""
_RESERVED_MARKS = frozenset(
    {"skip", "skipif", "xfail", "usefixtures", "parametrize", "filterwarnings", "tryfirst"}
)
"""Marks with a meaning for pytest: labels of these names are not added as marks."""
_RULES_OF_THE_MACHINE = frozenset({"secret-missing", "secrets-file-missing", "environment-missing"})
"""Mistakes that are not in the scenario, but in where it runs."""
_BEGUN_EARLIER = (
    "an earlier attempt of this session had begun to place the order, and its result is not known: "
    "the scenario is not played again"
)


class BrokenScenarioError(Exception):
    """The scenario could not be played to its end, which says nothing about the tag.

    It is not an AssertionError, so that reports can tell it from a finding.
    """


BrokenScenarioError.__module__ = "builtins"  # so the name is shown alone, as pytest's Failed


class ScenarioPlay:
    """A scenario and, once it was played, its result in each test that has it as a parameter."""

    def __init__(self, session: ScenarioSession, scenario: Scenario, instance: int) -> None:
        """``instance`` is the scenario's index among those of its file."""
        self.scenario = scenario
        self.refusal: Finding | None = None
        """Why the scenario must not be played, if the session would place too many orders."""
        self._results: dict[str, Result] = {}
        self._session = session
        self._instance = instance
        self._number = session.next_number()

    def run(
        self, item: pytest.Item, variables: Mapping[str, str], base_url: str | None = None
    ) -> Result:
        """Return the result, of an earlier run if that may not be repeated.

        Options of the command line win over ``variables`` and ``base_url``. Raises
        BrokenScenarioError if the scenario cannot be played.
        """
        test = _identify_test(item)
        result = self._results.get(test)
        if result is None or may_be_retried(result):
            keep_verdict(item, Verdict.BROKEN)
            result = self._results[test] = self._play(test, variables, base_url)
            self._attach_pictures(item, result)
        keep_verdict(item, result.verdict)
        return result

    def _attach_pictures(self, item: pytest.Item, result: Result) -> None:
        for evidence in result.outcome.evidence if wants_pictures(item.config) else ():
            file = Path(evidence.path)
            if evidence.kind == "screenshot" and file.is_file():
                attach(item, file.stem, file.read_bytes())

    def _play(self, test: str, variables: Mapping[str, str], base_url: str | None) -> Result:
        if self.refusal:
            raise BrokenScenarioError(describe_input_error(InputError([self.refusal])))
        if self._session.orders.has_begun(test):
            raise BrokenScenarioError(_BEGUN_EARLIER)
        try:
            if variables or base_url:
                path = Path(self.scenario.location.source)
                loaded = self._session.load(path, variables, base_url)
                self.scenario = loaded[self._instance]
            return self._session.play(self._number, self.scenario, test)
        except InputError as error:
            raise BrokenScenarioError(describe_input_error(error)) from None
        except BrowserError as error:
            hint = f"\n  to fix: {describe_hint(error.hint)}" if error.hint else ""
            raise BrokenScenarioError(f"{error}{hint}") from None


def _identify_test(item: pytest.Item) -> str:
    """Return what a test is called in all its repetitions, also those of pytest-repeat."""
    callspec = getattr(item, "callspec", None)
    step = callspec.params.get(_REPETITION) if callspec else None
    if step is None:
        return item.nodeid
    # In the id of a test, the second of three is 2-3.
    return re.sub(rf"(?<=[\[-]){step + 1}-\d+(?=[\]-])", "", item.nodeid, count=1)


def require_passed(item: pytest.Item, result: Result) -> None:
    """Fail a test with a result that has not passed; show the warnings of one that has."""
    __tracebackhide__ = True
    has_failed = result.verdict in (Verdict.BROKEN, Verdict.FAILED)
    if not (has_failed or result.findings):
        return
    described = describe_result(result)
    if not has_failed:
        item.add_report_section("call", "cn-validator", described)
        return
    text = f"{sanitized_headline(result)}\n\n{described}"
    if result.verdict is Verdict.BROKEN:
        raise BrokenScenarioError(text)
    raise CheckError(text, result)


def keep_verdict(item: pytest.Item, verdict: Verdict) -> None:
    """Give the reports of a test the verdict of its scenario."""
    others = [each for each in item.user_properties if each[0] != VERDICT_PROPERTY]
    item.user_properties[:] = [*others, (VERDICT_PROPERTY, str(verdict))]


def describe_missing(error: InputError) -> str:
    """Return what this machine lacks for a scenario; "" if the scenario itself is wrong."""
    is_missing = all(each.rule in _RULES_OF_THE_MACHINE for each in error.findings)
    return describe_input_error(error) if is_missing else ""


def find_mark(config: pytest.Config, label: str) -> str:
    """Return the name of a mark for a label, which is then known; "" if it may not be one."""
    known = {line.partition(":")[0].strip() for line in config.getini("markers")}
    # A mark with arguments belongs to a plugin.
    is_taken = any(each.startswith(f"{label}(") for each in known)
    if label in _RESERVED_MARKS or is_taken or label.startswith("_"):
        return ""
    if label not in known:
        config.addinivalue_line("markers", f"{label}: scenarios with this label.")
    return label
