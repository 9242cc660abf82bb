"""The fixture ``cn_check``: pages of Playwright that a test has navigated."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, overload

import pytest

from validator.core.result import CheckError, Result, Verdict

if TYPE_CHECKING:
    from validator.browser.network.playwright_calls import AnyPage, AsyncPage, SyncPage
    from validator.browser.network.traffic import TrafficPolicy


class CnCheck:
    """The fixture ``cn_check``: ``check_page`` that fails the test."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._calls = 0

    @overload
    def __call__(self, page: SyncPage, **options: Any) -> Result: ...
    @overload
    def __call__(self, page: AsyncPage, **options: Any) -> Awaitable[Result]: ...
    def __call__(self, page: AnyPage, **options: Any) -> Result | Awaitable[Result]:
        """Check a page with the options of ``validator.check_page``; await it with the async API.

        The test fails with the findings, unless the page passes.
        """
        __tracebackhide__ = True
        from validator import check_page

        self._calls += 1
        call = self._calls
        if given := self._config.getoption("cn_config"):
            options.setdefault("config", given)
        checked: Result | Awaitable[Result] = check_page(page, **options)
        if not isinstance(checked, Awaitable):
            return _require_passed(checked, call)

        async def awaited() -> Result:
            __tracebackhide__ = True
            return _require_passed(await checked, call)

        return awaited()

    @overload
    def watch(self, page: SyncPage, connectif: TrafficPolicy = ...) -> None: ...
    @overload
    def watch(self, page: AsyncPage, connectif: TrafficPolicy = ...) -> Awaitable[None]: ...
    def watch(self, page: AnyPage, connectif: TrafficPolicy = "block") -> Awaitable[None] | None:
        """Call ``validator.watch_page``, before the first ``goto``; await it with the async API."""
        from validator import watch_page

        return watch_page(page, connectif=connectif)


def _require_passed(result: Result, call: int) -> Result:
    """Return a result that passed; raise CheckError for any other."""
    __tracebackhide__ = True
    # Imported here: a test that passes needs no report.
    from validator.pytest_plugin.results import describe_result, sanitized_headline
    from validator.report.sanitize import sanitize

    if result.verdict is not Verdict.PASSED:
        place = f"in call {call} of cn_check, on {sanitize(result.outcome.url)}"
        text = f"{sanitized_headline(result)}\n{place}\n\n{describe_result(result)}"
        raise CheckError(text, result)
    return result
