"""Runs many scenarios in one browser, some at a time, and writes each result as it finishes."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from validator.browser.chromium.session import Session, device_settings, open_session
from validator.browser.journey import JourneyError
from validator.core.capture import Breakdown, Reason
from validator.core.crashes import internal_errors
from validator.core.document import Location
from validator.core.errors import BrowserError, InputError, InternalError
from validator.core.exit_code import ExitCode
from validator.core.page_options import CERTIFICATES_NOT_CHECKED
from validator.core.redaction import Redactor
from validator.core.result import Report, Result, Verdict, collect_versions
from validator.core.result_json import result_line
from validator.core.stop_signals import cancelled_by_signals
from validator.core.urls import parse_origin
from validator.report.json_reader import RESULTS_FILE
from validator.run.options import RunOptions
from validator.run.order_ledger import OrderLedger, load_earlier_orders
from validator.run.progress import Progress
from validator.run.replaceable_browser import OpenBrowser, ReplaceableBrowser
from validator.run.resume import (
    build_interrupted_breakdown,
    held_folder,
    restore_results,
    write_run_state,
)
from validator.run.retries import attempt_folder, with_retries
from validator.run.scenario_run import (
    RunState,
    broken_result,
    evaluate,
    run_scenario_once,
    save_orders,
    scenario_contracts,
)
from validator.run.select import format_replay_command
from validator.scenario.model.scenario import Scenario
from validator.scenario.safety.allowed_hosts import require_allowed_hosts
from validator.scenario.safety.order_checks import reject_unsafe
from validator.scenario.safety.scenario_order import find_prerequisites
from validator.scenario.settings.storage_states import describe_unusable_state, read_state_secrets


def run_scenarios(scenarios: Sequence[Scenario], options: RunOptions, progress: Progress) -> Report:
    """Run scenarios in a real browser and return their report, in the order of the scenarios.

    Ctrl-C, SIGTERM and ``fail_fast`` end the run early with the results so far. Raises
    BrowserError, and InputError for an unsafe scenario, a contract that cannot be used or an
    unknown device.
    """
    return asyncio.run(run_scenarios_async(scenarios, options, progress))


async def run_scenarios_async(
    scenarios: Sequence[Scenario],
    options: RunOptions,
    progress: Progress,
    open_browser: OpenBrowser = open_session,
) -> Report:
    """Do what ``run_scenarios`` does, in the event loop that runs.

    ``open_browser`` is called as ``open_session`` is, and may share a browser between runs.
    """
    started, began = datetime.now(UTC), time.perf_counter()
    reject_unsafe(scenarios, max_orders=options.max_orders, force_live=options.force_live)
    run = open_run(options, progress)
    for scenario in scenarios:
        if options.only_allowed:
            require_allowed_hosts(scenario)
        scenario_contracts(scenario, options).fields(scenario.expect.tag)
    _make_output_folder(options.output)
    with held_folder(options):
        if options.resumes:
            _restore(scenarios, run)
        write_run_state(options, scenarios, ended=False)
        browser_version, interrupted = None, False
        # A resumed run may have nothing left to run, and needs no browser then.
        if len(run.results) < len(scenarios) and options.processes > 1:
            browser_version, interrupted = await _run_in_processes(scenarios, run)
        elif len(run.results) < len(scenarios):
            async with open_browser_of_run(options, open_browser) as browser:
                session = await browser.session()
                require_devices(session, scenarios, options)
                interrupted = await _run_in_parallel(browser, scenarios, run)
                browser_version = session.version
                run.notes[:0] = session.notes
        write_run_state(options, scenarios, ended=not interrupted)
    missing = len(scenarios) - len(run.results)
    notes = tuple(run.notes)
    if missing and not interrupted:
        notes += (f"{missing} not run: {run.stopped_by}",)
    return Report(
        results=tuple(run.results[index] for index in sorted(run.results)),
        run_id=options.run_id,
        started=started.isoformat(timespec="seconds"),
        duration_ms=round((time.perf_counter() - began) * 1000, 1),
        versions=collect_versions(browser=browser_version),
        notes=notes,
        interrupted=interrupted,
        failure=ExitCode.BROKEN if run.has_lost_results or (missing and run.is_late) else None,
        context=replace(options.context, shops=tuple(_shops(scenarios))),
        orders=run.ledger.orders if options.is_persistent_shop else (),
    )


def _shops(scenarios: Sequence[Scenario]) -> dict[str, None]:
    """Return the origins of the shops, each once, in the order of the scenarios."""
    return {parse_origin(each.base_url): None for each in scenarios if each.base_url}


def open_run(options: RunOptions, progress: Progress, process: str = "") -> RunState:
    """Return the state of a run, with the orders of earlier runs.

    ``process`` names one of several processes that write to the folder of the run.
    """
    if options.output is None or not options.is_persistent_shop:
        return RunState(options, progress, OrderLedger(options.run_id))
    earlier = load_earlier_orders(options.output.parent)
    return RunState(options, progress, OrderLedger(options.run_id, earlier, process))


async def run_one(
    browser: ReplaceableBrowser, index: int, scenario: Scenario, run: RunState
) -> Result:
    """Run one scenario in a browser that others use too; ``index`` is its index in the run.

    Raises InputError and BrowserError as ``run_scenarios`` does, before the browser is used.
    """
    options = run.options
    scenario_contracts(scenario, options).fields(scenario.expect.tag)
    _make_output_folder(options.output)
    require_devices(await browser.session(), [scenario], options)
    reject_unsafe([scenario], max_orders=options.max_orders, force_live=options.force_live)
    await _run_one(browser, index, scenario, run)
    return run.results[index]


def _restore(scenarios: Sequence[Scenario], run: RunState) -> None:
    """Give a run what its folder has, and results to the orders that were interrupted."""
    interrupted = restore_results(run, scenarios)
    for index in sorted(run.results):
        run.progress.finished(run.results[index])
    for index in interrupted:
        breakdown = build_interrupted_breakdown(scenarios[index])
        _keep_broken(index, scenarios[index], breakdown, run)


def open_browser_of_run(
    options: RunOptions, open_browser: OpenBrowser = open_session
) -> ReplaceableBrowser:
    """Return the browser of a run, which starts when it is entered."""
    return ReplaceableBrowser(
        lambda: open_browser(
            options.browser,
            headed=options.headed,
            hosts=options.hosts,
            only_allowed=options.only_allowed,
            slow_mo_ms=options.slow_mo_ms,
        )
    )


def require_devices(session: Session, scenarios: Sequence[Scenario], options: RunOptions) -> None:
    """Raise InputError for a device that the browser does not know."""
    device_settings(session.playwright, options.page.device)
    for scenario in scenarios:
        place = scenario.device_location or scenario.location
        device_settings(session.playwright, scenario.page.device, place)


async def _run_in_parallel(
    browser: ReplaceableBrowser, scenarios: Sequence[Scenario], run: RunState
) -> bool:
    """Run all scenarios, ``workers`` at a time. Returns whether the user interrupted the run."""
    slots = asyncio.Semaphore(run.options.workers)
    prerequisites, finished = find_prerequisites(scenarios), [asyncio.Event() for _ in scenarios]

    async def one(index: int, scenario: Scenario) -> None:
        if index in run.results:  # of the part of the run before it was resumed
            finished[index].set()
            return
        for other in prerequisites.get(index, ()):
            await finished[other].wait()
        async with slots:
            if not run.stopped:
                await _run_one(browser, index, scenario, run)
        finished[index].set()

    return await _until_signalled([one(index, each) for index, each in enumerate(scenarios)], run)


async def _run_in_processes(scenarios: Sequence[Scenario], run: RunState) -> tuple[str, bool]:
    """Run all scenarios in worker processes.

    Returns the version of the browser, and whether the user interrupted the run.
    """
    # Imported here: most runs have one process.
    from validator.run.pool.processes import ProcessPool

    pool = ProcessPool(
        scenarios,
        run,
        lambda index, result, line: _keep_result(index, scenarios[index], result, line, run),
        lambda index, breakdown: _keep_broken(index, scenarios[index], breakdown, run),
    )
    try:
        interrupted = await _until_signalled([pool.play()], run)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    run.notes[:0] = pool.notes
    return pool.version, interrupted


async def _until_signalled(works: Sequence[Coroutine[Any, Any, None]], run: RunState) -> bool:
    """Wait for everything. Returns whether the user interrupted it."""
    tasks = [asyncio.create_task(work) for work in works]
    everything = asyncio.gather(*tasks)
    if most := run.options.limits.run_time_ms:
        asyncio.get_running_loop().call_later(most / 1000, run.end_in_time)
    with cancelled_by_signals(everything) as signalled:
        try:
            await everything
        except asyncio.CancelledError:
            if not signalled.is_set():
                raise
            await asyncio.gather(*tasks, return_exceptions=True)
    return signalled.is_set()


async def _run_one(
    browser: ReplaceableBrowser, index: int, scenario: Scenario, run: RunState
) -> None:
    result, line = await play_scenario(browser, index, scenario, run)
    _keep_result(index, scenario, result, line, run)


async def play_scenario(
    browser: ReplaceableBrowser, index: int, scenario: Scenario, run: RunState
) -> tuple[Result, str]:
    """Run a scenario. Returns its result, and the line for the results of the run.

    Whatever goes wrong is a result of this scenario only.
    """
    began, place = time.perf_counter(), scenario
    try:
        with internal_errors(f"scenario: {scenario.name}", JourneyError):
            run.progress.started(scenario.name)
            scenario = _with_storage_state(scenario)
            result = await _play(browser, index, scenario, run)
    except JourneyError as broke:
        result = broken_result(place, broke.breakdown)
    except InternalError as error:
        result = broken_result(place, run.build_breakdown(index, Reason.INTERNAL, error))
    except InputError as error:
        result = broken_result(place, _describe_refused_input(index, error, run))
    duration_ms = round((time.perf_counter() - began) * 1000, 1)
    return _complete(index, scenario, replace(result, duration_ms=duration_ms), run)


def _describe_refused_input(index: int, error: InputError, run: RunState) -> Breakdown:
    """Return the breakdown of a scenario whose mistake only showed while it was played."""
    first, placed = error.findings[0], run.ledger.has_begun(index)
    message = "\n".join(finding.message for finding in error.findings)
    return Breakdown(Reason.REFUSED, message, first.location, hint=first.hint, order_placed=placed)


def _complete(index: int, scenario: Scenario, result: Result, run: RunState) -> tuple[Result, str]:
    """Complete the result of a scenario, and hide its secrets. Returns its line too."""
    redactor = Redactor(secret.value for secret in scenario.secrets)
    replay_options = run.options.replay_options
    replay = "" if replay_options is None else format_replay_command(scenario, replay_options)
    duration_ms = result.duration_ms
    result = replace(result, matrix=scenario.matrix, properties=scenario.properties, replay=replay)
    try:
        with internal_errors(f"scenario: {scenario.name}"):
            result = redactor.apply(result)
            line = result_line(result)
    except InternalError as error:
        # What cannot be redacted or written is not shown.
        breakdown = run.build_breakdown(index, Reason.INTERNAL, error)
        result = replace(broken_result(scenario, breakdown), duration_ms=duration_ms)
        line = result_line(result)
    return result, line


def _keep_broken(index: int, scenario: Scenario, breakdown: Breakdown, run: RunState) -> None:
    """Keep the result of a scenario that did not come to its end."""
    result, line = _complete(index, scenario, broken_result(scenario, breakdown), run)
    _keep_result(index, scenario, result, line, run)


async def _play(
    browser: ReplaceableBrowser, index: int, scenario: Scenario, run: RunState
) -> Result:
    folder = _evidence_folder(run.options, index, scenario)

    async def once(attempt: int) -> Result:
        try:
            session = await browser.session()
            return await run_scenario_once(
                session, index, scenario, attempt_folder(folder, attempt), run
            )
        except BrowserError as error:
            # The browser exited: this is not a finding, and the other scenarios go on.
            return evaluate(scenario, run.build_breakdown(index, Reason.BROWSER, error), run)

    return await with_retries(once, run.options.retries)


def _keep_result(index: int, scenario: Scenario, result: Result, line: str, run: RunState) -> None:
    """Keep a result in memory and, in a run with a folder, on disk; then show it."""
    run.results[index] = result
    for note in result.notes:
        run.note(note if note == CERTIFICATES_NOT_CHECKED else f"{result.subject}: {note}")
    if run.options.fail_fast and result.verdict in (Verdict.FAILED, Verdict.BROKEN):
        run.stopped = True
    if scenario.places_order:
        run.ledger.settle(index, result)
    _save_result(scenario, line, run)
    run.progress.finished(result)


def _save_result(scenario: Scenario, line: str, run: RunState) -> None:
    if run.options.output is None:
        return
    try:
        with (run.options.output / RESULTS_FILE).open("a", encoding="utf-8") as stream:
            stream.write(line)
        if scenario.places_order:
            save_orders(run)
    except OSError as error:
        # The reports may be on another disk.
        run.note_lost(run.options.output, error)


def _with_storage_state(scenario: Scenario) -> Scenario:
    """Return a scenario with the secrets of the storage state it starts with.

    Raises JourneyError for a storage state that does not exist or has expired.
    """
    state = scenario.page.storage_state
    if state is None:
        return scenario
    if wrong := describe_unusable_state(state):
        hint = "also run the scenario that saves it, by save_storage_state"
        message = f"the scenario cannot start: {wrong}"
        raise JourneyError(Breakdown(Reason.STEP_FAILED, message, scenario.location, hint=hint))
    return replace(scenario, secrets=(*scenario.secrets, *read_state_secrets(state)))


def _evidence_folder(options: RunOptions, index: int, scenario: Scenario) -> Path | None:
    """Return the folder of a scenario's evidence, named after its file, with safe characters."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(scenario.location.source).stem.lower()).strip("-")
    return options.output / f"{index + 1:02d}-{stem[:40]}" if options.output else None


def _make_output_folder(folder: Path | None) -> None:
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError.single(
            "output-not-writable",
            f"the folder for results cannot be created: {error.strerror}",
            Location(str(folder)),
            hint="name a folder you may write to with --output",
        ) from error
