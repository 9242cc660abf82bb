"""The pytest plugin: scenarios as test items, and a fixture for suites that drive a page.

Installing it changes nothing. Scenarios are collected from the folders that ``cn_scenarios`` names
in the configuration, or ``--cn-scenarios``. A page that was not reached is an error in the item's
set-up, a finding a failure. Whatever costs time to load is loaded when a scenario is collected.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import pytest

if TYPE_CHECKING:
    from validator.browser.capture.open_page import AnyPage, AsyncPage, SyncPage
    from validator.browser.network.traffic import Policy
    from validator.core.result import Result
    from validator.run.background_runner import Workshop
    from validator.scenario.model.scenario import Scenario

FOLDERS: pytest.StashKey[dict[Path, Path]] = pytest.StashKey()
"""The scenario files that are collected, resolved → as they are shown."""
RUN_ID: pytest.StashKey[str] = pytest.StashKey()
WORKSHOP: pytest.StashKey[Workshop] = pytest.StashKey()
COUNT: pytest.StashKey[int] = pytest.StashKey()
"""How many scenarios were collected."""

_NO_LABELS = frozenset(
    {"skip", "skipif", "xfail", "usefixtures", "parametrize", "filterwarnings", "tryfirst"}
)
"""Marks that pytest acts on: a label of that name must not, say, skip its scenario."""


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
        help="Where results and evidence go (default: cn-validator-results).",
    )
    parser.addini("cn_scenarios", "Files and folders of scenarios to collect.", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    asked = [Path.cwd() / path for path in config.getoption("cn_scenarios") or ()]
    folders = [*asked, *config.getini("cn_scenarios")]
    if not folders:
        return
    from validator.cli.parameters import new_run_id

    config.stash[FOLDERS] = _files_in(folders)
    config.stash[COUNT] = 0
    given = getattr(config, "workerinput", {})  # what xdist's controller says to a worker
    config.stash[RUN_ID] = given.get("cn_run_id") or new_run_id()
    # Arguments of the command line say all that is to be collected, but for the option's.
    is_asked = config.args_source is pytest.Config.ArgsSource.ARGS
    config.args += map(str, _uncovered(asked if is_asked else folders, config.args))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give xdist's workers the id of the run: it may be in the names of scenarios."""
    if RUN_ID in node.config.stash:
        node.workerinput["cn_run_id"] = node.config.stash[RUN_ID]


def pytest_report_header(config: pytest.Config) -> str | None:
    if FOLDERS not in config.stash:
        return None
    number = len(config.stash[FOLDERS])
    files = "1 scenario file" if number == 1 else f"{number} scenario files"
    return f"cn-validator: {files}, run {config.stash[RUN_ID]}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    shown = parent.config.stash.get(FOLDERS, {}).get(file_path.resolve())
    return ScenarioFile.from_parent(parent, path=file_path, shown=shown) if shown else None


def pytest_unconfigure(config: pytest.Config) -> None:
    if WORKSHOP in config.stash:
        config.stash[WORKSHOP].close()


def _files_in(folders: Iterable[Path]) -> dict[Path, Path]:
    from validator.report.terminal import input_error_text
    from validator.scenario.files import scenario_files

    files, findings = scenario_files(_from_here(folder) for folder in folders)
    if findings:
        raise pytest.UsageError(input_error_text(findings).rstrip())
    return {file.path.resolve(): file.path for file in files}


