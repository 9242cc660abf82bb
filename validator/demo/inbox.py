"""The payloads that the stand-in script has posted."""

from __future__ import annotations

from typing import TypeAlias

from validator.core.document import Json

Payload: TypeAlias = dict[str, Json]


class Inbox:
    """Payloads in order of arrival. Kept in memory; list.append is safe across threads."""

    def __init__(self) -> None:
        self._payloads: list[Payload] = []

    def add(self, payload: Payload) -> None:
        self._payloads.append(payload)

    def all(self) -> tuple[Payload, ...]:
        return tuple(self._payloads)
