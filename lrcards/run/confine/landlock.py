"""Landlock: an allow-list of what may be read; nothing may be written, no TCP, no signals."""

from __future__ import annotations

import ctypes
import fcntl
import os
import stat
import struct
from collections.abc import Iterable

from lrcards.run.confine.kernel import UnsupportedError, call
from lrcards.run.confine.syscalls import number

_ABOVE = 100
_VERSION = 1  # flag: return the version instead of a ruleset
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Rights by the version of the interface that brought them: bits of files, of TCP, of scopes.
_FILES = ((1, 13), (2, 14), (3, 15), (5, 16))
_TCP_SINCE, _TCP = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11


def version() -> int:
    """Return the version of the kernel's Landlock interface.

    Raises UnsupportedError where there is none.
    """
    try:
        return call(number("landlock_create_ruleset"), 0, 0, _VERSION)
    except OSError as error:
        raise UnsupportedError(f"no Landlock: {error.strerror}") from None


def ruleset(readable: Iterable[str]) -> int:
    """Make a ruleset that lets files and folders `readable` be read; return its descriptor."""
    abi = version()
    bits = max(count for since, count in _FILES if since <= abi)
    words = [(1 << bits) - 1]
    if abi >= _TCP_SINCE:
        words.append(_TCP)
    if abi >= _SCOPES_SINCE:
        words.append(_SCOPES)
    attributes = _buffer(struct.pack(f"={len(words)}Q", *words))
    made = call(number("landlock_create_ruleset"), attributes, len(attributes), 0)
    # A child puts its pipes on the low descriptors before it enters.
    rules = fcntl.fcntl(made, fcntl.F_DUPFD_CLOEXEC, _ABOVE)
    os.close(made)
    for path in readable:
        _allow(rules, path)
    return rules


def enter(rules: int) -> None:
    """Bind this process to a ruleset; needs no-new-privileges."""
    call(number("landlock_restrict_self"), rules, 0)


def _allow(rules: int, path: str) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be allowed
    try:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        rights = _READ_FILE | (_READ_DIR if is_folder else 0)
        rule = _buffer(struct.pack("=Qi", rights, handle))
        call(number("landlock_add_rule"), rules, _PATH_BENEATH, rule, 0)
    finally:
        os.close(handle)


def _buffer(data: bytes) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(data, len(data))