def _from_here(path: Path) -> Path:
    """Name a path as a person standing here would."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _uncovered(folders: Iterable[Path], args: Iterable[str]) -> Iterator[Path]:
    given = [(Path.cwd() / arg.partition("::")[0]).resolve() for arg in args]
    for folder in folders:
        place = folder.resolve()
        if not any(place == each or each in place.parents for each in given):
            yield folder


class ScenarioFile(pytest.File):
    """A file of scenarios. What is wrong with it is an error in the collection."""

    def __init__(self, *, shown: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shown = shown

    def collect(self) -> Iterator[ScenarioItem]:
        from validator.cli.standards import Standards
        from validator.core.errors import InputError
        from validator.report.terminal import input_error_text
        from validator.run.page_check import config_of, settings_of
        from validator.scenario.load import load_scenarios

        try:
            loaded = load_scenarios(
                [self.shown],
                environ=os.environ,
                run_id=self.config.stash[RUN_ID],
                base_url=self.config.getoption("cn_base_url"),
            )
            scenarios = Standards(config_of(None), settings_of({}), None).hold(loaded)
        except InputError as error:
            raise self.CollectError(input_error_text(error.findings).rstrip()) from None
        for scenario in scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario)


class ScenarioItem(pytest.Item):
    """One scenario: played when it is set up, judged when it is run."""

    def __init__(self, *, scenario: Scenario, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scenario = scenario
        self.result: Result | None = None
        self.number = self.config.stash[COUNT]
        self.config.stash[COUNT] += 1
        for label in scenario.labels:
            self._mark(label)

    def _mark(self, label: str) -> None:
        self.extra_keyword_matches.add(label)
        known = {line.partition(":")[0].strip() for line in self.config.getini("markers")}
        # A mark with arguments is some plugin's, which acts on it.
        is_taken = any(each.startswith(f"{label}(") for each in known)
        if label in _NO_LABELS or is_taken or label.startswith("_"):
            return
        if label not in known:
            self.config.addinivalue_line("markers", f"{label}: scenarios with this label.")
        self.add_marker(label)

    def setup(self) -> None:
        from validator.core.errors import BrowserError, InputError
        from validator.core.result import Verdict
        from validator.report.terminal import input_error_text

        try:
            self.result = self._workshop().play(self.number, self.scenario)
        except InputError as error:
            pytest.fail(input_error_text(error.findings).rstrip(), pytrace=False)
        except BrowserError as error:
            hint = f"\n  to fix: {error.hint}" if error.hint else ""
            pytest.fail(f"{error}{hint}", pytrace=False)
        self.user_properties.append(("cn-validator", str(self.result.verdict)))
        if self.result.verdict is Verdict.BROKEN:
            _passed(self.result)
        if self.result.findings and self.result.verdict is Verdict.PASSED:
            self.add_report_section("setup", "cn-validator", _told(self.result))

    def runtest(self) -> None:
        if self.result is None:
            pytest.fail("the scenario was not played", pytrace=False)
        _passed(self.result)

    def _workshop(self) -> Workshop:
        from validator.run.background_runner import Workshop

        stash = self.config.stash
        if WORKSHOP not in stash:
            asked = self.config.getoption("cn_output")
            output = Path.cwd() / asked if asked else self.config.rootpath / "cn-validator-results"
            stash[WORKSHOP] = Workshop(stash[RUN_ID], output / stash[RUN_ID])
        return stash[WORKSHOP]

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class CnCheck:
    """What the fixture ``cn_check`` is: ``check_page`` that fails the test."""

    @overload
    def __call__(self, page: SyncPage, **options: Any) -> Result: ...
    @overload
    def __call__(self, page: AsyncPage, **options: Any) -> Awaitable[Result]: ...
    def __call__(self, page: AnyPage, **options: Any) -> Result | Awaitable[Result]:
        """Check a page as ``validator.check_page`` does, with its options; await it likewise.

        The test fails with what was found, unless the page passes.
        """
        from validator import check_page

        checked: Result | Awaitable[Result] = check_page(page, **options)
        if not isinstance(checked, Awaitable):
            return _passed(checked)

        async def awaited() -> Result:
            return _passed(await checked)

        return awaited()

    @overload
    def watch(self, page: SyncPage, connectif: Policy = ...) -> None: ...
    @overload
    def watch(self, page: AsyncPage, connectif: Policy = ...) -> Awaitable[None]: ...
    def watch(self, page: AnyPage, connectif: Policy = "block") -> Awaitable[None] | None:
        """Call ``validator.watch_page``: before the first ``goto``; await it likewise."""
        from validator import watch_page

        return watch_page(page, connectif=connectif)


def _passed(result: Result) -> Result:
    """Return a result that passed; of any other, let pytest show what there is to say."""
    from validator.core.result import Verdict

    if result.verdict is not Verdict.PASSED:
        pytest.fail(f"{_headline(result)}\n\n{_told(result)}", pytrace=False)
    return result


def _headline(result: Result) -> str:
    """Say in one line what is wrong: pytest's summary shows no more."""
    from validator.core.capture import Breakdown
    from validator.core.finding import Severity
    from validator.report.sanitize import visible

    if isinstance(result.outcome, Breakdown):
        return f"{result.outcome.reason}: {visible(result.outcome.message)}"
    wrong = [finding for finding in result.findings if finding.severity is Severity.ERROR]
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f"{wrong[0].rule}: {visible(wrong[0].message)}{more}"


def _told(result: Result) -> str:
    from validator.report.terminal import result_text

    return result_text(result, width=100).rstrip()


@pytest.fixture
def cn_check() -> CnCheck:
    """Check the Connectif tags of a Playwright page: ``cn_check(page)``, sync or awaited.

    ``cn_check.watch(page)``, before the first ``goto``, keeps test orders from Connectif.
    """
    return CnCheck()
