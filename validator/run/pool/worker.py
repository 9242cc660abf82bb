"""A worker: a process with a browser, which runs the scenarios that it is given.

Its first frame from standard input is a pickle of the ``Job``, from the process that started it;
then come messages. It ends when its standard input ends, as it does when that process dies.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import count
from threading import Lock, Thread
from typing import BinaryIO

from validator.core.crashes import internal_errors
from validator.core.errors import BrowserError, InputError, ValidatorError
from validator.core.result import Result
from validator.core.run_context import PlacedOrder
from validator.run.options import RunOptions
from validator.run.order_ledger import OrderLedger
from validator.run.pool.frames import Message, encode_message, read_frame, read_message
from validator.run.replaceable_browser import ReplaceableBrowser
from validator.run.runner import open_browser_of_run, play_scenario, require_devices
from validator.run.scenario_run import RunState
from validator.scenario.model.scenario import Scenario

ANSWER_WITHIN_S = 20
"""How long a worker waits for a decision; without one, nothing is done."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know of a run."""

    scenarios: Sequence[Scenario]
    options: RunOptions


class Connection:
    """The pipes to the process of the run. A thread reads, so that the event loop can be asked."""

    def __init__(self, receiving: BinaryIO, sending: BinaryIO) -> None:
        self._receiving, self._sending = receiving, sending
        self._lock = Lock()
        self._answers: dict[int, Future[Message]] = {}
        self._questions = count(1)
        self._loop = asyncio.get_running_loop()
        self.assignments: asyncio.Queue[Message | None] = asyncio.Queue()
        """The scenarios to run; None when there will be no more."""
        Thread(target=self._receive, daemon=True).start()

    def send(self, message: Message) -> None:
        """Send a message. Raises BrowserError where nobody receives it."""
        try:
            with self._lock:
                self._sending.write(encode_message(message))
                self._sending.flush()
        except OSError as error:
            raise BrowserError("the process of the run has ended") from error

    def ask(self, message: Message) -> Message:
        """Return the answer to a message. Raises BrowserError where there is none."""
        question = next(self._questions)
        answer = self._answers[question] = Future()
        self.send(message | {"question": question})
        try:
            return answer.result(ANSWER_WITHIN_S)
        except TimeoutError as error:
            raise BrowserError(
                f"the process of the run has not answered within {ANSWER_WITHIN_S} s"
            ) from error

    def _receive(self) -> None:
        while message := read_message(self._receiving):
            if "question" in message:
                self._answers.pop(message["question"]).set_result(message)
            else:
                self._loop.call_soon_threadsafe(self.assignments.put_nowait, message)
        self._loop.call_soon_threadsafe(self.assignments.put_nowait, None)
        for answer in tuple(self._answers.values()):
            answer.set_exception(BrowserError("the process of the run has ended"))


class SharedLedger(OrderLedger):
    """The orders of a run as its process knows them: the purchase ids of all workers."""

    def __init__(self, run: str, connection: Connection, assignment: Message) -> None:
        self._connection, self._assignment = connection, assignment
        super().__init__(run)

    def used_ids(self, url: str) -> Mapping[str, str]:
        """Ask which ids are used. No other worker is told before this scenario has told its own,
        or sends anything else."""
        question = {"kind": "used_ids", "url": url} | self._assignment
        used: dict[str, str] = self._connection.ask(question)["used"]
        return used

    def learn(self, orders: Iterable[PlacedOrder]) -> None:
        if learnt := [asdict(each) for each in orders]:
            self._connection.send({"kind": "orders", "orders": learnt} | self._assignment)


class _ForwardedProgress:
    def __init__(self, connection: Connection, assignment: Message) -> None:
        self._connection, self._assignment = connection, assignment

    def started(self, name: str) -> None:
        self._connection.send({"kind": "started", "name": name} | self._assignment)

    def step(self, name: str, title: str) -> None:
        self._connection.send({"kind": "step", "name": name, "title": title} | self._assignment)

    def finished(self, result: Result) -> None:
        """Say nothing: the process of the run knows it by the result."""


async def work(job: Job, receiving: BinaryIO, sending: BinaryIO) -> None:
    """Run what is asked for until the connection ends."""
    connection = Connection(receiving, sending)
    try:
        async with open_browser_of_run(job.options) as browser, asyncio.TaskGroup() as group:
            session = await browser.session()
            require_devices(session, job.scenarios, job.options)
            ready = {"kind": "ready", "version": session.version, "notes": list(session.notes)}
            connection.send(ready)
            worker = _Worker(job, connection, browser)
            tasks = []
            while assignment := await connection.assignments.get():
                tasks.append(group.create_task(worker.run(assignment)))
            for task in tasks:
                task.cancel()
    except* ValidatorError as errors:
        for error in errors.exceptions:
            if isinstance(error, ValidatorError):
                with suppress(BrowserError):
                    connection.send(_describe_failure(error))


class _Worker:
    def __init__(self, job: Job, connection: Connection, browser: ReplaceableBrowser) -> None:
        self._job, self._connection, self._browser = job, connection, browser
        # One scenario at a time reads the used purchase ids, as in a run with one process.
        self._evaluating = asyncio.Lock()

    async def run(self, assignment: Message) -> None:
        """Run a scenario and send its result. Raises InternalError for a bug in doing so."""
        index = assignment["index"]

        def claim_order(_scenario: Scenario) -> str:
            try:
                return str(self._connection.ask({"kind": "commit"} | assignment)["refusal"])
            except BrowserError as error:
                return str(error)

        with internal_errors(f"the scenario with index {index}"):
            if self._connection.ask({"kind": "begin"} | assignment)["refusal"]:
                return
            options = self._job.options
            ledger = SharedLedger(options.run_id, self._connection, assignment)
            progress = _ForwardedProgress(self._connection, assignment)
            run = RunState(options, progress, ledger, claim_order, evaluating=self._evaluating)
            scenario = self._job.scenarios[index]
            _, line = await play_scenario(self._browser, index, scenario, run)
            self._connection.send({"kind": "finished", "line": line} | assignment)


def _describe_failure(error: ValidatorError) -> Message:
    if isinstance(error, InputError):
        findings = [
            {
                "rule": each.rule,
                "message": each.message,
                "location": asdict(each.location) if each.location else None,
                "hint": each.hint,
            }
            for each in error.findings
        ]
        return {"kind": "refused", "findings": findings}
    return {"kind": "failed", "message": str(error), "hint": getattr(error, "hint", "")}


def main() -> None:
    # The process of the run ends its workers: Ctrl-C in a terminal reaches all of them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    receiving, sending = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Nothing that a library prints may get between the messages.
    os.dup2(2, 1)
    content = read_frame(receiving)
    if content is not None:
        asyncio.run(work(pickle.loads(content), receiving, sending))  # noqa: S301 - it is from the process that started this one
