"""Scenarios as the parameters of a test function: ``@scenarios("folder")``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from validator.core.arguments import Arguments
from validator.core.document import Location
from validator.core.errors import InputError
from validator.core.result import Result
from validator.pytest_plugin.scenario_play import (
    BrokenScenarioError,
    ScenarioPlay,
    describe_missing,
    find_mark,
    require_passed,
)
from validator.pytest_plugin.session import ScenarioSession, describe_input_error
from validator.run.select import select_scenarios
from validator.scenario.files import find_scenarios

ARGUMENT = "scenario"
_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


class ScenarioCase:
    """The argument ``scenario`` of a test with ``@scenarios``: a scenario that can be played."""

    def __init__(self, name: str, path: Path, play: ScenarioPlay | None, missing: str = "") -> None:
        self.name = name
        self.path = path
        """The scenario's file."""
        self.labels: tuple[str, ...] = play.scenario.labels if play else ()
        self.scenario_play = play
        self._missing = missing
        self._item: pytest.Item | None = None

    def bind(self, item: pytest.Item) -> None:
        """Say which test has this argument."""
        self._item = item

    def run(
        self, variables: Mapping[str, str] = _NO_VARIABLES, *, base_url: str | None = None
    ) -> Result:
        """Play the scenario and return its result; the test fails unless it passed.

        ``variables`` and ``base_url``, such as those of a fixture that started a server, win over
        those of the scenario, and the options of pytest win over them. A scenario that has begun
        to place its order is not played again: a second call returns the same result.
        """
        __tracebackhide__ = True
        result = self.play(variables, base_url=base_url)
        assert self._item is not None  # noqa: S101 - for the type checker
        require_passed(self._item, result)
        return result

    def play(
        self, variables: Mapping[str, str] = _NO_VARIABLES, *, base_url: str | None = None
    ) -> Result:
        """Play the scenario as ``run`` does, and return its result also if it has not passed."""
        __tracebackhide__ = True
        arguments = Arguments()
        arguments.texts_by_name("variables", variables)
        arguments.text("base_url", base_url, optional=True)
        arguments.raise_faults()
        if self.scenario_play is None or self._item is None:
            raise BrokenScenarioError(self._missing or "a scenario is played in its test only")
        return self.scenario_play.run(self._item, variables, base_url)

    def __repr__(self) -> str:
        return f"<scenario {self.name!r}>"


def parametrize(metafunc: pytest.Metafunc, mark: pytest.Mark, session: ScenarioSession) -> None:
    """Give a test function one parameter for each scenario of its mark. Raises CollectError."""
    name = metafunc.function.__name__
    if ARGUMENT not in metafunc.fixturenames:
        raise pytest.Collector.CollectError(
            f'{name} has @scenarios, but no argument "{ARGUMENT}"\n'
            f"  to fix: write it as in def {name}({ARGUMENT}): {ARGUMENT}.run()"
        )
    folders = (metafunc.definition.path.parent, metafunc.config.rootpath)
    try:
        cases = list(_find_cases(session, mark, folders))
    except InputError as error:
        raise pytest.Collector.CollectError(describe_input_error(error)) from None
    metafunc.parametrize(
        ARGUMENT,
        [
            pytest.param(case, id=re.sub(":{2,}", ":", case.name), marks=_marks(metafunc, case))
            for case in cases
        ],
    )


def _marks(metafunc: pytest.Metafunc, case: ScenarioCase) -> list[pytest.MarkDecorator]:
    names = (find_mark(metafunc.config, label) for label in case.labels)
    return [getattr(pytest.mark, name) for name in names if name]


def _find_cases(
    session: ScenarioSession, mark: pytest.Mark, folders: tuple[Path, Path]
) -> Iterator[ScenarioCase]:
    """Yield the scenarios that a mark names and selects. Raises InputError."""
    arguments = Arguments()
    for number, path in enumerate(mark.args, 1):
        arguments.path(f"path {number}", path, optional=False)
    keywords, labels = (
        arguments.texts(name, mark.kwargs.get(name, ())) for name in ("keywords", "labels")
    )
    arguments.raise_faults()
    files, findings = find_scenarios(_locate(Path(path), folders) for path in mark.args)
    if findings:
        raise InputError(findings)
    if not files:
        raise InputError.single("no-scenarios", "no scenario was named", Location("@scenarios()"))
    cases = [case for file in files for case in _load_cases(session, file.path)]
    loaded = [each.scenario_play.scenario for each in cases if each.scenario_play]
    chosen = select_scenarios(loaded, keywords, labels) if loaded else ()
    for case in cases:
        if case.scenario_play is None or case.scenario_play.scenario in chosen:
            yield case


def _load_cases(session: ScenarioSession, file: Path) -> list[ScenarioCase]:
    """Return the scenarios of a file. One that this machine cannot run costs its own test."""
    try:
        loaded = session.load(file)
    except InputError as error:
        if not (missing := describe_missing(error)):
            raise
        return [ScenarioCase(file.stem, file, None, missing)]
    plays = [ScenarioPlay(session, scenario, number) for number, scenario in enumerate(loaded)]
    return [
        ScenarioCase(play.scenario.name, Path(play.scenario.location.source), play)
        for play in plays
    ]


def _locate(path: Path, folders: tuple[Path, Path]) -> Path:
    """Return a path that is relative to the test's folder, or else to pytest's root folder."""
    here = Path.cwd()
    places = [folder / path for folder in folders]
    found = next((place for place in places if place.exists()), places[-1])
    return found.relative_to(here) if found.is_relative_to(here) else found
