"""The fixture ``cn_check``: pages of Playwright that a test has navigated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, overload

import pytest

from validator.core.result import CheckError, Result, Verdict
from validator.pytest_plugin.attachments import attach, wants_pictures

if TYPE_CHECKING:
    from validator.browser.network.playwright_calls import AnyPage, AsyncPage, SyncPage
    from validator.browser.network.traffic import TrafficPolicy


SOFT_FAILURES: pytest.StashKey[list[CheckError]] = pytest.StashKey()
"""What soft checks have found in a test, which fails at the end of its call."""


class CnCheck:
    """The fixture ``cn_check``: ``check_page`` that fails the test."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
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

        return self._check(page, options, _raise)

    @overload
    def soft(self, page: SyncPage, **options: Any) -> Result: ...
    @overload
    def soft(self, page: AsyncPage, **options: Any) -> Awaitable[Result]: ...
    def soft(self, page: AnyPage, **options: Any) -> Result | Awaitable[Result]:
        """Check a page as ``cn_check(page)`` does, but let the test go on.

        The test fails at its end with the findings of all soft checks. The result is returned,
        whatever its verdict.
        """
        __tracebackhide__ = True
        return self._check(page, options, self._item.stash.setdefault(SOFT_FAILURES, []).append)

    def _check(
        self, page: AnyPage, options: dict[str, Any], on_failure: Callable[[CheckError], None]
    ) -> Result | Awaitable[Result]:
        """Check a page, and give the error of one that has not passed to ``on_failure``."""
        __tracebackhide__ = True
        from validator import check_page
        from validator.browser.capture.caller_page import take_screenshot
        from validator.browser.network.playwright_calls import run_async, run_sync

        self._calls += 1
        call = self._calls
        if given := self._item.config.getoption("cn_config"):
            options.setdefault("config", given)
        checked: Result | Awaitable[Result] = check_page(page, **options)
        if not isinstance(checked, Awaitable):
            if error := _find_error(checked, call):
                self._attach(call, run_sync(take_screenshot(page)) if self._pictures else None)
                on_failure(error)
            return checked

        async def awaited() -> Result:
            __tracebackhide__ = True
            result = await checked
            if error := _find_error(result, call):
                picture = await run_async(take_screenshot(page)) if self._pictures else None
                self._attach(call, picture)
                on_failure(error)
            return result

        return awaited()

    @property
    def _pictures(self) -> bool:
        return wants_pictures(self._item.config)

    def _attach(self, call: int, picture: bytes | None) -> None:
        if picture is not None:
            attach(self._item, f"cn_check {call}", picture)

    @overload
    def watch(self, page: SyncPage, connectif: TrafficPolicy = ...) -> None: ...
    @overload
    def watch(self, page: AsyncPage, connectif: TrafficPolicy = ...) -> Awaitable[None]: ...
    def watch(self, page: AnyPage, connectif: TrafficPolicy = "block") -> Awaitable[None] | None:
        """Call ``validator.watch_page``, before the first ``goto``; await it with the async API."""
        from validator import watch_page

        return watch_page(page, connectif=connectif)


def _raise(error: CheckError) -> None:
    __tracebackhide__ = True
    raise error


def _find_error(result: Result, call: int) -> CheckError | None:
    """Return the error of a result that has not passed."""
    if result.verdict is Verdict.PASSED:
        return None
    # Imported here: a test that passes needs no report.
    from validator.pytest_plugin.results import describe_result, sanitized_headline
    from validator.report.sanitize import sanitize

    place = f"in call {call} of cn_check, on {sanitize(result.outcome.url)}"
    text = f"{sanitized_headline(result)}\n{place}\n\n{describe_result(result)}"
    return CheckError(text, result)


def report_soft_failures(item: pytest.Item, *, raises: bool) -> None:
    """Fail a test with what its soft checks have found. Raises CheckError.

    A test that has failed already shows it in a section of its own: ``raises`` is False.
    """
    __tracebackhide__ = True
    if not (failures := item.stash.get(SOFT_FAILURES, [])):
        return
    item.stash[SOFT_FAILURES] = []
    texts = [str(each) for each in failures]
    title = f"{len(texts)} soft checks failed\n\n" if len(texts) > 1 else ""
    text = title + "\n\n".join(texts)
    if raises:
        raise CheckError(text, failures[0].result)
    item.add_report_section("call", "cn_check.soft", text)
