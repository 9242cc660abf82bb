"""The Python API: ``from validator import check_html, check_url, check_page, run_scenarios``.

Every function returns its findings and never raises for them, nor for bugs of its own in one page
or scenario, which are ``Reason.INTERNAL``: see ``Result.verdict`` and
``Result.findings``; ``explain`` returns them as text. InputError is raised for wrong arguments and
files, BrowserError if no browser could be started.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, get_args, overload

from validator.contract.contracts import documented_tags
from validator.core.arguments import Arguments
from validator.core.document import Location
from validator.core.errors import BrowserError, InputError
from validator.core.files import write_atomically
from validator.core.page_options import PageOptions
from validator.core.redaction import Redactor
from validator.core.result import Report, Result
from validator.core.stop_signals import wait_interruptibly
from validator.core.urls import parse_origin, split_credentials
from validator.html.encoding import decode_html
from validator.page.static_capture import capture_html
from validator.report.terminal import format_result
from validator.run.defaults import new_run_id
from validator.run.option_names import (
    PYTHON_ARGUMENTS,
    rename_in_browser_error,
    rename_in_input_error,
)
from validator.run.options import RunOptions
from validator.run.page_check import build_check, build_policy
from validator.run.policy import disabled_rule_notes
from validator.run.progress import SilentProgress
from validator.run.run_settings import MAX_WORKERS, read_settings
from validator.run.select import select_scenarios
from validator.run.targets import build_visit_scenario, is_url_target
from validator.scenario.load import ConnectifPolicy, load_scenarios
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Secret, Template

if TYPE_CHECKING:
    from validator.browser.network.playwright_calls import AnyPage, AsyncPage, SyncPage
    from validator.browser.network.traffic import TrafficPolicy

P = ParamSpec("P")
T = TypeVar("T")
MAX_RETRIES = 10
REPORT_KINDS = MappingProxyType(
    {
        ".html": "html",
        ".json": "json",
        ".xml": "junit",
        ".sarif": "sarif",
        ".md": "markdown",
        ".csv": "csv",
        ".tap": "tap",
    }
)
"""End of a file's name → the format of a report."""
EMPTY_MAPPING: Mapping[str, Any] = MappingProxyType({})


def _public(function: Callable[P, T]) -> Callable[P, T]:
    """Let a function raise errors of its caller alone: in the terms of Python, without our frames.

    A traceback may show the values of local variables, and ours may be secrets.
    """

    @functools.wraps(function)
    def called(*args: P.args, **options: P.kwargs) -> T:
        __tracebackhide__ = True
        try:
            return function(*args, **options)
        except InputError as error:
            wrong: Exception = rename_in_input_error(error, PYTHON_ARGUMENTS)
        except BrowserError as error:
            wrong = rename_in_browser_error(error, PYTHON_ARGUMENTS)
        raise wrong

    return called


@_public
def check_html(  # noqa: PLR0913 - options, all given by name
    html: str | bytes,
    *,
    name: str = "<html>",
    tag: str = "cn_purchase",
    count: int | None = None,
    expect: Mapping[str, object] = EMPTY_MAPPING,
    schema: str | Path | None = None,
    rules: Mapping[str, str] = EMPTY_MAPPING,
    config: str | Path | None = None,
) -> Result:
    """Check the tags in a page's HTML as the server sends it, without browser and network.

    ``count`` is the expected number of tags, 0 for none; the default is one ``cn_purchase``, and
    one or more of any other tag. ``expect`` maps fields to expected values, such as
    ``{"total_price": "180.75"}``. ``schema`` is the file of your own contract for the tag.
    ``rules`` sets the severity of rules by their id: "off", "error", "warning" or "info". ``name``
    names the page in locations. ``config`` is the configuration file with the ``rules`` and
    ``schemas`` of the project, by default the nearest ``cn-validator.yaml``. Bytes are decoded as a
    browser would. Raises InputError.
    """
    arguments = Arguments()
    arguments.html("html", html)
    arguments.text("name", name)
    check = build_check(arguments, tag, count, expect, schema=schema, rules=rules, config=config)
    text = html if isinstance(html, str) else decode_html(html)
    started = perf_counter()
    capture = capture_html(text, name, check.contracts.names(tag))
    return check.evaluate(capture, name, started)


