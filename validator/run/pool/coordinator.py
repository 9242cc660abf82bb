"""Decides which worker may run a scenario, place its order and give its result.

It is in the process of the run and in one thread, so there is one decision at a time. A scenario is
waiting, then begun, then committed if it places an order, then over:

- A scenario that is begun again has a new token, which voids the one before.
- A committed scenario is never begun again, whatever becomes of its worker.
- Only the token that counts may commit, and only its result is taken, once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

MAX_LOSSES = 3
"""How often a scenario whose worker was lost is run again."""


class State(Enum):
    WAITING = "waiting"
    BEGUN = "begun"
    COMMITTED = "committed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One run of one scenario by one worker. ``index`` is the scenario's index in the run."""

    index: int
    token: str


@dataclass(slots=True)
class _Entry:
    state: State = State.WAITING
    token: str = ""
    losses: int = 0


class Coordinator:
    """``reserve_order`` counts an order and has it on the disk when it returns.

    It is called with the index of the scenario and returns why there must be no order, or "".
    ``over`` are the scenarios that have a result already.
    """

    def __init__(
        self, count: int, reserve_order: Callable[[int], str], over: Collection[int] = ()
    ) -> None:
        self._reserve_order = reserve_order
        self._entries = [
            _Entry(State.OVER if index in over else State.WAITING) for index in range(count)
        ]

    def state(self, index: int) -> State:
        return self._entries[index].state

    @property
    def is_over(self) -> bool:
        return all(entry.state is State.OVER for entry in self._entries)

    def may_begin(self, assignment: Assignment) -> str:
        """Begin a scenario. Returns why it must not be, or ""."""
        entry = self._entries[assignment.index]
        if entry.state in (State.OVER, State.COMMITTED):
            return f"the scenario is {entry.state.value}"
        entry.state, entry.token = State.BEGUN, assignment.token
        return ""

    def may_commit(self, assignment: Assignment) -> str:
        """Let a scenario place an order. Returns why it must not, or "".

        A scenario that places several orders asks before each.
        """
        entry = self._entries[assignment.index]
        if refusal := self._find_refusal(assignment):
            return refusal
        if refusal := self._reserve_order(assignment.index):
            return refusal
        entry.state = State.COMMITTED
        return ""

    def may_finish(self, assignment: Assignment) -> bool:
        """End a scenario. Returns whether the result of this assignment is the scenario's."""
        if self._find_refusal(assignment):
            return False
        self._entries[assignment.index].state = State.OVER
        return True

    def lose(self, assignment: Assignment) -> State:
        """Take note of the end of a worker. Returns what the scenario was or is to become.

        ``WAITING``: it is to be run again. ``COMMITTED`` and ``BEGUN``: it is over without a
        result, after or before its order. ``OVER``: nothing is lost, for another one counts.
        """
        entry = self._entries[assignment.index]
        if entry.state is State.WAITING:
            return State.WAITING  # it had not begun
        if self._find_refusal(assignment):
            return State.OVER
        if entry.state is State.BEGUN and entry.losses < MAX_LOSSES:
            entry.losses += 1
            entry.state, entry.token = State.WAITING, ""
            return State.WAITING
        lost_in, entry.state = entry.state, State.OVER
        return lost_in

    def _find_refusal(self, assignment: Assignment) -> str:
        entry = self._entries[assignment.index]
        if entry.state in (State.OVER, State.WAITING):
            return f"the scenario is {entry.state.value}"
        return "" if entry.token == assignment.token else "another worker runs the scenario"
