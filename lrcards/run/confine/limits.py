"""Limits of a process, and its capabilities."""

from __future__ import annotations

import ctypes
import math
import resource
import struct
from dataclasses import dataclass
from pathlib import Path

from lrcards.run.confine.kernel import call
from lrcards.run.confine.syscalls import number

MEMORY = 1 << 30
# Beside the data: room to map libraries. What this bounds is memory that counts as no data, such
# as stacks that grow down, shared memory, and the tables of pages that are only read.
_MAPPED = 256 << 20
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
    (resource.RLIMIT_STACK, 8 << 20),
)


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that a process may have all told: of address space, and of data within it."""

    space: int
    data: int


def memory() -> Memory | None:
    """Return what a child of this process may have; None where the system hides what is used."""
    used = Path("/proc/self/statm")
    if not used.is_file():
        return None
    pages = [int(one) * resource.getpagesize() for one in used.read_text(encoding="ascii").split()]
    return Memory(pages[0] + MEMORY + _MAPPED, pages[5] + MEMORY)


def limit(cpu: float, memory: Memory | None) -> None:
    """Bound this process: `cpu` in seconds, `memory` where it is known."""
    seconds = math.ceil(cpu)
    _set(resource.RLIMIT_CPU, seconds, seconds + 1)
    for what, most in _FIXED:
        _set(what, most, most)
    if memory is not None:
        _set(resource.RLIMIT_DATA, memory.data, memory.data)
        _set(resource.RLIMIT_AS, memory.space, memory.space)


def _set(what: int, soft: int, hard: int) -> None:
    """Set a limit, or keep a narrower one that this process was given."""
    given = resource.getrlimit(what)[1]
    if given != resource.RLIM_INFINITY:
        soft, hard = min(soft, given), min(hard, given)
    resource.setrlimit(what, (soft, hard))


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