@_public
def check_url(  # noqa: PLR0913 - options, all given by name
    url: str,
    *,
    tag: str = "cn_purchase",
    count: int | None = None,
    expect: Mapping[str, object] = EMPTY_MAPPING,
    schema: str | Path | None = None,
    rules: Mapping[str, str] = EMPTY_MAPPING,
    config: str | Path | None = None,
    within_ms: float = 5_000,
    timeout_ms: float = 30_000,
    page: PageOptions | None = None,
    headed: bool = False,
    browser: str | Path | None = None,
) -> Result:
    """Open a page in a real browser and check its tags.

    The tag has ``within_ms`` milliseconds to appear, the page ``timeout_ms`` to answer. ``page``
    holds the browser's settings: device, cookies, headers, credentials. What the page sends to
    Connectif is answered locally. A page that is not reached is a Result with a Breakdown.
    ``count``, ``expect``, ``schema``, ``rules`` and ``config`` are those of ``check_html``.
    Raises InputError, BrowserError.
    """
    arguments = Arguments()
    arguments.text("url", url)
    arguments.milliseconds("within_ms", within_ms, positive=False)
    arguments.milliseconds("timeout_ms", timeout_ms, positive=True)
    arguments.page_options("page", page)
    arguments.flag("headed", headed)
    arguments.path("browser", browser)
    check = build_check(arguments, tag, count, expect, schema=schema, rules=rules, config=config)
    address, login = split_credentials(url)
    if not is_url_target(address):
        raise InputError.single("target-unreadable", "this is not a URL", Location(address))
    options = page or PageOptions()
    if login:
        options = replace(options, logins={**options.logins, parse_origin(address): login})
    scenario = build_visit_scenario(
        address,
        address,
        TagExpectation(
            tag,
            check.expected.count,
            within_ms,
            {field: Template((value,)) for field, value in check.expected.values.items()},
        ),
        timeout=timeout_ms,
        secrets=[Secret(name, value) for name, value in options.secrets()],
    )
    report = _run_silently(
        [scenario],
        RunOptions(
            run_id=new_run_id(),
            headed=headed,
            browser=str(browser) if browser else None,
            page=options,
            contracts=check.contracts,
            limits=check.limits,
        ),
    )
    return report.results[0]


@overload
def check_page(
    page: SyncPage,
    *,
    tag: str = ...,
    count: int | None = ...,
    expect: Mapping[str, object] = ...,
    schema: str | Path | None = ...,
    rules: Mapping[str, str] = ...,
    config: str | Path | None = ...,
    within_ms: float = ...,
    secrets: Iterable[str] = ...,
) -> Result: ...
@overload
def check_page(
    page: AsyncPage,
    *,
    tag: str = ...,
    count: int | None = ...,
    expect: Mapping[str, object] = ...,
    schema: str | Path | None = ...,
    rules: Mapping[str, str] = ...,
    config: str | Path | None = ...,
    within_ms: float = ...,
    secrets: Iterable[str] = ...,
) -> Awaitable[Result]: ...
@_public
def check_page(  # noqa: PLR0913 - options, all given by name
    page: AnyPage,
    *,
    tag: str = "cn_purchase",
    count: int | None = None,
    expect: Mapping[str, object] = EMPTY_MAPPING,
    schema: str | Path | None = None,
    rules: Mapping[str, str] = EMPTY_MAPPING,
    config: str | Path | None = None,
    within_ms: float = 5_000,
    secrets: Iterable[str] = (),
) -> Result | Awaitable[Result]:
    """Check the tags of a Playwright page that your own test has navigated.

    With the async API, await it. The tag has ``within_ms`` milliseconds to appear. ``secrets``
    are texts that no finding may quote. Rules about what is sent to Connectif, and about when the
    tag appeared, are only evaluated if ``watch_page`` was called before the page was opened. A
    page that is closed or does not respond is a Result with a Breakdown. ``count``, ``expect``,
    ``schema``, ``rules`` and ``config`` are those of ``check_html``. Raises InputError, and
    TypeError for an object that is not a Playwright page.
    """
    from validator.browser.capture.caller_page import capture_open_page
    from validator.browser.network.playwright_calls import AsyncPage, run_async, run_sync
    from validator.run.scenario_run import wait_condition

    _require_page(page)
    arguments = Arguments()
    arguments.milliseconds("within_ms", within_ms, positive=False)
    hidden = arguments.texts("secrets", secrets)
    check = build_check(arguments, tag, count, expect, schema=schema, rules=rules, config=config)
    check = replace(check, redactor=Redactor(hidden))
    started = perf_counter()
    capturing = capture_open_page(
        page, wait_condition(check.contracts, tag), within_ms, without_tag=count == 0
    )
    if not isinstance(page, AsyncPage):
        return check.evaluate(run_sync(capturing), page.url, started)

    async def evaluated() -> Result:
        return check.evaluate(await run_async(capturing), page.url, started)

    return evaluated()


