"""Frames between compiler, zygote and children: four bytes of length, then JSON."""

from __future__ import annotations

import json
import os
from typing import Any

LARGEST_RESULT = 1 << 20
LARGEST_FRAME = 64 << 20
_HEAD = 4


class FrameError(Exception):
    """What came is not a frame: too large, cut off, or not JSON."""


def encode(message: dict[str, Any]) -> bytes:
    data = json.dumps(message).encode()
    return len(data).to_bytes(_HEAD, "big") + data


def decode(frame: bytes) -> dict[str, Any]:
    """Read bytes that hold exactly one frame.

    Raises FrameError for anything else: a second frame, a torn one, something other than an object.
    """
    size = int.from_bytes(frame[:_HEAD], "big")
    if len(frame) < _HEAD or len(frame) != _HEAD + size:
        raise FrameError("a frame of another length than it says")
    try:
        message = json.loads(frame[_HEAD:])
    except (ValueError, RecursionError) as error:
        raise FrameError("a frame that is not JSON") from error
    if not isinstance(message, dict):
        raise FrameError("a frame that is no object")
    return message


def send(descriptor: int, message: dict[str, Any]) -> None:
    data = memoryview(encode(message))
    while data:
        data = data[os.write(descriptor, data) :]


def receive(descriptor: int) -> dict[str, Any] | None:
    """Wait for one frame; None when the other side is gone."""
    head = _read(descriptor, _HEAD)
    if len(head) < _HEAD:
        return None
    size = int.from_bytes(head, "big")
    if size > LARGEST_FRAME:
        raise FrameError("a frame over the limit")
    return decode(head + _read(descriptor, size))


def _read(descriptor: int, size: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        chunk = os.read(descriptor, min(1 << 16, size - len(chunks)))
        if not chunk:
            break
        chunks += chunk
    return bytes(chunks)
