"""Frames between compiler, zygote and children: size and id as four bytes each, then content.

The zygote passes a child's content on unread: the compiler alone judges what a snippet wrote.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator
from typing import Any

LARGEST_RESULT = 1 << 20
LARGEST_FRAME = 64 << 20
HELLO = 0
_HEAD = struct.Struct("!II")
_TAIL = struct.Struct("!I")


class FrameError(Exception):
    """What came is not a frame: too large, cut off, or not JSON."""


def frame(number: int, content: bytes) -> bytes:
    return _HEAD.pack(len(content), number) + content


def encode(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode()


def decode(content: bytes) -> dict[str, Any]:
    """Read the content of a frame.

    Raises FrameError for anything but a JSON object.
    """
    try:
        message = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FrameError("a frame that is not JSON") from error
    if not isinstance(message, dict):
        raise FrameError("a frame that is no object")
    return message


def take_frames(buffer: bytearray, largest: int) -> Iterator[tuple[int, bytes]]:
    """Take whole frames off the front of a buffer; the start of a further one stays.

    Raises FrameError for one larger than `largest`.
    """
    while len(buffer) >= _HEAD.size:
        size, number = _HEAD.unpack_from(buffer)
        if size > largest:
            raise FrameError("a frame over the limit")
        end = _HEAD.size + size
        if len(buffer) < end:
            return
        content = bytes(buffer[_HEAD.size : end])
        del buffer[:end]
        yield number, content


def with_output(output: bytes, content: bytes) -> bytes:
    """Put what a run printed in front of what it left."""
    return _TAIL.pack(len(output)) + output + content


def split_output(content: bytes) -> tuple[bytes, bytes]:
    """Part what with_output() put together."""
    (size,) = _TAIL.unpack_from(content)
    return content[_TAIL.size : _TAIL.size + size], content[_TAIL.size + size :]


def send(descriptor: int, number: int, content: bytes) -> None:
    data = memoryview(frame(number, content))
    while data:
        data = data[os.write(descriptor, data) :]


def receive(descriptor: int) -> tuple[int, bytes] | None:
    """Wait for one frame; None when the other side is gone."""
    head = _read(descriptor, _HEAD.size)
    if len(head) < _HEAD.size:
        return None
    size, number = _HEAD.unpack(head)
    if size > LARGEST_FRAME:
        raise FrameError("a frame over the limit")
    content = _read(descriptor, size)
    return (number, content) if len(content) == size else None


def _read(descriptor: int, size: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        chunk = os.read(descriptor, min(1 << 20, size - len(chunks)))
        if not chunk:
            break
        chunks += chunk
    return bytes(chunks)