@overload
def watch_page(page: SyncPage, *, connectif: TrafficPolicy = ...) -> None: ...
@overload
def watch_page(page: AsyncPage, *, connectif: TrafficPolicy = ...) -> Awaitable[None]: ...
@_public
def watch_page(page: AnyPage, *, connectif: TrafficPolicy = "block") -> Awaitable[None] | None:
    """Watch a Playwright page, and all others of its context; call it before the first ``goto``.

    ``connectif`` is what happens to the data the page sends to Connectif: "block" answers it
    locally, so that no test order reaches a Connectif account, and ``check_page`` checks it;
    "observe" lets it through and checks it; "allow" lets it through unchecked. With the async API,
    await it. A second call has no effect. Raises InputError for another ``connectif``, and
    TypeError for an object that is not a Playwright page.
    """
    from validator.browser.capture.caller_page import watch_context
    from validator.browser.network.playwright_calls import AsyncPage, run_async, run_sync

    _require_page(page)
    arguments = Arguments()
    arguments.choice("connectif", connectif, get_args(ConnectifPolicy))
    arguments.raise_faults()
    watching = watch_context(page, connectif, documented_tags())
    return run_async(watching) if isinstance(page, AsyncPage) else run_sync(watching)


@_public
def run_scenarios(  # noqa: PLR0913 - options, all given by name
    *paths: str | Path,
    base_url: str | None = None,
    env: str | None = None,
    variables: Mapping[str, str] = EMPTY_MAPPING,
    secrets_file: str | Path | None = None,
    device: str | None = None,
    locale: str | None = None,
    hosts: Mapping[str, str] = EMPTY_MAPPING,
    seed: int | None = None,
    insecure: bool | None = None,
    keywords: str | Iterable[str] = (),
    labels: str | Iterable[str] = (),
    label_sets: str | Iterable[str] = (),
    environ: Mapping[str, str] | None = None,
    rules: Mapping[str, str] = EMPTY_MAPPING,
    config: str | Path | None = None,
    output: str | Path | None = None,
    workers: int | None = None,
    retries: int = 0,
    max_orders: int | None = None,
    force_live: bool = False,
    headed: bool = False,
    browser: str | Path | None = None,
) -> Report:
    """Run scenario files, or folders of them, in a real browser, as ``cn-validator run`` does.

    Settings are resolved as for the command: ``base_url``, ``env``, ``variables``,
    ``secrets_file``, ``device``, ``locale``, ``hosts``, ``seed`` and ``insecure``, which accepts
    TLS certificates that are not trusted, win over the variables
    CN_VALIDATOR_… of ``environ``, and these over ``config``, the configuration file, by default the
    nearest ``cn-validator.yaml``. ``environ`` holds also what scenarios read as ``${env.…}`` and as
    secrets; by default it is the process's environment. ``keywords``, ``labels`` and ``label_sets``
    select scenarios, as ``-k``, ``--label`` and ``--label-set`` do; a lone text is one of them.
    ``output`` is the folder in which the run makes one for its results and evidence; without it,
    CN_VALIDATOR_OUTPUT and ``output`` of the configuration name it, and else no files are written.
    ``retries`` is how often a broken scenario is run again, unless it had begun to place the order;
    one that then passes is ``Verdict.FLAKY``. ``max_orders`` is the largest number of orders;
    ``force_live`` allows live payment pages and cards that may be real. Raises InputError with
    everything that is wrong, before a browser starts, and BrowserError.
    """
    arguments = Arguments()
    for number, path in enumerate(paths, 1):
        arguments.path(f"path {number}", path, optional=False)
    arguments.whole_number("workers", workers, least=1, most=MAX_WORKERS)
    arguments.whole_number("retries", retries, most=MAX_RETRIES)
    arguments.whole_number("max_orders", max_orders)
    arguments.flag("force_live", force_live)
    arguments.flag("headed", headed)
    arguments.path("browser", browser)
    environ = os.environ if environ is None else environ
    arguments.texts_by_name("environ", environ)
    chosen = [
        arguments.texts(name, value)
        for name, value in (("keywords", keywords), ("labels", labels), ("label_sets", label_sets))
    ]
    policy = build_policy(arguments, None, rules, config)
    settings = read_settings(
        {
            "base_url": base_url,
            "env": env,
            "variables": variables,
            "secrets_file": secrets_file,
            "device": device,
            "locale": locale,
            "hosts": hosts,
            "seed": seed,
            "insecure": insecure,
            "workers": workers,
            "output_folder": output,
        },
        environ,
        lambda name: "output=" if name == "output_folder" else f"{name}=",
    )
    given, run_id = settings.given(policy.config), new_run_id()
    found = load_scenarios(
        [Path(path) for path in paths], environ=environ, run_id=run_id, given=given
    )
    if not found:
        raise InputError.single("no-scenarios", "no scenario was named", Location("run_scenarios"))
    in_sets = (label for name in chosen[2] for label in policy.config.labels(name))
    selected = select_scenarios(found, chosen[0], (*chosen[1], *in_sets))
    scenarios = policy.apply(selected)
    folder = settings.find_output_folder(policy.config)
    report = _run_silently(
        scenarios,
        RunOptions(
            run_id=run_id,
            output=folder / run_id if folder else None,
            workers=settings.find_workers(policy.config),
            retries=retries,
            headed=headed,
            browser=str(browser) if browser else None,
            hosts=given.hosts,
            only_allowed=given.only_allowed,
            max_orders=max_orders,
            force_live=force_live,
            limits=policy.config.limits,
        ),
    )
    notes = disabled_rule_notes(scenario.rules for scenario in scenarios)
    return replace(report, notes=(*report.notes, *notes))


