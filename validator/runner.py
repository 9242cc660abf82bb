"""Many scenarios at once: one browser, a bounded pool of contexts, results kept as they finish."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from validator.browser.capture import Awaited
from validator.browser.session import Session, device_settings, open_session
from validator.browser.visit import visit
from validator.capture import Breakdown, Capture, CapturedTag, Reason, TagStop
from validator.check import Expected, broken, check, judge_stop
from validator.contracts import Contracts
from validator.document import Location
from validator.errors import BrowserError, InputError
from validator.ledger import Ledger, earlier_orders
from validator.options import RunOptions
from validator.reader import read
from validator.redaction import Redactor
from validator.report.json import result_line
from validator.result import Report, Result, Verdict, versions
from validator.scenario.model import Scenario, UnsavedVariable
from validator.tag import read_tag


class Progress(Protocol):
    """Told of what happens while it happens."""

    def started(self, name: str) -> None: ...
    def step(self, name: str, title: str) -> None: ...
    def finished(self, result: Result) -> None: ...


@dataclass(slots=True)
class _Run:
    options: RunOptions
    progress: Progress
    ledger: Ledger
    results: dict[int, Result] = field(default_factory=dict)
    stopped: bool = False


def run_scenarios(scenarios: Sequence[Scenario], options: RunOptions, progress: Progress) -> Report:
    """Run scenarios in a real browser and judge what was seen.

    The report keeps the order of its input. Ctrl-C and SIGTERM end the run early with what is
    there; so does ``fail_fast``. Raises BrowserError, or InputError for an unknown device.
    """
    return asyncio.run(_run_all(scenarios, options, progress))


async def _run_all(
    scenarios: Sequence[Scenario], options: RunOptions, progress: Progress
) -> Report:
    started, clock = datetime.now(UTC), time.perf_counter()
    run = _Run(options, progress, _ledger(options))
    for scenario in scenarios:
        _contracts(scenario, options).fields(scenario.expect.tag)
    _make_output(options.output)
    async with open_session(options.browser, headed=options.headed) as session:
        device_settings(session.playwright, options.page.device)
        for scenario in scenarios:
            place = scenario.document.locate("/device")
            device_settings(session.playwright, scenario.device, place)
        interrupted = await _in_parallel(session, scenarios, run)
    missing = len(scenarios) - len(run.results)
    notes = session.notes
    if missing and not interrupted:
        notes += (f"{missing} not run: stopped at the first that did not pass (--fail-fast)",)
    return Report(
        results=tuple(run.results[index] for index in sorted(run.results)),
        run_id=options.run_id,
        started=started.isoformat(timespec="seconds"),
        duration_ms=round((time.perf_counter() - clock) * 1000, 1),
        versions=versions(browser=session.version),
        notes=notes,
        interrupted=interrupted,
    )


async def _in_parallel(session: Session, scenarios: Sequence[Scenario], run: _Run) -> bool:
    """Run all, ``workers`` at a time. Tells whether the user interrupted it."""
    places = asyncio.Semaphore(run.options.workers)

    async def one(index: int, scenario: Scenario) -> None:
        async with places:
            if not run.stopped:
                await _run_one(session, index, scenario, run)

    tasks = [asyncio.create_task(one(index, s)) for index, s in enumerate(scenarios)]
    everything = asyncio.gather(*tasks)
    with _cancelled_by_signals(everything) as signalled:
        try:
            await everything
        except asyncio.CancelledError:
            if not signalled.is_set():
                raise
            await asyncio.gather(*tasks, return_exceptions=True)
    return signalled.is_set()


@contextmanager
def _cancelled_by_signals(work: asyncio.Future[list[None]]) -> Iterator[asyncio.Event]:
    """Let Ctrl-C and SIGTERM end the work, so that reports are still written."""
    loop, signalled = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        signalled.set()
        # A terminal's Ctrl-C ends Playwright's driver too: what then fails is no news.
        loop.set_exception_handler(lambda _loop, _context: None)
        work.cancel()

    watched: list[signal.Signals] = []
    # On Windows, or outside the main thread, Ctrl-C ends the run the hard way.
    with suppress(NotImplementedError, ValueError, RuntimeError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
            watched.append(number)
    try:
        yield signalled
    finally:
        for number in watched:
            loop.remove_signal_handler(number)


async def _run_one(session: Session, index: int, scenario: Scenario, run: _Run) -> None:
    run.progress.started(scenario.name)
    clock = time.perf_counter()
    try:
        result = await _seen_and_judged(
            session, scenario, _folder(run.options, index, scenario), run
        )
    except BrowserError as error:
        # The browser went away: that says nothing of the shop, nor of the other scenarios.
        outcome = Breakdown(Reason.BROWSER, str(error), hint=error.hint)
        result = _judge(scenario, outcome, run)
    took = round((time.perf_counter() - clock) * 1000, 1)
    redactor = Redactor(secret.value for secret in scenario.secrets)
    result = redactor.apply(replace(result, duration_ms=took))
    run.results[index] = result
    if run.options.fail_fast and result.verdict is not Verdict.PASSED:
        run.stopped = True
    if run.options.output:
        with (run.options.output / "results.ndjson").open("a", encoding="utf-8") as stream:
            stream.write(result_line(result))
        if scenario.places_order and run.options.is_lasting:
            run.ledger.write(result, run.options.output)
    run.progress.finished(result)


async def _seen_and_judged(
    session: Session, scenario: Scenario, folder: Path | None, run: _Run
) -> Result:
    def on_step(title: str) -> None:
        run.progress.step(scenario.name, title)

    options = run.options
    awaited = _awaited(_contracts(scenario, options), scenario.expect.tag)
    async with visit(
        session, scenario, options.page, awaited=awaited, folder=folder, on_step=on_step
    ) as seen:
        if scenario.verify:
            on_step("verify")
        verified = await _verified(scenario, seen.outcome, options)
        is_asked = isinstance(verified, Capture) or isinstance(seen.outcome, Breakdown)
        result = _judge(scenario, verified if is_asked else seen.outcome, run)
        if not is_asked:
            # What was seen of the tag is told, though nobody could say whether it arrived.
            result = replace(result, outcome=verified)
        if result.verdict is not Verdict.PASSED:
            evidence = (await seen.with_evidence()).evidence
            result = replace(result, outcome=replace(result.outcome, evidence=evidence))
    return result


async def _verified(
    scenario: Scenario, outcome: Capture | Breakdown, options: RunOptions
) -> Capture | Breakdown:
    if scenario.verify is None or isinstance(outcome, Breakdown) or not outcome.reached:
        return outcome
    # Imported here: only who verifies pays for httpx.
    from validator.verification import with_recorded

    return await with_recorded(outcome, scenario.verify, _contracts(scenario, options))


def _awaited(contracts: Contracts, name: str) -> Awaited:
    tag = contracts.fields(name)

    def is_recorded(found: CapturedTag) -> bool:
        # Other tags go out with whatever is sent next: no event tells that they did.
        return (
            tag.name == "cn_purchase"
            and read(tag, *read_tag(found, tag, rendered=True)).event is not None
        )

    def is_met(stop: TagStop) -> bool:
        return not judge_stop(stop, contracts).is_wrong

    needed = [field.name for field in tag.fields.values() if field.drop]
    return Awaited(
        contracts.names(name), needed, is_recorded, demanded=contracts.demanded, is_met=is_met
    )


def _folder(options: RunOptions, index: int, scenario: Scenario) -> Path | None:
    """Name the folder of a scenario's evidence after its file: short, stable, safe."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(scenario.location.source).stem.lower()).strip("-")
    return options.output / f"{index + 1:02d}-{stem[:40]}" if options.output else None


