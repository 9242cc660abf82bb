"""The results of a run: one Result per subject, one Report. Verdicts are derived here."""

from __future__ import annotations

import copyreg
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast

from validator.core.capture import Breakdown, Capture, Reason
from validator.core.document import Document, Json, Location
from validator.core.exit_code import ExitCode
from validator.core.finding import Finding, Severity
from validator.core.installation import __version__
from validator.core.run_context import PlacedOrder, RunContext


def _restore_mapping(data: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(data)


# Results can be copied and pickled, as those of other libraries are: their mappings are read-only
# views, of which the standard library knows neither.
copyreg.pickle(MappingProxyType, lambda view: (_restore_mapping, (dict(view),)))


class Verdict(StrEnum):
    """The verdict on one result."""

    PASSED = "passed"
    FLAKY = "flaky"
    """Passed, but only at a retry."""
    FAILED = "failed"
    BROKEN = "broken"

    @property
    def rank(self) -> int:
        """0 for the worst, which is failed; 3 for passed: a sort key."""
        return _VERDICTS_FROM_WORST.index(self)


_VERDICTS_FROM_WORST = (Verdict.FAILED, Verdict.BROKEN, Verdict.FLAKY, Verdict.PASSED)


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field of a tag: the text as rendered, and the value that Connectif would record.

    ``recorded`` is None where the script records nothing.
    """

    pointer: str
    text: str
    recorded: Json
    differs: bool
    """Whether a person who reads the page, or its HTML, would expect another value."""


@dataclass(frozen=True, slots=True)
class ShadowedField:
    """A second element of a field that is read once: the script reads only the first.

    ``inside`` names the field that contains it, such as a description with HTML; "" where no field
    does, or where the first element is inside a field.
    """

    pointer: str
    text: str
    location: Location
    inside: str = ""


@dataclass(frozen=True, slots=True)
class DroppedItem:
    """A product that the script would leave out of the event, and why."""

    pointer: str
    because: str


@dataclass(frozen=True, slots=True)
class TagReading:
    """One tag: what the page says, and what Connectif would record.

    ``event`` is what the script would send, or None where it would drop the whole tag; then
    ``lost_because`` says why. ``document.data`` holds the page's texts by field name.
    ``dropped_items`` are the products that are left out, in document order.
    """

    document: Document
    fields: tuple[FieldReading, ...]
    event: Mapping[str, Json] | None
    lost_because: str = ""
    shadowed: tuple[ShadowedField, ...] = ()
    tag: str = "cn_purchase"
    dropped_items: tuple[DroppedItem, ...] = ()

    @property
    def data(self) -> Mapping[str, Json]:
        """The texts by field name: a text, a list of texts, or a list of items."""
        return cast("Mapping[str, Json]", self.document.data)

    def texts_by_pointer(self) -> dict[str, str]:
        return {each.pointer: each.text for each in self.fields}

    def text(self, pointer: str) -> str:
        """Return the text of the field at a JSON pointer; "" where the tag does not have it."""
        return next((each.text for each in self.fields if each.pointer == pointer), "")


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be evaluated, which is never the same as passed."""

    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one scenario instance, URL or file. ``outcome`` is what was seen."""

    subject: str
    """The name of the scenario, or the URL or file that was checked."""
    outcome: Capture | Breakdown
    findings: tuple[Finding, ...] = ()
    readings: tuple[TagReading, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    location: Location | None = None
    """The place of the scenario in its file, where there is one."""
    labels: tuple[str, ...] = ()
    matrix: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The matrix values of a scenario's instance, which are part of its name."""
    duration_ms: float = 0.0
    earlier: tuple[Breakdown, ...] = ()
    """The breakdowns of the attempts before this one, in order."""
    notes: tuple[str, ...] = ()
    """Remarks on how it was checked, such as evidence that could not be kept."""
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the scenario says of itself for test management, such as its key in Xray."""
    replay: str = ""
    """The command that runs just this scenario again, with the same made-up values."""

    @property
    def breakdown(self) -> Breakdown | None:
        """What broke the journey; None where the page was reached."""
        return self.outcome if isinstance(self.outcome, Breakdown) else None

    @property
    def attempts(self) -> int:
        """How often it was run."""
        return len(self.earlier) + 1

    @property
    def verdict(self) -> Verdict:
        if self.breakdown:
            return Verdict.BROKEN
        if self.is_wrong:
            return Verdict.FAILED
        return Verdict.FLAKY if self.earlier else Verdict.PASSED

    @property
    def is_wrong(self) -> bool:
        """Whether there is an error, also where the journey broke later."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def headline(self) -> str:
        """What is wrong, in one line; empty for a result that passed. Not sanitized."""
        if self.breakdown:
            return f"{self.breakdown.reason}: {self.breakdown.message}"
        wrong = [each for each in self.findings if each.severity is Severity.ERROR]
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        return f"{wrong[0].rule}: {wrong[0].message}{more}" if wrong else ""

    @property
    def passed(self) -> bool:
        """Whether it passed, at once or at a retry."""
        return self.verdict in (Verdict.PASSED, Verdict.FLAKY)

    def __bool__(self) -> bool:
        """Return ``passed``, so that ``assert check_page(page)`` means what it says."""
        return self.passed

    def __hash__(self) -> int:
        # The fields include mappings, which have no hash.
        return hash((self.subject, self.findings, self.verdict))

    def raise_for_findings(self) -> Result:
        """Return the result if it passed; raise CheckError if it failed or broke."""
        __tracebackhide__ = True
        if self.passed:
            return self
        wrong = [each for each in self.findings if each.severity is Severity.ERROR]
        lines = [f"{each.location or self.subject}: {each.rule}: {each.message}" for each in wrong]
        raise CheckError("\n".join((self.headline, "", *lines)), self)

    def to_json(self) -> str:
        """Return everything that is known, as a JSON object on one line."""
        from validator.core.result_json import result_line

        return result_line(self).rstrip("\n")


class CheckError(AssertionError):
    """A page or scenario did not pass. ``result`` says what is wrong with it.

    Of a whole run, it is the first result that did not pass, or None if nothing was checked.
    """

    def __init__(self, message: str, result: Result | None = None) -> None:
        super().__init__(message)
        self.result = result

    def __reduce__(self) -> tuple[type[CheckError], tuple[str, Result | None]]:
        return CheckError, (str(self), self.result)


CheckError.__module__ = "validator"  # its public name, which tracebacks show


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run, in the order of its input. ``started`` is in ISO 8601 with a zone."""

    results: tuple[Result, ...]
    run_id: str
    started: str
    duration_ms: float = 0.0
    versions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """"cn-validator", "python", and "browser" where one was used."""
    notes: tuple[str, ...] = ()
    """Remarks on how the run went, such as that the sandbox was off."""
    interrupted: bool = False
    new_findings: int | None = None
    """The number of errors that are not in the baseline; None where all errors fail the run."""
    fails_on_flaky: bool = False
    failure: ExitCode | None = None
    """What went wrong after the results: BROKEN where something could not be written or sent,
    INTERNAL for a bug; None for nothing."""
    context: RunContext = field(default_factory=RunContext)
    orders: tuple[PlacedOrder, ...] = ()
    """The orders that the run placed at a shop that outlives it, also those whose confirmation was
    not seen."""

    @property
    def warnings(self) -> int:
        """The number of findings that do not fail a run, without those of severity info."""
        return sum(
            finding.severity is Severity.WARNING
            for result in self.results
            for finding in result.findings
        )

    def count(self, verdict: Verdict) -> int:
        return sum(result.verdict is verdict for result in self.results)

    @property
    def is_wrong(self) -> bool:
        """Whether there are findings that fail the run."""
        if self.new_findings is not None:
            return self.new_findings > 0
        return any(result.is_wrong for result in self.results)

    @property
    def has_internal_error(self) -> bool:
        """Whether a bug of this tool kept a result from being evaluated, or a report from being
        written."""
        return self.failure is ExitCode.INTERNAL or any(
            result.breakdown and result.breakdown.reason is Reason.INTERNAL
            for result in self.results
        )

    def with_failure(self, failure: ExitCode) -> Report:
        """Return the report of a run after which something went wrong."""
        worst = max(failure, self.failure or failure)
        return replace(self, failure=worst)

    @property
    def is_incomplete(self) -> bool:
        """Whether it was interrupted or nothing was checked: it must not look like a pass."""
        return self.exit_code in (ExitCode.INTERRUPTED, ExitCode.INPUT)

    def __bool__(self) -> bool:
        """Return whether the run passed: its exit code is 0."""
        return self.exit_code is ExitCode.OK

    def __hash__(self) -> int:
        return hash((self.run_id, self.started, self.results))

    def raise_for_findings(self) -> Report:
        """Return the report if the run passed; raise CheckError with all that did not."""
        __tracebackhide__ = True
        if self:
            return self
        lines = [f"{each.subject}: {each.headline}" for each in self.results if not each]
        first = next((each for each in self.results if not each), None)
        count = f"{len(lines)} of {len(self.results)} did not pass"
        raise CheckError("\n".join((count, *lines)), first)

    @property
    def exit_code(self) -> ExitCode:
        """Findings take precedence over breakdowns, and internal errors over both; nothing checked
        is never a pass."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.has_internal_error:
            return ExitCode.INTERNAL
        if self.is_wrong or (self.fails_on_flaky and self.count(Verdict.FLAKY)):
            return ExitCode.FINDINGS
        if self.count(Verdict.BROKEN) or self.failure:
            return ExitCode.BROKEN
        return ExitCode.OK if self.results else ExitCode.INPUT


def collect_versions(browser: str | None = None) -> Mapping[str, str]:
    """Return the versions that a result depends on, for its report."""
    found = {"cn-validator": __version__, "python": platform.python_version()}
    return MappingProxyType(found | ({"browser": browser} if browser else {}))
