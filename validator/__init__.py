"""Validates the Connectif tags of a shop, in a real browser.

``check_html``, ``check_url``, ``check_page`` and ``run_scenarios`` are the way in; see
docs/python.md. What is named here is loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from validator.api import (
        check_html,
        check_page,
        check_url,
        explain,
        run_scenarios,
        save_report,
        watch_page,
    )
    from validator.core.capture import Breakdown, Capture, Reason
    from validator.core.document import Location
    from validator.core.errors import BrowserError, InputError, ValidatorError
    from validator.core.exit_code import ExitCode
    from validator.core.finding import Consequence, Finding, Severity
    from validator.core.installation import __version__
    from validator.core.page_options import PageOptions
    from validator.core.result import (
        CheckError,
        NotEvaluated,
        Report,
        Result,
        TagReading,
        Verdict,
    )

__all__ = [
    "Breakdown",
    "BrowserError",
    "Capture",
    "CheckError",
    "Consequence",
    "ExitCode",
    "Finding",
    "InputError",
    "Location",
    "NotEvaluated",
    "PageOptions",
    "Reason",
    "Report",
    "Result",
    "Severity",
    "TagReading",
    "ValidatorError",
    "Verdict",
    "__version__",
    "check_html",
    "check_page",
    "check_url",
    "explain",
    "run_scenarios",
    "save_report",
    "watch_page",
]

_TYPES = MappingProxyType(
    {
        "core.capture": ("Breakdown", "Capture", "Reason"),
        "core.document": ("Location",),
        "core.exit_code": ("ExitCode",),
        "core.errors": ("BrowserError", "InputError", "ValidatorError"),
        "core.finding": ("Consequence", "Finding", "Severity"),
        "core.page_options": ("PageOptions",),
        "core.result": (
            "CheckError",
            "NotEvaluated",
            "Report",
            "Result",
            "TagReading",
            "Verdict",
        ),
        "core.installation": ("__version__",),
    }
)
_PLACES = MappingProxyType(
    {name: f"validator.{module}" for module, names in _TYPES.items() for name in names}
)


def __getattr__(name: str) -> Any:
    """Load what somebody wants: ``--help`` wants nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES.get(name, "validator.api")), name)


def __dir__() -> list[str]:
    return __all__
