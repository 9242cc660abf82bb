"""Which worker may do what: the table of states, and any order of events."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from validator.run.pool.coordinator import MAX_LOSSES, Assignment, Coordinator, State

FIRST, SECOND = Assignment(0, "first"), Assignment(0, "second")


def coordinator(refusal: str = "") -> Coordinator:
    return Coordinator(1, lambda _index: refusal)


def test_a_scenario_is_waiting_begun_committed_and_over() -> None:
    decides = coordinator()
    assert decides.state(0) is State.WAITING
    assert decides.may_commit(FIRST) == "the scenario is waiting"
    assert decides.may_finish(FIRST) is False
    assert decides.may_begin(FIRST) == ""
    assert decides.state(0) is State.BEGUN
    assert decides.may_commit(FIRST) == ""
    assert decides.state(0) is State.COMMITTED
    assert decides.may_begin(SECOND) == "the scenario is committed"
    assert decides.may_commit(SECOND) == "another worker runs the scenario"
    assert (decides.may_finish(SECOND), decides.is_over) == (False, False)
    assert (decides.may_finish(FIRST), decides.is_over) == (True, True)
    assert decides.may_finish(FIRST) is False
    assert decides.may_begin(SECOND) == decides.may_commit(FIRST) == "the scenario is over"


def test_a_new_token_voids_the_one_before() -> None:
    decides = coordinator()
    assert decides.may_begin(FIRST) == decides.may_begin(SECOND) == ""
    assert decides.may_commit(FIRST) == "another worker runs the scenario"
    assert decides.lose(FIRST) is State.OVER
    assert decides.state(0) is State.BEGUN
    assert decides.may_finish(FIRST) is False
    assert decides.may_finish(SECOND) is True


def test_an_order_that_is_refused_is_not_committed() -> None:
    decides = coordinator("too many")
    decides.may_begin(FIRST)
    assert decides.may_commit(FIRST) == "too many"
    assert decides.state(0) is State.BEGUN


def test_a_scenario_with_two_orders_asks_twice() -> None:
    answers = iter(["", "only one"])
    decides = Coordinator(1, lambda _index: next(answers))
    decides.may_begin(FIRST)
    assert decides.may_commit(FIRST) == ""
    assert decides.may_commit(FIRST) == "only one"
    assert decides.state(0) is State.COMMITTED


def test_a_lost_worker_before_the_order_gives_the_scenario_back_three_times() -> None:
    decides = coordinator()
    for number in range(MAX_LOSSES):
        assignment = Assignment(0, str(number))
        assert decides.lose(assignment) is State.WAITING  # it had not begun: it does not count
        decides.may_begin(assignment)
        assert decides.lose(assignment) is State.WAITING
    decides.may_begin(FIRST)
    assert decides.lose(FIRST) is State.BEGUN
    assert decides.is_over


def test_a_lost_worker_after_the_order_ends_the_scenario() -> None:
    decides = coordinator()
    decides.may_begin(FIRST)
    decides.may_commit(FIRST)
    assert decides.lose(FIRST) is State.COMMITTED
    assert decides.is_over
    assert decides.lose(FIRST) is State.OVER


def test_a_scenario_with_a_result_is_over() -> None:
    decides = Coordinator(2, lambda _index: "", over={1})
    assert decides.may_begin(Assignment(1, "any")) == "the scenario is over"
    assert [decides.state(index) for index in range(2)] == [State.WAITING, State.OVER]


INDEX = st.integers(0, 2)
TOKEN = st.integers(0, 4).map(str)
ASSIGNMENT = st.builds(Assignment, INDEX, TOKEN)


class AnyOrderOfEvents(RuleBasedStateMachine):
    """Workers that begin, commit, finish and die in any order, also those that were replaced.

    A token is used once, as its random bits make it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.decides = Coordinator(3, lambda _index: "")
        self.used: set[Assignment] = set()
        self.committed: dict[int, set[str]] = {index: set() for index in range(3)}
        self.ends: Counter[int] = Counter()

    @rule(assignment=ASSIGNMENT)
    def begin(self, assignment: Assignment) -> None:
        if assignment in self.used:
            return
        self.used.add(assignment)
        if self.decides.may_begin(assignment) == "":
            assert not self.committed[assignment.index]
            assert not self.ends[assignment.index]

    @rule(assignment=ASSIGNMENT)
    def commit(self, assignment: Assignment) -> None:
        if self.decides.may_commit(assignment) == "":
            self.committed[assignment.index].add(assignment.token)

    @rule(assignment=ASSIGNMENT)
    def finish(self, assignment: Assignment) -> None:
        self.ends[assignment.index] += self.decides.may_finish(assignment)

    @rule(assignment=ASSIGNMENT)
    def lose(self, assignment: Assignment) -> None:
        lost_in = self.decides.lose(assignment)
        if lost_in is State.WAITING:
            assert not self.committed[assignment.index]
        self.ends[assignment.index] += lost_in in (State.BEGUN, State.COMMITTED)

    @invariant()
    def no_scenario_is_committed_by_two(self) -> None:
        assert all(len(tokens) <= 1 for tokens in self.committed.values())

    @invariant()
    def a_scenario_that_is_over_has_one_end(self) -> None:
        for index in range(3):
            is_over = self.decides.state(index) is State.OVER
            assert self.ends[index] == is_over


TestAnyOrderOfEvents = AnyOrderOfEvents.TestCase
TestAnyOrderOfEvents.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
