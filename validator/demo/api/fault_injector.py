"""Injects faults into requests to the local API, as often as its options say."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import deque
from collections.abc import Callable

from flask import Response, request

from validator.demo.api.options import FaultRates
from validator.demo.api.responses import problem_response

_MINUTE = 60.0
DROPPED = ("drop", "drop-after")
"""Faults whose response must not reach the client."""


class FaultInjector:
    """Draws the fault of each request at random. Safe across threads."""

    def __init__(self, trouble: FaultRates) -> None:
        self._trouble = trouble
        self._draw = random.Random(trouble.seed)  # noqa: S311 - a test's draw, not a secret
        self._lock = threading.Lock()
        self._recent: deque[float] = deque()
        self._stopped = threading.Event()
        self._arrived = threading.Condition()
        self._number = 0

    def wait_for_request(self, number: int, timeout: float) -> bool:
        """Wait until ``number`` requests have arrived; return False after ``timeout`` seconds."""
        with self._arrived:
            return self._arrived.wait_for(lambda: self._number >= number, timeout)

    def stop(self) -> None:
        """End every wait."""
        self._stopped.set()

    def around(self, answer: Callable[[], Response]) -> tuple[Response, str]:
        """Return the response, or that of an injected fault, and the name of the fault."""
        trouble = self._trouble
        with self._arrived:
            self._number += 1
            self._arrived.notify_all()
        if trouble.latency_ms:
            self._stopped.wait(trouble.latency_ms / 1000)
        if self._is_over_the_limit():
            return self._too_many(), "limit"
        match self._drawn():
            case "too_many":
                return self._too_many(), "429"
            case "error_before":
                return problem_response(500, "Internal Server Error", "Nothing was done."), "500"
            case "error_after":
                answer()
                return problem_response(500, "Internal Server Error", "It was done."), "500-after"
            case "drop_before":
                return problem_response(500, "Internal Server Error", "Dropped."), DROPPED[0]
            case "drop_after":
                return answer(), DROPPED[1]
        return answer(), ""

    def _drawn(self) -> str:
        with self._lock:
            drawn = self._draw.random()
        for name in ("too_many", "error_before", "error_after", "drop_before", "drop_after"):
            drawn -= getattr(self._trouble, name)
            if drawn < 0:
                return name
        return ""

    def _is_over_the_limit(self) -> bool:
        if self._trouble.limit is None:
            return False
        moment = time.monotonic()
        with self._lock:
            while self._recent and moment - self._recent[0] >= _MINUTE:
                self._recent.popleft()
            if len(self._recent) >= self._trouble.limit:
                return True
            self._recent.append(moment)
        return False

    def _too_many(self) -> Response:
        response = problem_response(429, "Too Many Requests", "requests rate limit reached")
        if self._trouble.retry_after is not None:
            response.headers["Retry-After"] = f"{self._trouble.retry_after:g}"
        return response


def drop_connection() -> None:
    """Cut the connection, so that the response does not reach the client."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
