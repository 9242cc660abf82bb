"""The pytest plugin: scenarios as test items, and a fixture for suites that drive a page.

Installing it changes nothing. Scenarios are collected from the files and folders of the ini option
``cn_scenarios`` and of ``--cn-scenarios``. This file has the hooks; modules that are slow to import
are imported when scenarios are collected or a page is checked.
"""

from __future__ import annotations

import importlib
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from validator.pytest_plugin.page_checks import CnCheck
    from validator.pytest_plugin.scenario_cases import ScenarioCase
    from validator.pytest_plugin.session import ScenarioSession

__all__ = ["CnCheck", "ScenarioCase", "cn_check", "scenarios"]

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
_PLACES = {"CnCheck": "page_checks", "ScenarioCase": "scenario_cases"}
"""The public types of the plugin → their modules, which are imported when a type is asked for."""

SESSION: pytest.StashKey[ScenarioSession] = pytest.StashKey()
_XDIST_RUN: pytest.StashKey[str] = pytest.StashKey()
"""The name of a run of xdist whose controller has no scenarios of its own."""
_MARK = "cn_scenarios"
_SCENARIO = re.compile(r"^[\"']?steps[\"']?\s*:|\"steps\"\s*:", re.MULTILINE)
_MAX_BYTES = 100_000
_BROKEN = ("cn-validator", "broken")
"""The property of a scenario's report that could not be played to its end."""

_TEXT_OPTIONS = (
    ("--cn-base-url", "URL", "The shop to run all scenarios against."),
    ("--cn-env", "NAME", "Run against this environment of the configuration."),
    ("--cn-secrets-file", "FILE", "A file of NAME=value lines with secrets."),
    ("--cn-device", "NAME", 'A device of Playwright, such as "Pixel 7".'),
    ("--cn-locale", "TAG", "The browser's language, such as es-ES."),
    ("--cn-seed", "NUMBER", "Repeat the ${fake.…} values of the run with this seed."),
    ("--cn-config", "FILE", "The configuration (default: the nearest cn-validator.yaml)."),
    (
        "--cn-output",
        "FOLDER",
        "The folder for results and evidence (default: cn-validator-results).",
    ),
)
_REPEATABLE_OPTIONS = (
    ("--cn-scenarios", "PATH", "Collect the scenarios in this file or folder. Repeatable."),
    ("--cn-var", "NAME=VALUE", "Set a variable of all scenarios. Repeatable."),
    ("--cn-host", "NAME=ADDRESS", "Resolve a host name to an address. Repeatable."),
    ("--cn-rule", "ID=SEVERITY", "Set a rule to off, error, warning or info. Repeatable."),
)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)


def scenarios(
    *paths: str | Path, keywords: str | Iterable[str] = (), labels: str | Iterable[str] = ()
) -> Callable[[FunctionT], FunctionT]:
    """Run a test function once for each scenario in files and folders.

    The function has an argument ``scenario``, a ``ScenarioCase``, and may have fixtures. Paths are
    relative to its file, or else to pytest's root folder. ``keywords`` and ``labels`` select
    scenarios as ``-k`` and ``--label`` of ``cn-validator run`` do.
    """
    mark = getattr(pytest.mark, _MARK)(*paths, keywords=keywords, labels=labels)

    def decorate(function: FunctionT) -> FunctionT:
        return mark(function)  # type: ignore[no-any-return]  # a mark returns what it marks

    return decorate