@_public
def explain(result: Result) -> str:
    """Return a result as the terminal report shows it: plain text, safe to print.

    Raises InputError for what is not a Result.
    """
    arguments = Arguments()
    arguments.require("result", result, "a Result", when=isinstance(result, Result))
    arguments.raise_faults()
    return format_result(result, width=100)


@_public
def save_report(report: Report, path: str | Path, kind: str | None = None) -> Path:
    """Write a report to a file, and return its path.

    Beside a file that another program has open, which Windows does not let replace, it is written
    under another name, which is the path returned.

    ``kind`` is a format of ``--report``, such as "html" or "junit"; by default it follows from the
    end of the file's name: .html, .json, .xml (JUnit), .sarif, .md, .csv, .tap. Raises InputError.
    """
    from validator.report import FORMATS, render_report

    arguments = Arguments()
    arguments.path("path", path, optional=False)
    arguments.require("report", report, "a Report", when=isinstance(report, Report))
    arguments.raise_faults()
    file = Path(path)
    kept = [file]
    chosen = kind or REPORT_KINDS.get(file.suffix.lower(), "")
    arguments.choice("kind", chosen, [name for name in FORMATS if name != "terminal"])
    arguments.raise_faults()
    try:
        text = render_report(chosen, report, file.parent)
        write_atomically(file, text, on_locked=kept.append)
    except OSError as error:
        message = f"the report cannot be written: {error.strerror}"
        raise InputError.single("report-not-writable", message, Location(str(file))) from error
    return kept[-1]


def _require_page(page: object) -> None:
    from validator.browser.network.playwright_calls import AsyncPage, SyncPage

    if not isinstance(page, AsyncPage | SyncPage):
        raise TypeError(f"expected a Playwright page, not {type(page).__name__}")


def _run_silently(scenarios: Iterable[Scenario], options: RunOptions) -> Report:
    from validator.run.runner import run_scenarios as run

    sequence = tuple(scenarios)
    return run_outside_event_loop(lambda: run(sequence, options, SilentProgress()))


def run_outside_event_loop(work: Callable[[], T]) -> T:
    """Call a function that starts its own event loop, also while one is running.

    A loop runs in a notebook, in an async test, and while Playwright's sync API is in use.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as thread:
        return wait_interruptibly(thread.submit(work))
