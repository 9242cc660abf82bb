"""Requests with the key, at the allowed rate, repeated where a failure is transient."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
from aiolimiter import AsyncLimiter
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

from validator.connectif_api.api_settings import ApiSettings
from validator.connectif_api.errors import TooManyRequestsError, TransientError, UnreachableError
from validator.connectif_api.responses import find_transient_error
from validator.core.redaction import Redactor


def _ignore_wait(message: str, wait: float) -> None:
    """The default callback of a wait."""


class Transport:
    """A connection to the API, made by ``open_transport``. Requests may run concurrently."""

    def __init__(
        self,
        settings: ApiSettings,
        client: httpx.AsyncClient,
        on_wait: Callable[[str, float], None],
    ) -> None:
        self._settings = settings
        self._client = client
        self._on_wait = on_wait
        self._limiter = AsyncLimiter(1, 60 / settings.per_minute)
        self._usual_wait = wait_exponential(
            multiplier=settings.first_wait, max=settings.max_wait
        ) + wait_random(0, settings.first_wait)
        self._pause_until = 0.0
        self.redactor = Redactor(settings.secrets)

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        is_done: Callable[[], Awaitable[bool]] | None = None,
    ) -> httpx.Response | None:
        """Send a request, and repeat it while its failure is transient.

        After a lost answer ``is_done`` is called before the request is repeated; where it returns
        True, nothing more is sent and None is returned. Raises the last TransientError.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(TransientError),
            stop=partial(self._is_enough, Counter()),
            wait=self._wait,
            before_sleep=self._say,
            reraise=True,
        )
        doubt = False
        async for attempt in retrying:
            with attempt:
                if doubt and is_done and await is_done():
                    return None
                try:
                    return await self._once(method, path, json, params)
                except TransientError as error:
                    doubt = doubt or error.is_done is None
                    raise
        raise AssertionError("tenacity returns an answer or raises")

    async def _once(
        self,
        method: str,
        path: str,
        json: Mapping[str, Any] | None,
        params: Mapping[str, str] | None,
    ) -> httpx.Response:
        await self._turn()
        try:
            # httpx's timeout is for each read; a server that sends byte by byte never exceeds it.
            async with asyncio.timeout(self._settings.timeout):
                response = await self._client.request(method, path, json=json, params=params)
        except TimeoutError as error:
            message = f"{method} {path}: no whole answer within {self._settings.timeout:g} s"
            raise UnreachableError(message) from error
        except httpx.TransportError as error:
            # A request that was never connected cannot have been executed.
            is_done = False if isinstance(error, httpx.ConnectError) else None
            message = f"{method} {path}: {self.redactor.text(_error_text(error))}"
            raise UnreachableError(message, is_done=is_done) from error
        if failure := find_transient_error(response, self.redactor):
            raise failure
        return response

    async def _turn(self) -> None:
        """Wait until the rate and the last 429 of any request allow another one."""
        # Another request may receive a 429 meanwhile.
        while (pause := self._pause_until - time.monotonic()) > 0:  # noqa: ASYNC110 - the end of the pause is known
            await asyncio.sleep(pause)
        await self._limiter.acquire()

    def _wait(self, state: RetryCallState) -> float:
        error = _transient_error(state)
        wait = self._usual_wait(state) if error.retry_after is None else error.retry_after
        if isinstance(error, TooManyRequestsError):
            self._pause_until = max(self._pause_until, time.monotonic() + wait)
        return wait

    def _is_enough(self, failures: Counter[bool], state: RetryCallState) -> bool:
        """Count this failure. Answers 429 are counted apart from the others."""
        error = _transient_error(state)
        if (error.retry_after or 0) > self._settings.max_retry_after:
            return True
        is_told_to_wait = isinstance(error, TooManyRequestsError)
        most = self._settings.patience if is_told_to_wait else self._settings.attempts
        failures[is_told_to_wait] += 1
        return failures[is_told_to_wait] >= most

    def _say(self, state: RetryCallState) -> None:
        self._on_wait(str(_transient_error(state)), state.upcoming_sleep)


def _transient_error(state: RetryCallState) -> TransientError:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, TransientError)  # noqa: S101 - only these are retried
    return error


def _error_text(error: Exception) -> str:
    return str(error) or type(error).__name__


@asynccontextmanager
async def open_transport(
    settings: ApiSettings, on_wait: Callable[[str, float], None] = _ignore_wait
) -> AsyncIterator[Transport]:
    """Open a connection. ``on_wait`` receives the reason and the seconds of each wait.

    Redirects are not followed, because the key would be sent to the new address.
    """
    async with httpx.AsyncClient(
        base_url=settings.base_url,
        headers={"Authorization": f"apiKey {settings.key}", "Accept": "application/json"},
        timeout=settings.timeout,
    ) as client:
        yield Transport(settings, client, on_wait)
