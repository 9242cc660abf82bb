"""What one page is checked against, from the arguments of a Python function to its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from validator.contract.contracts import Contracts, default_tag_count
from validator.core.capture import Breakdown, Capture, Reason
from validator.core.crashes import internal_errors
from validator.core.document import Location
from validator.core.errors import InputError, InternalError
from validator.core.redaction import Redactor
from validator.core.result import Result, collect_versions
from validator.core.urls import split_credentials
from validator.rules.evaluate import ExpectedTag, build_broken_result, evaluate_capture
from validator.run.config import load_nearest_config
from validator.run.policy import CheckPolicy, build_rule_overrides
from validator.scenario.model.page_limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from validator.core.arguments import Arguments


@dataclass(frozen=True, slots=True)
class PageCheck:
    """What one page is checked against, and the redactor of the secrets it must not show."""

    contracts: Contracts
    expected: ExpectedTag
    redactor: Redactor
    limits: Limits = DEFAULT_LIMITS

    def evaluate(self, outcome: Capture | Breakdown, subject: str, started: float) -> Result:
        """Return the result of a page; ``started`` is the ``perf_counter`` of its beginning."""
        try:
            with internal_errors(f"page: {subject}"):
                result = self.redactor.apply(self._evaluate(outcome, subject))
        except InternalError as error:
            breakdown = Breakdown(Reason.INTERNAL, str(error), url=outcome.url, hint=error.hint)
            result = Result(subject, breakdown)
        return replace(result, duration_ms=round((perf_counter() - started) * 1000, 1))

    def _evaluate(self, outcome: Capture | Breakdown, subject: str) -> Result:
        if isinstance(outcome, Breakdown):
            return build_broken_result(subject, outcome, self.contracts)
        return evaluate_capture(
            outcome, subject=subject, contracts=self.contracts, expected=self.expected
        )


def build_page_check(
    tag: str, count: int | None, expect: Mapping[str, str], policy: CheckPolicy
) -> PageCheck:
    """Return the check of a tag. ``count`` None is the default count of the tag.

    ``expect`` maps fields to values. Raises InputError for a contract that cannot be used and
    for a field that the tag does not have.
    """
    contracts = policy.contracts(tag)
    known = contracts.fields(tag).fields
    if unknown := [field for field in expect if field not in known]:
        raise InputError.single(
            "unknown-field",
            f"{tag} has no field {', '.join(unknown)}",
            Location("expect"),
            hint=f"it is one of {', '.join(known)}",
        )
    number = default_tag_count(tag) if count is None else count
    expected = ExpectedTag(tag, number, expect)
    return PageCheck(contracts, expected, Redactor(()), policy.config.limits)


def build_check(  # noqa: PLR0913 - the arguments that all functions that check a page share
    arguments: Arguments,
    tag: str,
    count: int | None,
    expect: Mapping[str, object],
    *,
    schema: str | Path | None,
    rules: Mapping[str, str],
    config: str | Path | None,
) -> PageCheck:
    """Return the check of a page. Raises InputError, also for faults that were found before."""
    arguments.class_name("tag", tag)
    arguments.whole_number("count", count)
    values = arguments.expected_values("expect", expect)
    policy = build_policy(arguments, schema, rules, config)
    return build_page_check(tag, count, values, policy)


def build_policy(
    arguments: Arguments,
    schema: str | Path | None,
    rules: Mapping[str, str],
    config: str | Path | None,
) -> CheckPolicy:
    """Return the rules and contracts of a caller over those of the configuration."""
    arguments.path("schema", schema)
    arguments.texts_by_name("rules", rules)
    arguments.path("config", config)
    arguments.raise_faults()
    own = str(schema) if schema else None
    return CheckPolicy(load_nearest_config(config), build_rule_overrides(rules), own)


OPEN_BEFORE = (
    "the page was open already, so it is not known what it sent to Connectif, nor when its tag "
    "appeared; the rules about that were not evaluated. A test order that it sent may have reached "
    "the account"
)
"""What every report of such a page says."""


@dataclass(frozen=True, slots=True)
class AttachedCheck:
    """The result of the page, and the versions of the programs that it depends on."""

    result: Result
    versions: Mapping[str, str]


def check_attached_page(
    endpoint: str, url_part: str, check: PageCheck, within_ms: float
) -> AttachedCheck:
    """Check an open page. Not for use in an event loop.

    Raises BrowserError if no browser answers at ``endpoint``, and InputError if it is not clear
    which page is meant.
    """
    # Imported here: pages that are files need neither asyncio, which is slow to import, nor
    # Playwright.
    import asyncio

    from validator.browser.attached_page import capture_attached_page
    from validator.run.scenario_run import wait_condition

    started = perf_counter()
    awaited = wait_condition(check.contracts, check.expected.tag)
    seen = asyncio.run(
        capture_attached_page(
            endpoint, url_part, awaited, within_ms, without_tag=check.expected.count == 0
        )
    )
    subject, _ = split_credentials(seen.url)
    return AttachedCheck(
        check.evaluate(seen.outcome, subject, started), collect_versions(browser=seen.browser)
    )
