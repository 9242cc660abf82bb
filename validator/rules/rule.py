"""What a rule is, and what it may see. A rule says only what it alone knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias

from validator.contract.fields import Field
from validator.core.capture import Capture, CapturedTag
from validator.core.document import Location
from validator.core.finding import Consequence, Severity
from validator.core.result import FieldReading, TagReading
from validator.rules.wording import field_name


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule yields. ``tag`` is the index into ``Subject.seen``; None is the page.

    ``severity`` and ``consequence`` override the rule's own where one case is graver or milder.
    """

    message: str
    tag: int | None = None
    pointer: str = ""
    expected: str = ""
    actual: str = ""
    recorded: str = ""
    hint: str = ""
    severity: Severity | None = None
    consequence: Consequence | None = None
    location: Location | None = None
    """Where it is, if not at ``pointer`` of ``tag``."""
    scenario: Location | None = None


class Unknown(Exception):  # noqa: N818 - it is not an error: the rule says it cannot know
    """Raised by a rule whose inputs are missing or invalid: not evaluated, never passed."""


@dataclass(frozen=True, slots=True)
class Subject:
    """All a rule may look at. ``seen[i]`` is the captured tag that ``readings[i]`` reads.

    Only tags the Connectif script can see are read; the others are in ``unseen``.
    ``expected`` holds rendered expectations (field → text), ``expected_count`` how many tags.
    ``invalid`` are pointers of the tag at an index that the schema has already faulted.
    """

    capture: Capture
    tag: str
    seen: tuple[CapturedTag, ...]
    readings: tuple[TagReading, ...]
    unseen: tuple[CapturedTag, ...]
    expected_count: int = 1
    expected: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    invalid: tuple[frozenset[str], ...] = ()
    fields: Field | None = None
    """What the tag's schema says of its fields."""
    ignored: tuple[CapturedTag, ...] = ()
    """The tags that the Connectif script sees and does not read: all but the first of some."""
    expects_any: bool = False
    """Whether one of several tags that says what is expected is enough."""
    used_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The ids of purchases made before → which those were."""
    basket: TagReading | None = None
    """The last ``cn_cart`` that the scenario looked at on its way."""


Judge: TypeAlias = Callable[[Subject], Iterable[Problem]]


def each_tag(judge: Callable[[TagReading, frozenset[str]], Iterable[Problem]]) -> Judge:
    """Make a rule of a function that judges one tag: its reading, and what is faulted already.

    A tag it cannot judge keeps it from no other.
    """

    def judge_all(subject: Subject) -> Iterator[Problem]:
        unknown: Unknown | None = None
        for index, reading in enumerate(subject.readings):
            try:
                for problem in judge(reading, subject.invalid[index]):
                    yield replace(problem, tag=index)
            except Unknown as error:
                unknown = error
        if not subject.readings and subject.expected_count:
            raise Unknown("no tag was read")
        if unknown:
            raise unknown

    return judge_all


def each_text(subject: Subject) -> Iterator[tuple[int, Field, FieldReading]]:
    """Yield every text that is not faulted already: its tag, its field, and how it is read."""
    if subject.fields is None or (not subject.readings and subject.expected_count):
        raise Unknown("no tag was read")
    for index, reading in enumerate(subject.readings):
        for each in reading.fields:
            if each.text and each.pointer not in subject.invalid[index]:
                yield index, subject.fields.at(each.pointer), each


_GRAVEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_NAMED = 4
"""Of so many fields each is named; of more, the first."""


def one_a_tag(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Of what has one cause in all fields of a tag, yield the gravest, and name the others.

    The problems say their severity.
    """
    by_tag: dict[int | None, list[Problem]] = {}
    for problem in problems:
        by_tag.setdefault(problem.tag, []).append(problem)
    for found in by_tag.values():
        gravest = min(found, key=lambda each: _GRAVEST_FIRST.index(each.severity or Severity.ERROR))
        others = [field_name(each.pointer) for each in found if each is not gravest]
        yield replace(gravest, message=gravest.message + _and_of(others))


def _and_of(others: list[str]) -> str:
    if not others:
        return ""
    *some, last = others if len(others) <= _NAMED else [*others[: _NAMED - 1], "others"]
    return f" The same is true of {' and '.join([', '.join(some)] * bool(some) + [last])}."


ANY_TAG: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue. ``source`` is the documentation URL a fact rests on, or says
    that it was read in the client script; ``example`` is HTML before and after."""

    id: str
    title: str
    severity: Severity
    consequence: Consequence
    why: str
    fix: str
    source: str
    judge: Judge | None = None
    """None: the finding comes from the schema check, and the rule only explains it."""
    before: str = ""
    after: str = ""
    tags: tuple[str, ...] = ("cn_purchase",)
    """The tags it is about; none named: every tag."""
