"""The messages between the process of a run and its workers: JSON objects after their length."""

from __future__ import annotations

import asyncio
import json
from typing import Any, BinaryIO, TypeAlias

Message: TypeAlias = dict[str, Any]
"""``kind`` says what it is; the other keys depend on it."""
_LENGTH_BYTES = 8


def encode_frame(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content


def encode_message(message: Message) -> bytes:
    return encode_frame(json.dumps(message).encode())


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the content of the next frame; None at the end of the stream."""
    length = stream.read(_LENGTH_BYTES)
    size = int.from_bytes(length, "big")
    content = stream.read(size)
    return content if len(length) == _LENGTH_BYTES and len(content) == size else None


def read_message(stream: BinaryIO) -> Message | None:
    """Return the next message; None at the end of the stream."""
    content = read_frame(stream)
    return None if content is None else json.loads(content)


async def receive_message(stream: asyncio.StreamReader) -> Message | None:
    """Return the next message; None at the end of the stream, also in the middle of a message."""
    try:
        length = await stream.readexactly(_LENGTH_BYTES)
        message: Message = json.loads(await stream.readexactly(int.from_bytes(length, "big")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return message
