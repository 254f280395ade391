"""Limits of a process, and its capabilities."""

from __future__ import annotations

import ctypes
import math
import resource
import struct
from pathlib import Path

from lrcards.run.confine.kernel import call
from lrcards.run.confine.syscalls import number

MEMORY = 1 << 30
_CAPABILITIES_V3 = 0x2008_0522
_SETS = struct.Struct("=6I")  # effective, permitted, inheritable: low words, then high ones
_FILES = 64
# Beside the limits that say it themselves: no file grows, no process starts, no memory is locked.
_FIXED = (
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_NPROC, 0),
    (resource.RLIMIT_MEMLOCK, 0),
    (resource.RLIMIT_NOFILE, _FILES),
)


def data_in_use() -> int | None:
    """Return the bytes that count towards the data limit now; None where the system hides it."""
    used = Path("/proc/self/statm")
    if not used.is_file():
        return None
    return int(used.read_text(encoding="ascii").split()[5]) * resource.getpagesize()


def limit(cpu: float, data: int | None) -> None:
    """Bound this process: `cpu` in seconds, `data` in bytes all told."""
    seconds = math.ceil(cpu)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for what, most in _FIXED:
        resource.setrlimit(what, (most, most))
    if data is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (data, data))


def drop_capabilities() -> None:
    """Give up every capability of this process: a root without them owns files, and no more."""
    call(number("capset"), _head(), _buffer(bytes(_SETS.size)))


def has_capabilities() -> bool:
    sets = _buffer(bytes(_SETS.size))
    call(number("capget"), _head(), sets)
    effective_low, _, _, effective_high, _, _ = _SETS.unpack(sets.raw)
    return bool(effective_low or effective_high)


def _head() -> ctypes.Array[ctypes.c_char]:
    return _buffer(struct.pack("=Ii", _CAPABILITIES_V3, 0))


def _buffer(data: bytes) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(data, len(data))
