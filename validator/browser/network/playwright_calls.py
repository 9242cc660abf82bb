"""Calls of Playwright that are written once for its sync and its async API.

They are generators that yield what Playwright's calls return. With the sync API that is the answer
itself, with the async API something to await; a driver sends it back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

from playwright import async_api, sync_api
from playwright.async_api import Error

T = TypeVar("T")
PlaywrightCalls: TypeAlias = Generator[Any, Any, T]
AsyncPage: TypeAlias = async_api.Page
SyncPage: TypeAlias = sync_api.Page
AnyPage: TypeAlias = SyncPage | AsyncPage


def run_sync(asking: PlaywrightCalls[T]) -> T:
    """Do it with the sync API."""
    answer: Any = None
    while True:
        try:
            answer = asking.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # what the generator returns


async def run_async(asking: PlaywrightCalls[T]) -> T:
    """Do it with the async API."""
    go_on: Callable[[], Any] = lambda: asking.send(None)  # noqa: E731 - one of two ways to go on
    while True:
        try:
            question = go_on()
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # what the generator returns
        try:
            answer = await question
        except Error as error:
            go_on = _throw_into(asking, error)
        else:
            go_on = _send_into(asking, answer)


def _throw_into(asking: PlaywrightCalls[T], error: Error) -> Callable[[], Any]:
    return lambda: asking.throw(error)


def _send_into(asking: PlaywrightCalls[T], answer: Any) -> Callable[[], Any]:
    return lambda: asking.send(answer)
