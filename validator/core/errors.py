"""The exceptions that a caller may catch.

ValidatorError
  InputError      wrong input: scenario, schema, option, file    exit 2
  BrowserError    no browser, or it did not start                exit 3
  ServiceError    a service did not do what was asked            exit 3
  InternalError   a bug of this tool, with a crash file          exit 4
"""

from __future__ import annotations

from collections.abc import Sequence

from validator.core.document import Location
from validator.core.finding import Finding, RepetitionLimit, Severity
from validator.core.installation import __version__
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


class InternalError(ValidatorError):
    """A bug of this tool. ``crash_file`` has its traceback; "" where it could not be written."""

    def __init__(self, name: str, crash_file: str = "") -> None:
        self.name = name
        """The type of the exception."""
        self.crash_file = crash_file
        super().__init__(
            f"internal error: {name}: this is a bug in cn-validator {__version__}, not in the shop "
            "or the scenario"
        )

    @property
    def hint(self) -> str:
        if not self.crash_file:
            return "report it; the file with its details could not be written"
        return (
            f"report it with the file {self.crash_file}, after a look that it shows nothing private"
        )
