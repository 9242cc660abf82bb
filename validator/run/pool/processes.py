"""Worker processes: starts them, gives them scenarios, and replaces those that die."""

from __future__ import annotations

import asyncio
import pickle
import secrets
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, NoReturn, cast

from validator.core.capture import Breakdown, Reason
from validator.core.document import Location
from validator.core.errors import BrowserError, InputError
from validator.core.finding import Finding, Severity
from validator.core.result import Result
from validator.core.run_context import PlacedOrder
from validator.report.json_reader import parse_result
from validator.run.pool.coordinator import Assignment, Coordinator, State
from validator.run.pool.frames import Message, encode_frame, encode_message, receive_message
from validator.run.pool.worker import Job, main
from validator.run.scenario_run import RunState, reserve_order
from validator.scenario.model.scenario import Scenario
from validator.scenario.safety.scenario_order import find_prerequisites

CLOSE_TIMEOUT_S = 10
"""How long a worker has to close its browser."""
MAX_FAILED_STARTS = 3


class ProcessPool:
    """Runs the scenarios of a run in worker processes.

    ``keep`` is called with the index of a scenario, its result and the result's line;
    ``keep_lost`` with the index of one whose worker was lost, and its breakdown.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        run: RunState,
        keep: Callable[[int, Result, str], None],
        keep_lost: Callable[[int, Breakdown], None],
    ) -> None:
        self._scenarios, self._run, self._keep, self._keep_lost = scenarios, run, keep, keep_lost
        self._prerequisites = find_prerequisites(scenarios)
        self._coordinator = Coordinator(
            len(scenarios),
            lambda index: reserve_order(index, scenarios[index], run),
            over=run.results,
        )
        options, missing = run.options, len(scenarios) - len(run.results)
        self._processes = min(options.processes, options.workers, missing)
        self._pages_each = -(-options.workers // max(1, self._processes))
        self._workers: list[_Worker] = []
        self._reading_ids = asyncio.Lock()
        self._failed_starts = 0
        self.version = ""
        """The version of the browser, once a worker has started it."""
        self.notes: tuple[str, ...] = ()

    async def play(self) -> None:
        """Run all scenarios that have no result. Raises an ExceptionGroup of BrowserError and
        InputError."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._processes):
                group.create_task(self._keep_worker_running())

    async def _keep_worker_running(self) -> None:
        while not self._is_done:
            worker = await _Worker.start(self._job_content())
            self._workers.append(worker)
            try:
                await self._serve(worker)
            finally:
                self._workers.remove(worker)
                await worker.close()
                self._release_ids(worker)
            self._take_back(worker)

    def _job_content(self) -> bytes:
        options = self._run.options
        # What counts orders and writes them is in this process.
        options = replace(options, is_persistent_shop=False, max_orders=None, debugger=None)
        return pickle.dumps(Job(tuple(self._scenarios), options))

    async def _serve(self, worker: _Worker) -> None:
        while message := await worker.receive():
            if message.get("token") == worker.reads_ids_for:
                self._release_ids(worker)
            await self._HANDLERS[message["kind"]](self, worker, message)
        if not worker.is_ready:
            self._failed_starts += 1
            if self._failed_starts >= MAX_FAILED_STARTS:
                raise BrowserError(f"a worker process {await worker.describe_end()} at its start")

    async def _on_ready(self, worker: _Worker, message: Message) -> None:
        worker.is_ready, self._failed_starts = True, 0
        self.version, self.notes = message["version"], tuple(message["notes"])
        self._assign()

    async def _on_begin(self, worker: _Worker, message: Message) -> None:
        assignment = _assignment_of(message)
        refusal = self._coordinator.may_begin(assignment)
        if refusal:
            worker.assigned.discard(assignment)
        worker.answer(message, refusal=refusal)

    async def _on_commit(self, worker: _Worker, message: Message) -> None:
        worker.answer(message, refusal=self._coordinator.may_commit(_assignment_of(message)))

    async def _on_used_ids(self, worker: _Worker, message: Message) -> None:
        await self._reading_ids.acquire()
        worker.reads_ids_for = message["token"]
        worker.answer(message, used=dict(self._run.ledger.used_ids(message["url"])))

    async def _on_orders(self, _worker: _Worker, message: Message) -> None:
        self._run.ledger.learn(PlacedOrder(**each) for each in message["orders"])

    async def _on_started(self, _worker: _Worker, message: Message) -> None:
        self._run.progress.started(message["name"])

    async def _on_step(self, _worker: _Worker, message: Message) -> None:
        self._run.progress.step(message["name"], message["title"])

    async def _on_finished(self, worker: _Worker, message: Message) -> None:
        assignment, line = _assignment_of(message), message["line"]
        worker.assigned.discard(assignment)
        if self._coordinator.may_finish(assignment):
            self._keep(assignment.index, parse_result(line), line)
        self._assign()

    async def _on_failure(self, _worker: _Worker, message: Message) -> None:
        _raise_failure(message)

    _HANDLERS: ClassVar[Mapping[str, Callable[..., Coroutine[Any, Any, None]]]] = {
        "ready": _on_ready,
        "begin": _on_begin,
        "commit": _on_commit,
        "used_ids": _on_used_ids,
        "orders": _on_orders,
        "started": _on_started,
        "step": _on_step,
        "finished": _on_finished,
        "failed": _on_failure,
        "refused": _on_failure,
    }

    def _release_ids(self, worker: _Worker) -> None:
        """Let others read the used ids: a scenario that goes on has told its own."""
        if worker.reads_ids_for:
            worker.reads_ids_for = ""
            self._reading_ids.release()

    @property
    def _is_done(self) -> bool:
        is_idle = not any(worker.assigned for worker in self._workers)
        return self._coordinator.is_over or (self._run.stopped and is_idle)

    def _assign(self) -> None:
        """Give each worker scenarios up to its number of pages; end all when nothing is left."""
        while not self._run.stopped and (worker := self._find_free_worker()):
            index = self._find_next()
            if index is None:
                break
            worker.assign(Assignment(index, secrets.token_hex(8)))
        if self._is_done:
            for worker in self._workers:
                worker.end()

    def _find_free_worker(self) -> _Worker | None:
        """Return the worker that has the least to do and may have more."""
        if sum(len(each.assigned) for each in self._workers) >= self._run.options.workers:
            return None
        free = [w for w in self._workers if w.is_ready and len(w.assigned) < self._pages_each]
        return min(free, key=lambda each: len(each.assigned), default=None)

    def _find_next(self) -> int | None:
        """Return a scenario that waits for no other and that no worker has."""
        taken = {each.index for worker in self._workers for each in worker.assigned}
        for index in range(len(self._scenarios)):
            before = self._prerequisites.get(index, ())
            if (
                index not in taken
                and self._coordinator.state(index) is State.WAITING
                and all(self._coordinator.state(other) is State.OVER for other in before)
            ):
                return index
        return None

    def _take_back(self, worker: _Worker) -> None:
        """Decide what becomes of the scenarios of a worker that has ended."""
        for assignment in sorted(worker.assigned, key=lambda each: each.index):
            lost_in = self._coordinator.lose(assignment)
            if lost_in in (State.COMMITTED, State.BEGUN):
                scenario = self._scenarios[assignment.index]
                is_placed = lost_in is State.COMMITTED
                how = "so it was not run again" if is_placed else "whenever it was run"
                breakdown = Breakdown(
                    Reason.WORKER_LOST,
                    f"the worker process {worker.end_text} while this scenario ran, {how}",
                    scenario.location,
                    hint="look in the shop whether there is an order, and cancel it"
                    if is_placed
                    else "look whether the memory was too small: use fewer --workers",
                    order_placed=is_placed,
                )
                self._keep_lost(assignment.index, breakdown)
        worker.assigned.clear()
        self._assign()


