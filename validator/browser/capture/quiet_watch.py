"""Watches a page that nothing has read yet, until nothing is pending that could change it.

Without a Connectif script in sight it is not known when one will read the tags: customers may get
it later, from a tag manager or a consent banner. What the page does by itself until then counts.
"""

from __future__ import annotations

import time
from dataclasses import replace
from enum import Enum, auto
from typing import Any

from validator.browser.capture.snapshot import PageSnapshot
from validator.browser.network.pending_requests import PendingRequests

TURN_JS = "key => window[`${key}_notes`]?.activity.turn()"
"""Gives what has just ended in a page the time to have its consequences."""
MAX_NAMED = 8


class Quiet(Enum):
    """What to do after a look at a page."""

    REACHED = auto()
    PENDING = auto()
    """Wait for the next change."""
    TURN = auto()
    """Nothing is pending: evaluate ``TURN_JS``, and look again."""
    LEFT = auto()
    """The page has led to another document: the last look at the one before is final."""


class QuietWatch:
    """Follows the snapshots of one page."""

    def __init__(self, page: Any, requests: PendingRequests) -> None:
        self._page = page
        self._requests = requests
        self._since: float | None = None
        self._waited_for: dict[str, None] = {}
        self._pending: tuple[str, ...] = ()
        self._held: PageSnapshot | None = None
        self._turn: tuple[float, int, int] | None = None

    def look(self, snapshot: PageSnapshot, *, is_settled: bool) -> Quiet:
        """Tell what a snapshot means. ``is_settled``: only its quiet is waited for."""
        if self._held is not None and snapshot.origin_ms != self._held.origin_ms:
            return Quiet.LEFT
        self._held = snapshot if is_settled else None
        if snapshot.script_done:
            # What changes after the script has read the page comes too late.
            self._pending = ()
            return Quiet.REACHED if is_settled else Quiet.PENDING
        self._pending = (*snapshot.activity.pending, *self._describe_requests())
        if not is_settled:
            return Quiet.PENDING
        if self._since is None:
            self._since = time.monotonic()
        self._waited_for |= dict.fromkeys(self._pending)
        if self._pending or snapshot.is_script_awaited:
            return Quiet.PENDING
        turn = (snapshot.origin_ms, snapshot.begun, self._requests.ended(self._page))
        if turn == self._turn:
            return Quiet.REACHED
        self._turn = turn
        return Quiet.TURN

    def complete(self, snapshot: PageSnapshot, quiet: Quiet) -> PageSnapshot:
        """Return the final snapshot, with what was waited for and what is still pending."""
        if quiet is Quiet.LEFT and self._held is not None:
            snapshot = self._held
        watched = 0.0 if self._since is None else (time.monotonic() - self._since) * 1000
        activity = replace(
            snapshot.activity,
            watched_ms=round(watched, 1),
            waited_for=tuple(self._waited_for)[:MAX_NAMED],
            pending=() if quiet is Quiet.LEFT else self._pending[:MAX_NAMED],
            left=quiet is Quiet.LEFT,
        )
        return replace(snapshot, activity=activity)

    def _describe_requests(self) -> list[str]:
        return [f"a request to {url}" for url in self._requests.urls(self._page)]
