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
from validator.rules.message_text import field_name


@dataclass(frozen=True, slots=True)
class Violation:
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


class NotEvaluable(Exception):  # noqa: N818 - it is not an error: the rule says it cannot know
    """Raised by a rule whose inputs are missing or invalid: not evaluated, never passed."""


@dataclass(frozen=True, slots=True)
class RuleContext:
    """All a rule may look at. ``seen[i]`` is the captured tag that ``readings[i]`` reads.

    Only tags the Connectif script can see are read; the others are in ``unseen``.
    ``expected`` holds rendered expectations (field → text), ``expected_count`` how many tags.
    ``invalid`` are pointers of the tag at an index that the schema has already faulted.
    """

    capture: Capture
    tag: str
    seen: tuple[CapturedTag, ...]
    readings: tuple[TagReading, ...]
    hidden_tags: tuple[CapturedTag, ...]
    expected_count: int = 1
    expected: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    invalid: tuple[frozenset[str], ...] = ()
    fields: Field | None = None
    """What the tag's schema says of its fields."""
    ignored: tuple[CapturedTag, ...] = ()
    """The tags that the Connectif script sees and does not read: all but the first of some."""
    accepts_any_match: bool = False
    """Whether one of several tags that says what is expected is enough."""
    used_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The ids of purchases made before → which those were."""
    basket: TagReading | None = None
    """The last ``cn_cart`` that the scenario looked at on its way."""


RuleFunction: TypeAlias = Callable[[RuleContext], Iterable[Violation]]


def rule_for_each_tag(
    function: Callable[[TagReading, frozenset[str]], Iterable[Violation]],
) -> RuleFunction:
    """Make a rule of a function that judges one tag: its reading, and what is faulted already.

    A tag it cannot function keeps it from no other.
    """

    def apply_to_all(context: RuleContext) -> Iterator[Violation]:
        unknown: NotEvaluable | None = None
        for index, reading in enumerate(context.readings):
            try:
                for violation in function(reading, context.invalid_pointers[index]):
                    yield replace(violation, tag=index)
            except NotEvaluable as error:
                unknown = error
        if not context.readings and context.expected_count:
            raise NotEvaluable("no tag was read")
        if unknown:
            raise unknown

    return apply_to_all


def iter_valid_texts(context: RuleContext) -> Iterator[tuple[int, Field, FieldReading]]:
    """Yield every text that is not faulted already: its tag, its field, and how it is read."""
    if context.fields is None or (not context.readings and context.expected_count):
        raise NotEvaluable("no tag was read")
    for index, reading in enumerate(context.readings):
        for each in reading.fields:
            if each.text and each.pointer not in context.invalid_pointers[index]:
                yield index, context.fields.at(each.pointer), each


_SEVERITY_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_MAX_NAMED_FIELDS = 4
"""Of so many fields each is named; of more, the first."""


def merge_per_tag(violations: Iterable[Violation]) -> Iterator[Violation]:
    """Of what has one cause in all fields of a tag, yield the most_severe, and name the others.

    The violations say their severity.
    """
    by_tag: dict[int | None, list[Violation]] = {}
    for violation in violations:
        by_tag.setdefault(violation.tag, []).append(violation)
    for found in by_tag.values():
        most_severe = min(
            found, key=lambda each: _SEVERITY_ORDER.index(each.severity or Severity.ERROR)
        )
        others = [field_name(each.pointer) for each in found if each is not gravest]
        yield replace(most_severe, message=most_severe.message + _also_affects_sentence(others))


def _also_affects_sentence(others: list[str]) -> str:
    if not others:
        return ""
    *some, last = (
        others if len(others) <= _MAX_NAMED_FIELDS else [*others[: _MAX_NAMED_FIELDS - 1], "others"]
    )
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
    function: RuleFunction | None = None
    """None: the finding comes from the schema check, and the rule only explains it."""
    before: str = ""
    after: str = ""
    tags: tuple[str, ...] = ("cn_purchase",)
    """The tags it is about; none named: every tag."""
