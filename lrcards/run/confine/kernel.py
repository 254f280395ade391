"""System calls that Python has no function for. Linux only; its numbers come from the kernel's."""

from __future__ import annotations

import ctypes
import os
import platform
from functools import cache

MACHINES = ("x86_64", "aarch64")
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


class UnsupportedError(Exception):
    """This kernel or machine has no such protection."""


@cache
def machine() -> str:
    """Return the machine as the tables call it.

    Raises UnsupportedError for one that has no table.
    """
    name = {"arm64": "aarch64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    if name not in MACHINES:
        raise UnsupportedError(f"no table of system calls for {name}")
    return name


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: int | ctypes.Array[ctypes.c_char]) -> int:
    """Make a system call with integers and addresses of buffers.

    Raises OSError with the kernel's error.
    """
    words = [
        ctypes.c_long(one if isinstance(one, int) else ctypes.addressof(one)) for one in arguments
    ]
    result = int(_libc().syscall(ctypes.c_long(number), *words))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _prctl(option: int, value: int) -> None:
    words = [ctypes.c_ulong(one) for one in (value, 0, 0, 0)]
    if _libc().prctl(ctypes.c_int(option), *words) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def die_with_parent(signal: int) -> None:
    """Have the kernel send `signal` to this process when its parent ends."""
    _prctl(_PR_SET_PDEATHSIG, signal)


def no_new_privileges() -> None:
    """Give up, for good, that running a program could raise privileges."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def no_dump() -> None:
    """Leave no core: a machine that hands cores to a program ignores the limit on their size."""
    _prctl(_PR_SET_DUMPABLE, 0)
