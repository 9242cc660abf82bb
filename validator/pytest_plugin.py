"""The pytest plugin: scenarios as test items, and a fixture for suites that drive a page.

Installing it changes nothing. Scenarios are collected from the files and folders of the ini option
``cn_scenarios`` and of ``--cn-scenarios``. A page that is not reached is an error in the set-up of
the item, a finding is a failure. Modules that are slow to import are imported at collection.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import pytest

if TYPE_CHECKING:
    from validator.browser.capture.caller_page import AnyPage, AsyncPage, SyncPage
    from validator.browser.network.traffic import TrafficPolicy
    from validator.core.result import Result
    from validator.run.background_runner import BackgroundRunner
    from validator.scenario.model.scenario import Scenario

SCENARIO_FILES: pytest.StashKey[dict[Path, Path]] = pytest.StashKey()
"""The scenario files to collect: resolved path → path as shown to the user."""
RUN_ID: pytest.StashKey[str] = pytest.StashKey()
BACKGROUND_RUNNER: pytest.StashKey[BackgroundRunner] = pytest.StashKey()
COLLECTED_COUNT: pytest.StashKey[int] = pytest.StashKey()
"""The number of scenarios collected so far."""

_RESERVED_MARKS = frozenset(
    {"skip", "skipif", "xfail", "usefixtures", "parametrize", "filterwarnings", "tryfirst"}
)
"""Marks with a meaning for pytest: labels of these names are not added as marks."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cn-validator", "scenarios of a shop's checkout")
    group.addoption(
        "--cn-scenarios",
        action="append",
        metavar="PATH",
        help="Collect the scenarios in this file or folder. Repeatable.",
    )
    group.addoption("--cn-base-url", metavar="URL", help="The shop to run all scenarios against.")
    group.addoption(
        "--cn-output",
        metavar="FOLDER",
        help="The folder for results and evidence (default: cn-validator-results).",
    )
    parser.addini("cn_scenarios", "Files and folders of scenarios to collect.", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    given = [Path.cwd() / path for path in config.getoption("cn_scenarios") or ()]
    folders = [*given, *config.getini("cn_scenarios")]
    if not folders:
        return
    from validator.run.defaults import new_run_id

    config.stash[SCENARIO_FILES] = _files_in(folders)
    config.stash[COLLECTED_COUNT] = 0
    workerinput = getattr(config, "workerinput", {})  # what xdist's controller sends to a worker
    config.stash[RUN_ID] = workerinput.get("cn_run_id") or new_run_id()
    # Paths on the command line replace those of the ini option, but not those of --cn-scenarios.
    has_paths = config.args_source is pytest.Config.ArgsSource.ARGS
    config.args += map(str, _paths_not_in_args(given if has_paths else folders, config.args))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send the run id to xdist's workers: names of scenarios may contain it."""
    if RUN_ID in node.config.stash:
        node.workerinput["cn_run_id"] = node.config.stash[RUN_ID]


def pytest_report_header(config: pytest.Config) -> str | None:
    if SCENARIO_FILES not in config.stash:
        return None
    number = len(config.stash[SCENARIO_FILES])
    files = "1 scenario file" if number == 1 else f"{number} scenario files"
    return f"cn-validator: {files}, run {config.stash[RUN_ID]}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioCollector | None:
    shown = parent.config.stash.get(SCENARIO_FILES, {}).get(file_path.resolve())
    return ScenarioCollector.from_parent(parent, path=file_path, shown=shown) if shown else None


def pytest_unconfigure(config: pytest.Config) -> None:
    if BACKGROUND_RUNNER in config.stash:
        config.stash[BACKGROUND_RUNNER].close()


def _files_in(folders: Iterable[Path]) -> dict[Path, Path]:
    from validator.report.terminal import format_input_errors
    from validator.scenario.files import find_scenarios

    files, findings = find_scenarios(_relative_to_cwd(folder) for folder in folders)
    if findings:
        raise pytest.UsageError(format_input_errors(findings).rstrip())
    return {file.path.resolve(): file.path for file in files}


def _relative_to_cwd(path: Path) -> Path:
    """Return a path relative to the current folder, if it is inside."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _paths_not_in_args(folders: Iterable[Path], args: Iterable[str]) -> Iterator[Path]:
    given = [(Path.cwd() / arg.partition("::")[0]).resolve() for arg in args]
    for folder in folders:
        place = folder.resolve()
        if not any(place == each or each in place.parents for each in given):
            yield folder


class ScenarioCollector(pytest.File):
    """A file of scenarios. An invalid file is a collection error."""

    def __init__(self, *, shown: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shown = shown

    def collect(self) -> Iterator[ScenarioItem]:
        from validator.core.errors import InputError
        from validator.report.terminal import format_input_errors
        from validator.run.config import load_nearest_config
        from validator.run.policy import CheckPolicy
        from validator.scenario.load import load_scenarios

        try:
            loaded = load_scenarios(
                [self.shown],
                environ=os.environ,
                run_id=self.config.stash[RUN_ID],
                base_url=self.config.getoption("cn_base_url"),
            )
            scenarios = CheckPolicy(load_nearest_config(None)).apply(loaded)
        except InputError as error:
            raise self.CollectError(format_input_errors(error.findings).rstrip()) from None
        for scenario in scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario)


class ScenarioItem(pytest.Item):
    """One scenario: run in the set-up, evaluated in the test."""

    def __init__(self, *, scenario: Scenario, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scenario = scenario
        self.result: Result | None = None
        self.number = self.config.stash[COLLECTED_COUNT]
        self.config.stash[COLLECTED_COUNT] += 1
        for label in scenario.labels:
            self._mark(label)

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

    def setup(self) -> None:
        from validator.core.errors import BrowserError, InputError
        from validator.core.result import Verdict
        from validator.report.terminal import format_input_errors

        try:
            self.result = self._background_runner().run(self.number, self.scenario)
        except InputError as error:
            pytest.fail(format_input_errors(error.findings).rstrip(), pytrace=False)
        except BrowserError as error:
            hint = f"\n  to fix: {error.hint}" if error.hint else ""
            pytest.fail(f"{error}{hint}", pytrace=False)
        self.user_properties.append(("cn-validator", str(self.result.verdict)))
        if self.result.verdict is Verdict.BROKEN:
            _require_passed(self.result)
        if self.result.findings and self.result.verdict is Verdict.PASSED:
            self.add_report_section("setup", "cn-validator", _describe_result(self.result))

    def runtest(self) -> None:
        if self.result is None:
            pytest.fail("the scenario was not run", pytrace=False)
        _require_passed(self.result)

    def _background_runner(self) -> BackgroundRunner:
        from validator.run.background_runner import BackgroundRunner

        stash = self.config.stash
        if BACKGROUND_RUNNER not in stash:
            given = self.config.getoption("cn_output")
            output = Path.cwd() / given if given else self.config.rootpath / "cn-validator-results"
            stash[BACKGROUND_RUNNER] = BackgroundRunner(stash[RUN_ID], output / stash[RUN_ID])
        return stash[BACKGROUND_RUNNER]

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class CnCheck:
    """The fixture ``cn_check``: ``check_page`` that fails the test."""

    @overload
    def __call__(self, page: SyncPage, **options: Any) -> Result: ...
    @overload
    def __call__(self, page: AsyncPage, **options: Any) -> Awaitable[Result]: ...
    def __call__(self, page: AnyPage, **options: Any) -> Result | Awaitable[Result]:
        """Check a page with the options of ``validator.check_page``; await it with the async API.

        The test fails with the findings, unless the page passes.
        """
        from validator import check_page

        checked: Result | Awaitable[Result] = check_page(page, **options)
        if not isinstance(checked, Awaitable):
            return _require_passed(checked)

        async def awaited() -> Result:
            return _require_passed(await checked)

        return awaited()

    @overload
    def watch(self, page: SyncPage, connectif: TrafficPolicy = ...) -> None: ...
    @overload
    def watch(self, page: AsyncPage, connectif: TrafficPolicy = ...) -> Awaitable[None]: ...
    def watch(self, page: AnyPage, connectif: TrafficPolicy = "block") -> Awaitable[None] | None:
        """Call ``validator.watch_page``, before the first ``goto``; await it with the async API."""
        from validator import watch_page

        return watch_page(page, connectif=connectif)


def _require_passed(result: Result) -> Result:
    """Return a result that passed; fail the test with any other."""
    from validator.core.result import Verdict

    if result.verdict is not Verdict.PASSED:
        pytest.fail(f"{_headline(result)}\n\n{_describe_result(result)}", pytrace=False)
    return result


def _headline(result: Result) -> str:
    """Return what is wrong in one line: pytest's summary shows no more."""
    from validator.core.capture import Breakdown
    from validator.core.finding import Severity
    from validator.report.sanitize import sanitize

    if isinstance(result.outcome, Breakdown):
        return f"{result.outcome.reason}: {sanitize(result.outcome.message)}"
    wrong = [finding for finding in result.findings if finding.severity is Severity.ERROR]
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f"{wrong[0].rule}: {sanitize(wrong[0].message)}{more}"


def _describe_result(result: Result) -> str:
    from validator.report.terminal import format_result

    return format_result(result, width=100).rstrip()


@pytest.fixture
def cn_check() -> CnCheck:
    """Check the Connectif tags of a Playwright page: ``cn_check(page)``, sync or awaited.

    ``cn_check.watch(page)``, before the first ``goto``, keeps test orders from Connectif.
    """
    return CnCheck()
