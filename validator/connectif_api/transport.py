"""One request, as often as it takes: the key, the rate, the waits."""

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
    """What is done with the news that there is a wait, where nobody asked for it."""


class Transport:
    """A connection to the API. Made by ``connected``; its requests may run at the same time."""

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
        """Send a request until it is answered with something that will not pass.

        ``is_done`` is asked before it is sent again after an answer was lost; where it says yes,
        nothing more is sent and None is returned. Raises a PassingError that did not pass.
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
        raise AssertionError("tenacity ends with an answer or an error")

    async def download(self, url: str) -> AsyncIterator[bytes]:
        """Yield a file that the API names. The key is not for its host, so it is not sent."""
        async with httpx.AsyncClient(timeout=self._settings.timeout) as client:
            try:
                async with client.stream("GET", url) as response:
                    if response.status_code != 200:
                        message = f"the file of the export answered HTTP {response.status_code}"
                        raise UnreachableError(message, response.status_code)
                    async for chunk in response.aiter_bytes():
                        yield chunk
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise UnreachableError(f"the file of the export: {_error_text(error)}") from error

    async def _once(
        self,
        method: str,
        path: str,
        json: Mapping[str, Any] | None,
        params: Mapping[str, str] | None,
    ) -> httpx.Response:
        await self._turn()
        try:
            # httpx's own timeout is one for each read, which a server that drips never meets.
            async with asyncio.timeout(self._settings.timeout):
                response = await self._client.request(method, path, json=json, params=params)
        except TimeoutError as error:
            message = f"{method} {path}: no whole answer within {self._settings.timeout:g} s"
            raise UnreachableError(message) from error
        except httpx.TransportError as error:
            # What never was connected cannot have been done.
            is_done = False if isinstance(error, httpx.ConnectError) else None
            message = f"{method} {path}: {self.redactor.text(_error_text(error))}"
            raise UnreachableError(message, is_done=is_done) from error
        if failure := find_transient_error(response, self.redactor):
            raise failure
        return response

    async def _turn(self) -> None:
        """Wait until the rate, and the last 429 that anybody got, allow another request."""
        # It may be told to wait again meanwhile.
        while (pause := self._pause_until - time.monotonic()) > 0:  # noqa: ASYNC110 - its end is known
            await asyncio.sleep(pause)
        await self._limiter.acquire()

    def _wait(self, state: RetryCallState) -> float:
        error = _transient_error(state)
        wait = self._usual_wait(state) if error.retry_after is None else error.retry_after
        if isinstance(error, TooManyRequestsError):
            self._pause_until = max(self._pause_until, time.monotonic() + wait)
        return wait

    def _is_enough(self, failures: Counter[bool], state: RetryCallState) -> bool:
        """Count this failure; being told to wait is none of the others, and ends nothing early."""
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
    assert isinstance(error, TransientError)  # noqa: S101 - nothing else is tried again
    return error


def _error_text(error: Exception) -> str:
    return str(error) or type(error).__name__


@asynccontextmanager
async def open_transport(
    settings: ApiSettings, on_wait: Callable[[str, float], None] = _ignore_wait
) -> AsyncIterator[Transport]:
    """Open a connection. ``on_wait`` is told of each wait: why, and for how many seconds.

    Redirects are not followed: the key would go with them.
    """
    async with httpx.AsyncClient(
        base_url=settings.base_url,
        headers={"Authorization": f"apiKey {settings.key}", "Accept": "application/json"},
        timeout=settings.timeout,
    ) as client:
        yield Transport(settings, client, on_wait)
