"""The pytest plugin: scenarios as test items, and a fixture for suites that drive a page.

Installing it changes nothing. Scenarios are collected from the files and folders of the ini option
``cn_scenarios`` and of ``--cn-scenarios``. This file has the hooks; modules that are slow to import
are imported when scenarios are collected or a page is checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from validator.pytest_plugin.page_checks import CnCheck
    from validator.pytest_plugin.scenario_items import ScenarioCollector
    from validator.pytest_plugin.session import ScenarioSession

SESSION: pytest.StashKey[ScenarioSession] = pytest.StashKey()
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
    parser.addini("cn_scenarios", "Files and folders of scenarios to collect.", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    given = [Path.cwd() / path for path in config.getoption("cn_scenarios") or ()]
    folders = [*given, *config.getini("cn_scenarios")]
    if not folders:
        return
    from validator.core.errors import InputError
    from validator.pytest_plugin.junit import JUnitErrors
    from validator.pytest_plugin.session import (
        ScenarioSession,
        describe_input_error,
        paths_not_in_args,
    )

    try:
        config.stash[SESSION] = ScenarioSession.open(config, folders)
    except InputError as error:
        raise pytest.UsageError(describe_input_error(error)) from None
    config.pluginmanager.register(JUnitErrors(config), "cn-validator-junit")
    # Paths on the command line replace those of the ini option, but not those of --cn-scenarios.
    has_paths = config.args_source is pytest.Config.ArgsSource.ARGS
    config.args += map(str, paths_not_in_args(given if has_paths else folders, config.args))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let the workers of xdist be one session with their controller."""
    if SESSION in node.config.stash:
        node.workerinput.update(node.config.stash[SESSION].for_worker())


def pytest_report_header(config: pytest.Config) -> str | None:
    if SESSION not in config.stash:
        return None
    session = config.stash[SESSION]
    number = len(session.files)
    files = "1 scenario file" if number == 1 else f"{number} scenario files"
    name = session.settings.given(session.policy.config).environment_name
    environment = f", environment {name}" if name else ""
    return f"cn-validator: {files}, run {session.run_id}{environment}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioCollector | None:
    session = parent.config.stash.get(SESSION, None)
    shown = session.files.get(file_path.resolve()) if session else None
    if session is None or shown is None:
        return None
    from validator.pytest_plugin.scenario_items import ScenarioCollector

    return ScenarioCollector.from_parent(parent, path=file_path, shown=shown, session_state=session)


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


@pytest.fixture
def cn_check(request: pytest.FixtureRequest) -> CnCheck:
    """Check the Connectif tags of a Playwright page: ``cn_check(page)``, sync or awaited.

    ``cn_check.watch(page)``, before the first ``goto``, keeps test orders from Connectif.
    """
    from validator.pytest_plugin.page_checks import CnCheck

    return CnCheck(request.config)