def _make_output(folder: Path | None) -> None:
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError.single(
            "output-not-writable",
            f"the folder for results cannot be made: {error.strerror}",
            Location(str(folder)),
            hint="name a folder you may write to with --output",
        ) from error


def _ledger(options: RunOptions) -> Ledger:
    if options.output is None or not options.is_lasting:
        return Ledger(options.run_id)
    return Ledger(options.run_id, earlier_orders(options.output.parent))


def _contracts(scenario: Scenario, options: RunOptions) -> Contracts:
    return options.contracts.then(scenario.schemas, scenario.rules)


def _judge(scenario: Scenario, outcome: Capture | Breakdown, run: _Run) -> Result:
    place = scenario.location if scenario.document.text else None
    if isinstance(outcome, Breakdown):
        contracts = _contracts(scenario, run.options)
        return broken(scenario.name, outcome, contracts, place, scenario.labels)
    try:
        used_ids = run.ledger.used_ids(outcome.url) if scenario.places_order else {}
        expected = replace(Expected.of(scenario.expect, outcome.saved), used_ids=used_ids)
    except UnsavedVariable as error:
        unsaved = Breakdown(Reason.STEP_FAILED, f"expect: {error}", scenario.location, outcome.url)
        return _judge(scenario, replace(unsaved, stops=outcome.stops), run)
    result = check(
        outcome,
        subject=scenario.name,
        contracts=_contracts(scenario, run.options),
        expected=expected,
        location=place,
        labels=scenario.labels,
    )
    if scenario.places_order:
        run.ledger.add(result)
    return result
