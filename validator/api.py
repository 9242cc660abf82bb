"""The Python API: ``from validator import check_html, check_url, check_page, run_scenarios``.

Every function returns what was found and never raises for it; ``Result.verdict`` and
``Result.findings`` say what it came to, ``explain`` says it in words. InputError is raised for
what the caller has written wrongly, BrowserError where no browser could be started.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar, overload

from validator.cli.parameters import default_workers, new_run_id
from validator.cli.progress import SilentProgress
from validator.cli.run import select_scenarios
from validator.cli.standards import CheckPolicy, disabled_rule_notes
from validator.cli.targets import is_url_target
from validator.contract.contracts import documented_tags
from validator.core.document import Document, Location
from validator.core.errors import InputError
from validator.core.page_options import PageOptions
from validator.core.result import Report, Result
from validator.core.urls import parse_origin, split_credentials
from validator.html.encoding import decode_html
from validator.page.static_capture import capture_html
from validator.report.terminal import format_result
from validator.run.options import RunOptions
from validator.run.page_check import (
    EMPTY_MAPPING,
    PageCheck,
    build_contracts,
    load_nearest_config,
    parse_rule_overrides,
)
from validator.scenario.load import load_scenarios
from validator.scenario.model.actions import Goto, Step
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Secret, Template

if TYPE_CHECKING:
    from validator.browser.capture.caller_page import AnyPage, AsyncPage, SyncPage
    from validator.browser.network.traffic import TrafficPolicy

T = TypeVar("T")


def check_html(  # noqa: PLR0913 - options, all given by name
    html: str | bytes,
    *,
    name: str = "<html>",
    tag: str = "cn_purchase",
    count: int | None = None,
    expect: Mapping[str, object] = EMPTY_MAPPING,
    schema: str | Path | None = None,
    rules: Mapping[str, str] = EMPTY_MAPPING,
) -> Result:
    """Judge the tags in a page's HTML as the server sends it: no browser, no network.

    ``count`` is how many of the tag there must be, 0 for none; by default one ``cn_purchase``, and
    of others one or more. ``expect`` maps fields to the values they must have, such as
    ``{"total_price": "180.75"}``.
    ``schema`` is a contract of your own for the tag, ``rules`` grades rules by their id: "off",
    "error", "warning" or "info". ``name`` stands for the page in places. Bytes are decoded as a
    browser would. Raises InputError.
    """
    held = PageCheck.of(tag, count, expect, build_contracts(tag, schema, rules))
    text = html if isinstance(html, str) else decode_html(html)
    clock = perf_counter()
    seen = capture_html(text, name, held.contracts.names(tag))
    return held.judge(seen, name, clock)


def check_url(  # noqa: PLR0913 - options, all given by name
    url: str,
    *,
    tag: str = "cn_purchase",
    count: int | None = None,
    expect: Mapping[str, object] = EMPTY_MAPPING,
    schema: str | Path | None = None,
    rules: Mapping[str, str] = EMPTY_MAPPING,
    within_ms: float = 5_000,
    timeout_ms: float = 30_000,
    page: PageOptions | None = None,
    headed: bool = False,
    browser: str | None = None,
) -> Result:
    """Open a page in a real browser and judge its tags.

    The tag has ``within_ms`` milliseconds to appear, the page ``timeout_ms`` to answer.
    ``page`` says how the browser presents itself: device, cookies, headers, credentials.
    What the page sends to Connectif is answered here. A page that is not reached is a Result with
    a Breakdown. ``count``, ``expect``, ``schema`` and ``rules`` as in ``check_html``.
    Raises InputError, BrowserError.
    """
    address, login = split_credentials(url)
    if not is_url_target(address):
        raise InputError.single("target-unreadable", "this is no URL", Location(address))
    held = PageCheck.of(tag, count, expect, build_contracts(tag, schema, rules))
    options = page or PageOptions()
    if login:
        options = replace(options, logins={**options.logins, parse_origin(address): login})
    place = Location(address)
    scenario = Scenario(
        name=address,
        document=Document(address, None),
        location=place,
        steps=(Step(Goto(Template((address,))), place, f"goto {address}"),),
        expect=TagExpectation(
            tag,
            held.expected.count,
            within_ms,
            {field: Template((value,)) for field, value in held.expected.values.items()},
        ),
        base_url=address,
        timeout=timeout_ms,
        secrets=tuple(Secret(name, value) for name, value in options.secrets()),
    )
    report = _run_silently(
        [scenario],
        RunOptions(
            run_id=new_run_id(),
            headed=headed,
            browser=browser,
            page=options,
            contracts=held.contracts,
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
    within_ms: float = ...,
    secrets: Iterable[str] = ...,
) -> Awaitable[Result]: ...
def check_page(  # noqa: PLR0913 - options, all given by name
    page: AnyPage,
    *,
    tag: str = "cn_purchase",
    count: int | None = None,
    expect: Mapping[str, object] = EMPTY_MAPPING,
    schema: str | Path | None = None,
    rules: Mapping[str, str] = EMPTY_MAPPING,
    within_ms: float = 5_000,
    secrets: Iterable[str] = (),
) -> Result | Awaitable[Result]:
    """Judge the tags of a Playwright page that your own test has brought to where they are due.

    With the async API, await it. The tag has ``within_ms`` milliseconds to appear. ``secrets``
    are texts that no finding may quote. Unless ``watch_page`` was called before the page was
    opened, rules on what is sent to Connectif, and on when the tag came, are not evaluated. A
    page that was closed or does not respond is a Result with a Breakdown. ``expect``, ``schema``
    and ``rules`` as in ``check_html``. Raises InputError, and TypeError for what is no page.
    """
    from validator.browser.capture.caller_page import (
        AsyncPage,
        capture_open_page,
        run_async,
        run_sync,
    )
    from validator.run.scenario_run import wait_condition

    _require_page(page)
    held = PageCheck.of(tag, count, expect, build_contracts(tag, schema, rules), secrets)
    clock = perf_counter()
    asking = capture_open_page(
        page, wait_condition(held.contracts, tag), within_ms, without_tag=count == 0
    )
    if not isinstance(page, AsyncPage):
        return held.judge(run_sync(asking), page.url, clock)

    async def judged() -> Result:
        return held.judge(await run_async(asking), page.url, clock)

    return judged()


@overload
def watch_page(page: SyncPage, *, connectif: TrafficPolicy = ...) -> None: ...
@overload
def watch_page(page: AsyncPage, *, connectif: TrafficPolicy = ...) -> Awaitable[None]: ...
def watch_page(page: AnyPage, *, connectif: TrafficPolicy = "block") -> Awaitable[None] | None:
    """Watch a Playwright page, and all others of its context, before the first ``goto``.

    With ``connectif="block"`` what the page sends is answered here, so that a test order never
    reaches a Connectif account, and ``check_page`` judges it; with "observe" it is sent on and
    judged, with "allow" it is sent on unseen. With the async API, await it. Calling it again
    changes nothing. Raises TypeError for what is no page.
    """
    from validator.browser.capture.caller_page import AsyncPage, run_async, run_sync, watch_context

    _require_page(page)
    asking = watch_context(page, connectif, documented_tags())
    return run_async(asking) if isinstance(page, AsyncPage) else run_sync(asking)


def run_scenarios(  # noqa: PLR0913 - options, all given by name
    *paths: str | Path,
    base_url: str | None = None,
    keywords: Iterable[str] = (),
    labels: Iterable[str] = (),
    environ: Mapping[str, str] | None = None,
    rules: Mapping[str, str] = EMPTY_MAPPING,
    config: str | Path | None = None,
    output: str | Path | None = None,
    workers: int | None = None,
    retries: int = 0,
    headed: bool = False,
    browser: str | None = None,
) -> Report:
    """Run scenario files, or folders of them, in a real browser, as ``cn-validator run`` does.

    ``environ`` is what scenarios read as ``${env.…}`` and secrets, the process's own by default;
    ``keywords`` and ``labels`` choose among the scenarios, as ``-k`` and ``--label`` do.
    ``config`` is the configuration file; without it, the nearest ``cn-validator.yaml``.
    ``output`` is the folder in which the run makes one for its results and evidence; without
    one, nothing is kept. ``retries`` is how often a scenario that broke is played again, unless it
    had begun to place the order; one that passes then is ``Verdict.FLAKY``. Raises InputError with
    everything that is wrong, before a browser starts, and BrowserError.
    """
    run_id = new_run_id()
    found = load_scenarios(
        [Path(path) for path in paths],
        environ=os.environ if environ is None else environ,
        run_id=run_id,
        base_url=base_url,
    )
    if not found:
        raise InputError.single("no-scenarios", "no scenario was named", Location("run_scenarios"))
    chosen = select_scenarios(found, tuple(keywords), tuple(labels))
    scenarios = CheckPolicy(load_nearest_config(config), parse_rule_overrides(rules), None).hold(
        chosen
    )
    report = _run_silently(
        scenarios,
        RunOptions(
            run_id=run_id,
            output=Path(output) / run_id if output else None,
            workers=workers or default_workers(),
            retries=retries,
            headed=headed,
            browser=browser,
        ),
    )
    notes = disabled_rule_notes(scenario.rules for scenario in scenarios)
    return replace(report, notes=(*report.notes, *notes))


def explain(result: Result) -> str:
    """Say what a result came to, as the terminal report does: plain text, safe to print."""
    return format_result(result, width=100)


def _require_page(page: object) -> None:
    from validator.browser.capture.caller_page import AsyncPage, SyncPage

    if not isinstance(page, AsyncPage | SyncPage):
        raise TypeError(f"expected a Page of Playwright, not {type(page).__name__}")


def _run_silently(scenarios: Iterable[Scenario], options: RunOptions) -> Report:
    from validator.run.runner import run_scenarios as run

    chosen = tuple(scenarios)
    return run_outside_event_loop(lambda: run(chosen, options, SilentProgress()))


def run_outside_event_loop(work: Callable[[], T]) -> T:
    """Call what starts an event loop of its own, also where one runs already.

    One does in a notebook, in an async test, and while Playwright's sync API is in use.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
