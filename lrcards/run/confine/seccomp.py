"""seccomp: an allow-list of system calls as a filter program for the kernel.

Everything not listed fails with EPERM, so that a snippet sees an ordinary error. What the kernel
has to decide for every call is found by halving, since each child has it checked anew.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lrcards.run.confine.kernel import call
from lrcards.run.confine.syscalls import HARMLESS, find, number

_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x4000_0000
_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_AT_NUMBER, _AT_ARCH, _AT_ARGUMENTS = 0, 4, 16
_SET_FILTER = 1
_NO_SPECULATION_BARRIER = 1 << 2  # the barrier would slow every child and guards nothing here

# O_WRONLY O_RDWR O_CREAT O_TRUNC and the bit of its own in O_TMPFILE: the same on both machines.
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o20000000
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
_TERMINAL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS .. FIOCLEX: look, close
_DUPLICATE = (0, 1, 2, 3, 4, 1030, 1032)  # F_DUPFD .. F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ
_THREAD_NAME = (15, 16)  # PR_SET_NAME, PR_GET_NAME
_SELF = 0x7FFF_FFFF  # stands for the child's own process id until that is known

Instruction = tuple[int, int, int, int]  # code, jump when true, jump when false, operand


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter program for one machine; `own` are the places of the child's process id."""

    code: bytes
    own: tuple[int, ...]

    def enter(self, pid: int) -> None:
        """Bind this process, whose id is `pid`, to the filter; needs no-new-privileges."""
        code = bytearray(self.code)
        for place in self.own:
            struct.pack_into("=I", code, place, pid)
        program = ctypes.create_string_buffer(bytes(code), len(code))
        head = struct.pack("@HP", len(code) // 8, ctypes.addressof(program))
        call(
            number("seccomp"), _SET_FILTER, _NO_SPECULATION_BARRIER,
            ctypes.create_string_buffer(head, len(head)),
        )  # fmt: skip


def build(machine: str) -> Filter:
    """Build the filter for a machine of the tables."""
    program = instructions(machine)
    own = tuple(8 * index + 4 for index, one in enumerate(program) if one[3] == _SELF)
    return Filter(b"".join(struct.pack("=HBBI", *one) for one in program), own)


def instructions(machine: str) -> list[Instruction]:
    """Return the program: right machine, calls judged by argument, then the plain ones."""
    program: list[Instruction] = [
        (_LOAD, 0, 0, _AT_ARCH),
        (_JUMP_EQUAL, 1, 0, _ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
    ]
    if machine == "x86_64":
        program += [(_JUMP_ABOVE, 0, 1, _X32), _refuse(errno.EPERM)]
    for names, judge in _judged():
        for name in names:
            call_number = find(name, machine)
            if call_number is not None:
                program += [(_JUMP_EQUAL, 0, len(judge), call_number), *judge]
    numbers = (find(name, machine) for name in HARMLESS)
    return program + _tree(_ranges(sorted(one for one in numbers if one is not None)))


def _judged() -> Iterable[tuple[Sequence[str], list[Instruction]]]:
    yield ("kill", "tkill", "tgkill"), _only(0, (_SELF,))
    yield ("prlimit64",), _only(0, (0, _SELF))
    yield ("prctl",), _only(0, _THREAD_NAME)
    yield ("ioctl",), _only(1, _TERMINAL)
    yield ("fcntl",), _only(1, _DUPLICATE)
    yield ("open",), _without(1, _WRITING)
    yield ("openat",), _without(2, _WRITING)
    yield (
        ("mmap",),
        [
            # Shared memory without a file counts towards no limit.
            _argument(3),
            (_JUMP_SET, 0, 2, _MAP_SHARED),
            (_JUMP_SET, 0, 1, _MAP_ANONYMOUS),
            _refuse(errno.EPERM),
            (_RETURN, 0, 0, _ALLOW),
        ],
    )
    # Their arguments lie in memory, where no filter sees them; libraries fall back to the old ones.
    yield ("clone3", "openat2"), [_refuse(errno.ENOSYS)]


def _argument(index: int) -> Instruction:
    return (_LOAD, 0, 0, _AT_ARGUMENTS + 8 * index)


def _refuse(code: int) -> Instruction:
    return (_RETURN, 0, 0, _ERROR | code)


def _only(index: int, values: Sequence[int]) -> list[Instruction]:
    """Allow a call where an argument is one of `values`."""
    tests = [(_JUMP_EQUAL, len(values) - n, 0, value) for n, value in enumerate(values)]
    return [_argument(index), *tests, _refuse(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]


def _without(index: int, bits: int) -> list[Instruction]:
    """Allow a call where an argument has none of `bits`."""
    refused = _refuse(errno.EACCES)
    return [_argument(index), (_JUMP_SET, 0, 1, bits), refused, (_RETURN, 0, 0, _ALLOW)]


def _ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for one in numbers:
        if found and found[-1][1] == one - 1:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found


def _tree(ranges: Sequence[tuple[int, int]]) -> list[Instruction]:
    """Decide by halving whether a number lies in one of the ranges."""
    if len(ranges) == 1:
        low, high = ranges[0]
        return [
            (_JUMP_ABOVE, 0, 1, low),
            (_JUMP_ABOVE, 0, 1, high + 1),
            _refuse(errno.EPERM),
            (_RETURN, 0, 0, _ALLOW),
        ]
    middle = len(ranges) // 2
    lower, upper = _tree(ranges[:middle]), _tree(ranges[middle:])
    return [(_JUMP_ABOVE, len(lower), 0, ranges[middle][0]), *lower, *upper]