class _Worker:
    """One worker process. ``assigned`` are the scenarios it has and has not finished."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._sending = cast(asyncio.StreamWriter, process.stdin)
        self._receiving = cast(asyncio.StreamReader, process.stdout)
        self.assigned: set[Assignment] = set()
        self.is_ready = False
        self.reads_ids_for = ""
        """The token of the scenario that is compared with the used purchase ids, or ""."""
        self.end_text = "ended"

    @classmethod
    async def start(cls, job: bytes) -> _Worker:
        # The modules come from where this process has them, not from the current folder.
        code = f"import sys; sys.path[:] = {sys.path!r}; from {main.__module__} import main; main()"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-c", code),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        worker = cls(process)
        worker._sending.write(encode_frame(job))
        return worker

    async def receive(self) -> Message | None:
        return await receive_message(self._receiving)

    def answer(self, message: Message, **answer: object) -> None:
        self._sending.write(encode_message({"question": message["question"], **answer}))

    def assign(self, assignment: Assignment) -> None:
        self.assigned.add(assignment)
        message = {"index": assignment.index, "token": assignment.token}
        self._sending.write(encode_message(message))

    def end(self) -> None:
        """Let the process end once it has closed its browser."""
        self._sending.close()

    async def close(self) -> None:
        """End the process, in time or by force, and note how it ended."""
        self.end()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                self.end_text = await self.describe_end()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            self.end_text = await self.describe_end()

    async def describe_end(self) -> str:
        code = await self._process.wait()
        if code >= 0:
            return f"ended with exit code {code}"
        return f"was ended by {signal.Signals(-code).name}"


def _assignment_of(message: Message) -> Assignment:
    return Assignment(message["index"], message["token"])


def _raise_failure(message: Message) -> NoReturn:
    """Raise the error that a worker has told."""
    if message["kind"] == "failed":
        raise BrowserError(message["message"], message["hint"])
    raise InputError(
        [
            Finding(
                each["rule"],
                Severity.ERROR,
                each["message"],
                location=Location(**each["location"]) if each["location"] else None,
                hint=each["hint"],
            )
            for each in message["findings"]
        ]
    )
