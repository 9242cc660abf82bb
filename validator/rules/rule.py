"""The types of the rule catalogue: a rule, what it may look at, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from validator.contract.fields import Field
from validator.contract.schema import SchemaViolation
from validator.contract.script_expectation import ScriptExpectation
from validator.core.capture import Capture, CapturedTag
from validator.core.document import Location
from validator.core.finding import Consequence, Severity
from validator.core.result import FieldReading, TagReading
from validator.page.nested_fields import NestedFields
from validator.rules.message_text import field_name, join_with_and


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule yields. ``tag`` is the index into ``RuleContext.tags``; None is the page.

    ``severity`` and ``consequence`` override those of the rule where one case is more or less
    severe. The rule itself, its explanation and the source line are added later.
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
    """The place, where it is not the place of ``pointer`` in ``tag``."""
    scenario: Location | None = None


class NotEvaluable(Exception):  # noqa: N818 - not an error: the rule has no verdict
    """Raised by a rule whose inputs are missing or invalid. The rule then counts as not evaluated,
    never as passed."""


@dataclass(frozen=True, slots=True)
class RuleContext:
    """All that a rule may look at: a page, and its tags of one name.

    ``readings[i]``, ``schema_violations[i]``, ``invalid_pointers[i]`` and ``nested[i]`` belong to
    ``tags[i]``.
    """

    capture: Capture
    tag: str
    """The name of the tags, such as ``cn_purchase``."""
    fields: Field
    """The fields of the tag, from its schema."""
    tags: tuple[CapturedTag, ...]
    """The tags that the Connectif script reads."""
    readings: tuple[TagReading, ...]
    schema_violations: tuple[tuple[SchemaViolation, ...], ...]
    invalid_pointers: tuple[frozenset[str], ...]
    """JSON pointers of the fields whose value is known to be invalid. Other rules skip them."""
    nested: tuple[tuple[NestedFields, ...], ...]
    """The fields of each tag that have other fields inside of their elements."""
    hidden_tags: tuple[CapturedTag, ...]
    """The tags that the script cannot see, such as one inside an iframe."""
    ignored: tuple[CapturedTag, ...]
    """The tags after the first, where the script reads only the first."""
    expected_count: int
    expected: Mapping[str, str]
    """Field name → the text that the scenario expects, with all variables filled in."""
    accepts_any_match: bool
    """Whether it is enough that one of several tags has the expected values."""
    used_ids: Mapping[str, str]
    """Ids of earlier purchases → a description of the purchase."""
    script: ScriptExpectation
    basket: TagReading | None
    """The last ``cn_cart`` tag that a step of the scenario checked; None without such a step."""

    def require_readings(self) -> None:
        """Raise NotEvaluable where a tag is expected and none was read."""
        if not self.readings and self.expected_count:
            raise NotEvaluable("no tag was read")

    def tags_and_readings(self) -> Iterator[tuple[int, CapturedTag, TagReading]]:
        """Yield the index of each tag, the tag and its reading.

        Raises NotEvaluable where a tag is expected and none was read.
        """
        self.require_readings()
        for index, (tag, reading) in enumerate(zip(self.tags, self.readings, strict=True)):
            yield index, tag, reading


RuleFunction: TypeAlias = Callable[[RuleContext], Iterable[Violation]]


def rule_for_each_tag(
    function: Callable[[TagReading, frozenset[str]], Iterable[Violation]],
) -> RuleFunction:
    """Make a rule of a function that checks one tag: its reading and its invalid pointers.

    A tag that cannot be evaluated does not keep the rule from the other tags.
    """

    def apply_to_all(context: RuleContext) -> Iterator[Violation]:
        failure: NotEvaluable | None = None
        for index, reading in enumerate(context.readings):
            try:
                for violation in function(reading, context.invalid_pointers[index]):
                    yield replace(violation, tag=index)
            except NotEvaluable as error:
                failure = error
        context.require_readings()
        if failure:
            raise failure

    return apply_to_all


def iter_valid_texts(context: RuleContext) -> Iterator[tuple[int, Field, FieldReading]]:
    """Yield every field that has a text and is not invalid: index of its tag, field, reading.

    Raises NotEvaluable where a tag is expected and none was read.
    """
    for index, _, reading in context.tags_and_readings():
        for each in reading.fields:
            if each.text and each.pointer not in context.invalid_pointers[index]:
                yield index, context.fields.at(each.pointer), each


_MAX_NAMED_FIELDS = 4
"""Up to so many fields are all named; of more fields, only the first are."""


def merge_per_tag(violations: Iterable[Violation]) -> Iterator[Violation]:
    """Merge the violations of each tag into the most severe one, which names the other fields.

    For violations that have one cause in all fields of a tag. Each states its severity.
    """
    by_tag: dict[int | None, list[Violation]] = {}
    for violation in violations:
        by_tag.setdefault(violation.tag, []).append(violation)
    for found in by_tag.values():
        worst = min(found, key=lambda each: (each.severity or Severity.ERROR).rank)
        others = [field_name(each.pointer) for each in found if each is not worst]
        yield replace(worst, message=worst.message + _also_affects_sentence(others))


def _also_affects_sentence(others: list[str]) -> str:
    if not others:
        return ""
    if len(others) > _MAX_NAMED_FIELDS:
        others = [*others[: _MAX_NAMED_FIELDS - 1], "others"]
    return f" The same is true of {join_with_and(others)}."


ANY_TAG: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue.

    ``source`` is the documentation URL that the rule rests on, or says that the fact was read in
    the client script. ``before`` and ``after`` are an example, as HTML or as text.
    """

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
    """The names of the tags it applies to; ``ANY_TAG``: all of them."""
    needs_confirmation: bool = True
    """False: the rule is evaluated also where the order confirmation was not reached."""
    recorded_if: str = ""
    """For a rule that finds why nothing of a right tag is recorded: the condition under which it
    would be, such as "if the page loaded the Connectif script"."""


@dataclass(frozen=True, slots=True)
class RuleViolation:
    """A violation with the rule that reports it."""

    rule: Rule
    violation: Violation

    @property
    def severity(self) -> Severity:
        return self.violation.severity or self.rule.severity

    @property
    def consequence(self) -> Consequence:
        return self.violation.consequence or self.rule.consequence
