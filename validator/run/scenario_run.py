"""One scenario: run in the browser, its orders counted, its capture evaluated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from validator.browser.capture.watcher import TagWait
from validator.browser.chromium.session import Session
from validator.browser.visit import OrderPolicy, visit
from validator.contract.contracts import Contracts
from validator.core.capture import Breakdown, Capture, CapturedTag, Reason, TagCheckpoint
from validator.core.crashes import internal_errors
from validator.core.errors import BrowserError, InternalError
from validator.core.result import Result, Verdict
from validator.core.urls import parse_origin
from validator.page.recorded_event import find_recorded_purchase
from validator.page.tag_reading import read_tag
from validator.rules.evaluate import (
    ExpectedTag,
    build_broken_result,
    evaluate_capture,
    evaluate_checkpoint,
)
from validator.run.options import RunOptions
from validator.run.order_ledger import OrderLedger
from validator.run.progress import Progress
from validator.scenario.model.scenario import Scenario
from validator.scenario.model.tag_expectation import TagExpectation
from validator.scenario.model.template import UnsavedVariable


@dataclass(slots=True)
class RunState:
    """``claim_order`` counts an order elsewhere too; it returns why there must be none, or ""."""

    options: RunOptions
    progress: Progress
    ledger: OrderLedger
    claim_order: Callable[[Scenario], str] = lambda _scenario: ""
    results: dict[int, Result] = field(default_factory=dict)
    stopped: bool = False
    is_late: bool = False
    """Whether the time of the run is over, so that no more scenarios are started."""
    evaluating: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a scenario is evaluated."""
    notes: list[str] = field(default_factory=list)
    """Remarks on how the run went, for its report."""
    has_lost_results: bool = False
    """Whether a result could not be written to the folder of the run."""

    def build_breakdown(
        self, index: int, reason: Reason, error: InternalError | BrowserError
    ) -> Breakdown:
        """Return the breakdown of a scenario that an error ended."""
        placed = self.ledger.has_begun(index)
        return Breakdown(reason, str(error), hint=error.hint, order_placed=placed)

    def note_lost(self, folder: Path, error: OSError) -> None:
        """Note that results could not be written to the folder of the run."""
        note = f"{folder} lacks results that could not be written: {error.strerror or error}"
        self.has_lost_results = True
        self.note(note)

    def end_in_time(self) -> None:
        """Start no more scenarios: the time of the run is over."""
        self.stopped = self.is_late = True

    @property
    def stopped_by(self) -> str:
        """Say why scenarios were not run."""
        limit = self.options.limits.run_time_ms
        if self.is_late and limit is not None:
            return f"the run took longer than {limit / 1000:g} s (limits: run_time)"
        return "stopped at the first that did not pass (--fail-fast)"

    def note(self, note: str) -> None:
        """Add a remark to the report of the run, once."""
        if note not in self.notes:
            self.notes.append(note)


def broken_result(scenario: Scenario, breakdown: Breakdown) -> Result:
    """Return the result of a scenario that ended before anything was evaluated."""
    place = scenario.location if scenario.document.text else None
    return Result(scenario.name, breakdown, location=place, labels=scenario.labels)


async def run_scenario_once(
    session: Session, index: int, scenario: Scenario, folder: Path | None, run: RunState
) -> Result:
    def on_step(title: str) -> None:
        run.progress.step(scenario.name, title)

    options = run.options
    awaited = wait_condition(scenario_contracts(scenario, options), scenario.expect.tag)
    orders = OrderPolicy(
        lambda placing: reserve_order(index, placing, run), force_live=options.force_live
    )
    async with visit(
        session,
        scenario,
        options.page,
        awaited=awaited,
        only_allowed=options.only_allowed,
        evidence=options.evidence.inside(folder),
        on_step=on_step,
        orders=orders,
        limits=options.limits,
        debugger=options.debugger,
    ) as page_visit:
        if scenario.verify:
            on_step("verify")
        verified = await _verify_outcome(scenario, page_visit.outcome, options)
        was_asked = isinstance(verified, Capture) or isinstance(page_visit.outcome, Breakdown)
        outcome = verified if was_asked else page_visit.outcome
        # Not in the event loop, where the other pages would wait for a large one. One at a time:
        # the orders of the ledger are compared with those of the scenario before.
        async with run.evaluating:
            result = await asyncio.to_thread(_evaluate_isolated, scenario, outcome, run)
        if not was_asked:
            # The findings of the tag are reported, though it is unknown whether it was recorded.
            result = replace(result, outcome=verified)
        if options.evidence.keeps(passed=result.verdict is Verdict.PASSED):
            evidence = (await page_visit.with_evidence(_highlights(result))).evidence
            result = replace(result, outcome=replace(result.outcome, evidence=evidence))
        page = options.page.then(scenario.page)
        return replace(result, notes=(*page.notes, *page_visit.journey.notes))


