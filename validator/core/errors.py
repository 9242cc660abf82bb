"""The exceptions that a caller may catch. Any other exception is a bug of this tool.

ValidatorError
  InputError      wrong input: scenario, schema, option, file    exit 2
  BrowserError    no browser, or it did not start                exit 3
  ServiceError    a service did not do what was asked            exit 3
"""

from __future__ import annotations

from collections.abc import Sequence

from validator.core.document import Location
from validator.core.finding import Finding, RepetitionLimit, Severity
from validator.core.redaction import hide_in_input


class ValidatorError(Exception):
    """The run cannot continue; the message says what to do."""


class InputError(ValidatorError):
    """The input is wrong. Holds all findings at once, raised before a browser starts."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(map(hide_in_input, findings))
        limit = RepetitionLimit()
        lines = [f"{f.location}: {f.message}" for f in self.findings if limit.admits(f)]
        super().__init__("\n".join((*lines, *limit.omitted())))

    @classmethod
    def single(
        cls, rule: str, message: str, location: Location | None = None, hint: str = ""
    ) -> InputError:
        return cls([Finding(rule, Severity.ERROR, message, location=location, hint=hint)])


class BrowserError(ValidatorError):
    """No browser could be started. ``hint`` is the command that fixes it."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class ServiceError(ValidatorError):
    """A service did not do what was asked. ``hint`` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)
