"""Bugs of this tool: the place that catches exceptions that nobody expects.

Imports nothing heavy, because every command needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from validator.core.installation import __version__

if TYPE_CHECKING:
    from validator.core.errors import ValidatorError


@contextmanager
def internal_errors(about: str, *expected: type[Exception]) -> Iterator[None]:
    """Turn an exception that is not expected into an InternalError, with a crash file.

    ``about`` is what was done, such as the name of a scenario. Exceptions of this tool, and those
    in ``expected``, pass.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, expected):
            raise
        known = to_known_error(error, about)
        if known is error:
            raise
        raise known from error


def to_known_error(error: Exception, about: str) -> ValidatorError:
    """Return an error of this tool as it is, and any other as an InternalError."""
    from validator.core.errors import InternalError, ValidatorError

    if isinstance(error, ValidatorError):
        return error
    return InternalError(type(error).__name__, _write_crash_file(error, about))


def _write_crash_file(error: Exception, about: str) -> str:
    """Write what happened into a file to attach to an issue. Returns its path, or ""."""
    import platform
    import tempfile
    import traceback

    from validator.core.redaction import redact_all_known
    from validator.core.unicode import well_formed

    details = "".join(traceback.format_exception(error))
    text = f"cn-validator {__version__}, Python {platform.python_version()}\n{about}\n\n{details}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="cn-validator-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(redact_all_known(well_formed(text)))
    except OSError:
        return ""
    return file.name
