"""The exceptions a caller may catch. Everything else that escapes is our own bug.

ValidatorError
  InputError      the author's: scenario, schema, option, file      exit 2
  BrowserError    the world's: no browser, or it would not start    exit 3
  ServiceError    likewise: a service did not do what was asked     exit 3
"""

from __future__ import annotations

from collections.abc import Sequence

from validator.core.document import Location
from validator.core.finding import Finding, Severity


class ValidatorError(Exception):
    """The run cannot go on; the message says what to do."""


class InputError(ValidatorError):
    """What the author wrote is wrong: every finding at once, before any browser starts."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{f.location}: {f.message}" for f in self.findings))

    @classmethod
    def single(
        cls, rule: str, message: str, location: Location | None = None, hint: str = ""
    ) -> InputError:
        return cls([Finding(rule, Severity.ERROR, message, location=location, hint=hint)])


class BrowserError(ValidatorError):
    """No browser could be started. ``hint`` is the command that mends it."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class ServiceError(ValidatorError):
    """A service that is asked for something did not do it. ``hint`` is what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)