def shared_orders_folder(run: str) -> Path:
    """Return the folder of the orders of a run of xdist whose controller has collected nothing."""
    return Path(tempfile.gettempdir()) / f"cn-orders-{run}"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cn-validator", "scenarios of a shop's checkout")
    for name, metavar, text in _REPEATABLE_OPTIONS:
        group.addoption(name, action="append", metavar=metavar, help=text)
    for name, metavar, text in _TEXT_OPTIONS:
        group.addoption(name, metavar=metavar, help=text)
    group.addoption(
        "--cn-max-orders",
        type=int,
        metavar="N",
        help="Place at most N orders in the session, in all processes together.",
    )
    group.addoption(
        "--cn-force-live",
        action="store_true",
        help="Allow live payment pages, which take real money, and cards that may be real.",
    )
    group.addoption(
        "--cn-insecure",
        action="store_const",
        const=True,
        help="Accept TLS certificates that are not trusted, such as those of a test shop.",
    )
    parser.addini("cn_scenarios", "Files and folders of scenarios to collect.", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{_MARK}(*paths): scenarios that are a test's parameters.")
    given = [Path.cwd() / path for path in config.getoption("cn_scenarios") or ()]
    folders = [*given, *config.getini("cn_scenarios")]
    if not folders:
        return
    _open_session(config, folders)
    from validator.pytest_plugin.session import paths_not_in_args

    # Paths on the command line replace those of the ini option, but not those of --cn-scenarios.
    has_paths = config.args_source is pytest.Config.ArgsSource.ARGS
    config.args += map(str, paths_not_in_args(given if has_paths else folders, config.args))


def _open_session(config: pytest.Config, folders: Sequence[Path] = ()) -> ScenarioSession:
    """Return the session of the scenarios, which begins when it is first asked for."""
    if SESSION in config.stash:
        return config.stash[SESSION]
    from validator.core.errors import InputError
    from validator.pytest_plugin.session import ScenarioSession, describe_input_error

    try:
        config.stash[SESSION] = ScenarioSession.open(config, folders)
    except InputError as error:
        raise pytest.UsageError(describe_input_error(error)) from None
    _register_junit(config)
    return config.stash[SESSION]


def _register_junit(config: pytest.Config) -> None:
    from validator.pytest_plugin.junit import JUnitErrors

    config.pluginmanager.register(JUnitErrors(config), "cn-validator-junit")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let the workers of xdist be one session with their controller."""
    if SESSION in node.config.stash:
        node.workerinput.update(node.config.stash[SESSION].for_worker())
    elif _XDIST_RUN not in node.config.stash:
        # Its workers may have tests whose parameters are scenarios.
        node.config.stash[_XDIST_RUN] = str(node.workerinput.get("testrunuid", ""))
        _register_junit(node.config)


def pytest_report_header(config: pytest.Config) -> str | None:
    if SESSION not in config.stash:
        return None
    session = config.stash[SESSION]
    number = len(session.files)
    files = "1 scenario file" if number == 1 else f"{number} scenario files"
    name = session.settings.given(session.policy.config).environment_name
    environment = f", environment {name}" if name else ""
    return f"cn-validator: {files}, run {session.run_id}{environment}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    session = parent.config.stash.get(SESSION, None)
    shown = session.files.get(file_path.resolve()) if session else None
    if session is None or shown is None:
        return _refuse_scenario(file_path, parent)
    from validator.pytest_plugin.scenario_items import ScenarioCollector

    return ScenarioCollector.from_parent(parent, path=file_path, shown=shown, session_state=session)


def _refuse_scenario(file: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Say what to do about a scenario that is named in the arguments and not configured."""
    if file.suffix not in (".yaml", ".yml") or not parent.session.isinitpath(file):
        return None
    text = file.read_bytes()[:_MAX_BYTES].decode("utf-8", "replace")
    if not (_SCENARIO.search(text) and "goto" in text):
        return None
    from validator.pytest_plugin.scenario_items import UncollectedScenario

    return UncollectedScenario.from_parent(parent, path=file)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker(_MARK)
    if mark is not None:
        from validator.pytest_plugin.scenario_cases import parametrize

        parametrize(metafunc, mark, _open_session(metafunc.config))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if SESSION in item.config.stash:
        from validator.pytest_plugin.scenario_items import find_case

        if case := find_case(item):
            case.bind(item)


def pytest_collection_finish(session: pytest.Session) -> None:
    if SESSION in session.config.stash:
        from validator.pytest_plugin.scenario_items import refuse_excess_orders

        refuse_excess_orders(session.items, session.config.stash[SESSION])


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport,
) -> tuple[str, str, str] | None:
    """Count a scenario that broke as an error: nothing is known about its tag."""
    if is_broken(report) and not hasattr(report, "wasxfail"):
        return "error", "E", "ERROR"
    return None


def is_broken(report: pytest.CollectReport | pytest.TestReport) -> bool:
    """Return whether a report is that of a scenario that could not be played to its end."""
    return (
        report.when == "call"
        and report.outcome == "failed"
        and _BROKEN in map(tuple, report.user_properties)
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    if SESSION in config.stash:
        config.stash[SESSION].close()
        del config.stash[SESSION]
    if _XDIST_RUN in config.stash:
        # Workers whose tests have scenarios as parameters share it; see ScenarioSession.open.
        shutil.rmtree(shared_orders_folder(config.stash[_XDIST_RUN]), ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test at the end of its call with what its soft checks have found."""
    __tracebackhide__ = True
    has_passed = False
    try:
        yield
        has_passed = True
    finally:
        if "validator.pytest_plugin.page_checks" in sys.modules:
            from validator.pytest_plugin.page_checks import report_soft_failures

            report_soft_failures(item, raises=has_passed)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and "validator.pytest_plugin.attachments" in sys.modules:
        from validator.pytest_plugin.attachments import add_to_html_report

        add_to_html_report(item, report)
    return report


@pytest.fixture
def cn_check(request: pytest.FixtureRequest) -> CnCheck:
    """Check the Connectif tags of a Playwright page: ``cn_check(page)``, sync or awaited.

    ``cn_check.watch(page)``, before the first ``goto``, keeps test orders from Connectif.
    """
    from validator.pytest_plugin.page_checks import CnCheck

    return CnCheck(request.node)
