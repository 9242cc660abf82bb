"""The Python API: ``from validator import check_html, check_url, check_page, run_scenarios``.

Every function returns its findings and never raises for them, nor for bugs of its own in one page
or scenario, which are ``Reason.INTERNAL``: see ``Result.verdict`` and
``Result.findings``; ``explain`` returns them as text. InputError is raised for wrong arguments and
files, BrowserError if no browser could be started.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from validator.contract.contracts import Contracts, default_tag_count, documented_tags
from validator.core.capture import Breakdown, Capture, Reason
from validator.core.crashes import internal_errors
from validator.core.document import Location
from validator.core.errors import InputError, InternalError
from validator.core.page_options import PageOptions
from validator.core.redaction import Redactor
from validator.core.result import Report, Result
from validator.core.urls import parse_origin, split_credentials
from validator.html.encoding import decode_html
from validator.page.static_capture import capture_html
from validator.report.terminal import format_result
from validator.rules.evaluate import ExpectedTag, build_broken_result, evaluate_capture
from validator.run.config import Config, load_nearest_config
from validator.run.defaults import default_workers, new_run_id
from validator.run.options import RunOptions
from validator.run.policy import CheckPolicy, build_rule_overrides, disabled_rule_notes
from validator.run.progress import SilentProgress
from validator.run.select import select_scenarios
from validator.run.targets import build_visit_scenario, is_url_target
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import Secret, Template

if TYPE_CHECKING:
    from validator.browser.capture.caller_page import AnyPage, AsyncPage, SyncPage
    from validator.browser.network.traffic import TrafficPolicy

T = TypeVar("T")
EMPTY_MAPPING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PageCheck:
    """What one page is checked against, and the redactor of the secrets it must not show."""

    contracts: Contracts
    expected: ExpectedTag
    redactor: Redactor

    @classmethod
    def build(
        cls,
        tag: str,
        count: int | None,
        expect: Mapping[str, object],
        *,
        policy: CheckPolicy,
        secrets: Iterable[str] = (),
    ) -> PageCheck:
        """Return the check of a tag. ``count`` None is the default count of the tag.

        ``expect`` maps fields to values. Raises InputError for a contract that cannot be used and
        for a field that the tag does not have.
        """
        contracts = policy.contracts(tag)
        known = contracts.fields(tag).fields
        if unknown := [field for field in expect if field not in known]:
            raise InputError.single(
                "unknown-field",
                f"{tag} has no field {', '.join(unknown)}",
                Location("expect"),
                hint=f"it is one of {', '.join(known)}",
            )
        values = {field: str(value) for field, value in expect.items()}
        number = default_tag_count(tag) if count is None else count
        return cls(contracts, ExpectedTag(tag, number, values), Redactor(secrets))

    def evaluate(self, outcome: Capture | Breakdown, subject: str, started: float) -> Result:
        """Return the result of a page; ``started`` is the ``perf_counter`` of its beginning."""
        try:
            with internal_errors(f"page: {subject}"):
                result = self.redactor.apply(self._evaluate(outcome, subject))
        except InternalError as error:
            breakdown = Breakdown(Reason.INTERNAL, str(error), url=outcome.url, hint=error.hint)
            result = Result(subject, breakdown)
        return replace(result, duration_ms=round((perf_counter() - started) * 1000, 1))

    def _evaluate(self, outcome: Capture | Breakdown, subject: str) -> Result:
        if isinstance(outcome, Breakdown):
            return build_broken_result(subject, outcome, self.contracts)
        return evaluate_capture(
            outcome, subject=subject, contracts=self.contracts, expected=self.expected
        )


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
    """Check the tags in a page's HTML as the server sends it, without browser and network.

    ``count`` is the expected number of tags, 0 for none; the default is one ``cn_purchase``, and
    one or more of any other tag. ``expect`` maps fields to expected values, such as
    ``{"total_price": "180.75"}``. ``schema`` is the file of your own contract for the tag.
    ``rules`` sets the severity of rules by their id: "off", "error", "warning" or "info". ``name``
    names the page in locations. Bytes are decoded as a browser would. Raises InputError.
    """
    check = PageCheck.build(tag, count, expect, policy=_build_policy(schema, rules))
    text = html if isinstance(html, str) else decode_html(html)
    started = perf_counter()
    capture = capture_html(text, name, check.contracts.names(tag))
    return check.evaluate(capture, name, started)


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
    """Open a page in a real browser and check its tags.

    The tag has ``within_ms`` milliseconds to appear, the page ``timeout_ms`` to answer. ``page``
    holds the browser's settings: device, cookies, headers, credentials. What the page sends to
    Connectif is answered locally. A page that is not reached is a Result with a Breakdown.
    ``count``, ``expect``, ``schema`` and ``rules`` are those of ``check_html``.
    Raises InputError, BrowserError.
    """
    address, login = split_credentials(url)
    if not is_url_target(address):
        raise InputError.single("target-unreadable", "this is not a URL", Location(address))
    check = PageCheck.build(tag, count, expect, policy=_build_policy(schema, rules))
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
            browser=browser,
            page=options,
            contracts=check.contracts,
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
    """Check the tags of a Playwright page that your own test has navigated.

    With the async API, await it. The tag has ``within_ms`` milliseconds to appear. ``secrets``
    are texts that no finding may quote. Rules about what is sent to Connectif, and about when the
    tag appeared, are only evaluated if ``watch_page`` was called before the page was opened. A
    page that is closed or does not respond is a Result with a Breakdown. ``count``, ``expect``,
    ``schema`` and ``rules`` are those of ``check_html``. Raises InputError, and TypeError for an
    object that is not a Playwright page.
    """
    from validator.browser.capture.caller_page import (
        AsyncPage,
        capture_open_page,
        run_async,
        run_sync,
    )
    from validator.run.scenario_run import wait_condition

    _require_page(page)
    check = PageCheck.build(
        tag, count, expect, policy=_build_policy(schema, rules), secrets=secrets
    )
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
def watch_page(page: AnyPage, *, connectif: TrafficPolicy = "block") -> Awaitable[None] | None:
    """Watch a Playwright page, and all others of its context; call it before the first ``goto``.

    ``connectif`` is what happens to the data the page sends to Connectif: "block" answers it
    locally, so that no test order reaches a Connectif account, and ``check_page`` checks it;
    "observe" lets it through and checks it; "allow" lets it through unchecked. With the async API,
    await it. A second call has no effect. Raises TypeError for an object that is not a Playwright
    page.
    """
    from validator.browser.capture.caller_page import AsyncPage, run_async, run_sync, watch_context

    _require_page(page)
    watching = watch_context(page, connectif, documented_tags())
    return run_async(watching) if isinstance(page, AsyncPage) else run_sync(watching)


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

    ``environ`` holds what scenarios read as ``${env.…}`` and as secrets; by default the process's
    environment. ``keywords`` and ``labels`` select scenarios, as ``-k`` and ``--label`` do.
    ``config`` is the configuration file, by default the nearest ``cn-validator.yaml``. ``output``
    is the folder in which the run makes one for its results and evidence; None writes no files.
    ``retries`` is how often a broken scenario is run again, unless it had begun to place the order;
    one that then passes is ``Verdict.FLAKY``. Raises InputError with everything that is wrong,
    before a browser starts, and BrowserError.
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
    selected = select_scenarios(found, tuple(keywords), tuple(labels))
    policy = CheckPolicy(load_nearest_config(config), build_rule_overrides(rules))
    scenarios = policy.apply(selected)
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
    """Return a result as the terminal report shows it: plain text, safe to print."""
    return format_result(result, width=100)


def _build_policy(schema: str | Path | None, rules: Mapping[str, str]) -> CheckPolicy:
    return CheckPolicy(Config(), build_rule_overrides(rules), str(schema) if schema else None)


def _require_page(page: object) -> None:
    from validator.browser.capture.caller_page import AsyncPage, SyncPage

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
        return thread.submit(work).result()