def _evaluate_isolated(scenario: Scenario, outcome: Capture | Breakdown, run: RunState) -> Result:
    """Return the result of an outcome; a bug in a rule leaves what is known without rules."""
    try:
        with internal_errors(f"scenario: {scenario.name}"):
            return evaluate(scenario, outcome, run)
    except InternalError as error:
        is_placed = (
            outcome.order_placed if isinstance(outcome, Breakdown) else scenario.places_order
        )
        breakdown = Breakdown(
            Reason.INTERNAL,
            str(error),
            scenario.location,
            outcome.url,
            error.hint,
            steps=outcome.steps,
            evidence=outcome.evidence,
            order_placed=is_placed,
            payments=outcome.payments,
            hops=outcome.hops,
            saved=outcome.saved,
        )
        return broken_result(scenario, breakdown)


def _highlights(result: Result) -> list[str]:
    """Return the CSS selectors of the elements to highlight in the picture."""
    found = [finding.location.css for finding in result.findings if finding.location]
    tags = result.outcome.tags if isinstance(result.outcome, Capture) and found else ()
    return list(dict.fromkeys(filter(None, (*(tag.css for tag in tags[:1]), *found))))


async def _verify_outcome(
    scenario: Scenario, outcome: Capture | Breakdown, options: RunOptions
) -> Capture | Breakdown:
    if scenario.verify is None or isinstance(outcome, Breakdown) or not outcome.reached:
        return outcome
    # Imported here: only scenarios with verify need httpx.
    from validator.run.verify import with_recorded_purchases

    return await with_recorded_purchases(
        outcome, scenario.verify, scenario_contracts(scenario, options)
    )


def reserve_order(index: int, scenario: Scenario, run: RunState) -> str:
    """Record that an order is about to be placed. Returns why it must not be, or ""."""
    source, most = scenario.location.source, run.options.max_orders
    if most is not None and run.ledger.placed() >= most:
        return f"this run has placed {most} orders, and --max-orders is {most}"
    most = scenario.limits.max_orders
    if most is not None and run.ledger.placed(source) >= most:
        return f"{source} has placed {most} orders in this run, and its max_orders is {most}"
    if refusal := run.claim_order(scenario):
        return refusal
    run.ledger.begin(index, scenario.name, parse_origin(scenario.base_url or ""), source)
    try:
        save_orders(run)
    except OSError as error:
        run.ledger.withdraw(index, source)
        return f"the ledger of orders cannot be written: {error.strerror or error}"
    return ""


def save_orders(run: RunState) -> None:
    """Write the ledger, unless the run has no folder or the shop does not outlive it."""
    if run.options.output and run.options.is_persistent_shop:
        run.ledger.save(run.options.output)


def wait_condition(contracts: Contracts, name: str) -> TagWait:
    """Return what the browser waits for if a tag with these contracts is expected."""
    tag = contracts.fields(name)

    def is_recorded(found: CapturedTag) -> bool:
        # Other tags are sent with the next event, so nothing shows that they were sent.
        return tag.name == "cn_purchase" and read_tag(found, tag).event is not None

    def id_of(found: CapturedTag) -> str:
        purchase = find_recorded_purchase(read_tag(found, tag)) or {}
        return str(purchase.get("purchaseId", ""))

    def is_met(checkpoint: TagCheckpoint) -> bool:
        return not evaluate_checkpoint(checkpoint, contracts).is_wrong

    needed = [field.name for field in tag.fields.values() if field.drop]
    return TagWait(
        contracts.names(name),
        needed,
        is_recorded,
        required_tags=contracts.required_tags,
        read_purchase_id=id_of,
        is_met=is_met,
    )


def scenario_contracts(scenario: Scenario, options: RunOptions) -> Contracts:
    """Return the contracts of the run with what a scenario says of them."""
    return options.contracts.then(scenario.schemas, scenario.rules, scenario.script)


def evaluate(scenario: Scenario, outcome: Capture | Breakdown, run: RunState) -> Result:
    """Return the result of a scenario; a placed order is added to the ledger."""
    place = scenario.location if scenario.document.text else None
    if isinstance(outcome, Breakdown):
        contracts = scenario_contracts(scenario, run.options)
        return build_broken_result(scenario.name, outcome, contracts, place, scenario.labels)
    # Without a confirmation there is no tag to have the values, and no step may have saved them.
    is_due = outcome.reached and scenario.expect.count != 0
    expectation = scenario.expect if is_due else replace(scenario.expect, values={})
    try:
        used_ids = run.ledger.used_ids(outcome.url) if scenario.places_order else {}
        expected = replace(expected_values(expectation, outcome.saved), used_ids=used_ids)
    except UnsavedVariable as error:
        unsaved = Breakdown(Reason.STEP_FAILED, f"expect: {error}", scenario.location, outcome.url)
        return evaluate(scenario, replace(unsaved, stops=outcome.stops), run)
    result = evaluate_capture(
        outcome,
        subject=scenario.name,
        contracts=scenario_contracts(scenario, run.options),
        expected=expected,
        location=place,
        labels=scenario.labels,
    )
    if scenario.places_order:
        run.ledger.add(result)
    return result


def expected_values(expectation: TagExpectation, saved: Mapping[str, str]) -> ExpectedTag:
    """Return an expectation with the values that steps saved. Raises UnsavedVariable."""
    values = {name: text.render(saved) for name, text in expectation.values.items()}
    return ExpectedTag(expectation.tag, expectation.count, values, expectation.locations)
