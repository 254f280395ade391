"""The filter of system calls, run by an interpreter of our own for every machine that it knows."""

from __future__ import annotations

import errno
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from lrcards.run.confine import kernel, seccomp, syscalls
from lrcards.run.confine.kernel import MACHINES
from lrcards.run.confine.seccomp import Instruction, instructions
from lrcards.run.confine.syscalls import HARMLESS, OTHERS, find
from tests.conftest import require_real

ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
I386, ARM = 0x40000003, 0x40000028
PID = 4321
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def judge(
    program: list[Instruction], number: int, arguments: tuple[int, ...] = (), arch: int = 0
) -> int:
    """Run the program as the kernel does; return what it decides."""
    words = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=iIQ6Q", number, arch, 0, *(one & (2**64 - 1) for one in words))
    at = value = 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == 0x20:
            assert operand % 4 == 0
            (value,) = struct.unpack_from("=I", data, operand)
        elif code == 0x06:
            return operand
        else:
            holds = {
                0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)
            }[code]  # fmt: skip
            at += if_true if holds else if_false


class Machine:
    """The filter of one machine for a process whose id is PID."""

    def __init__(self, name: str) -> None:
        self.name = name
        made = seccomp.build(name)
        code = bytearray(made.code)
        for place in made.own:
            struct.pack_into("=I", code, place, PID)
        self.program = list(struct.iter_unpack("=HBBI", bytes(code)))

    def says(self, call: str | int, *arguments: int) -> str:
        number = find(call, self.name) if isinstance(call, str) else call
        assert number is not None
        decided = judge(self.program, number, arguments, ARCH[self.name])
        if decided == ALLOW:
            return "yes"
        assert decided & 0xFFFF0000 == ERROR
        return errno.errorcode[decided & 0xFFFF]

    def has(self, call: str) -> bool:
        return find(call, self.name) is not None


@pytest.fixture(scope="module", params=MACHINES)
def machine(request: pytest.FixtureRequest) -> Machine:
    return Machine(request.param)


def test_what_is_listed_is_allowed_and_nothing_else(machine: Machine) -> None:
    allowed = {find(name, machine.name) for name in HARMLESS} - {None}
    by_argument = {find(name, machine.name) for name in OTHERS} - {None}
    for number in range(501):
        said = machine.says(number, *[2**31 - 2] * 6)
        if number in allowed:
            assert said == "yes", number
        elif number not in by_argument:
            assert said == "EPERM", number
    for number in (501, 1000, 2**29, 2**30 - 1, 2**31 - 1):
        assert machine.says(number) == "EPERM"


DANGEROUS = {
    "x86_64": {
        "socket": 41, "connect": 42, "socketpair": 53, "bind": 49, "clone": 56, "fork": 57,
        "vfork": 58, "execve": 59, "execveat": 322, "ptrace": 101, "process_vm_readv": 310,
        "process_vm_writev": 311, "kcmp": 312, "pidfd_open": 434, "pidfd_send_signal": 424,
        "pidfd_getfd": 438, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "io_uring_setup": 425,
        "io_uring_enter": 426, "io_uring_register": 427, "unshare": 272, "setns": 308,
        "mount": 165, "bpf": 321, "perf_event_open": 298, "keyctl": 250, "userfaultfd": 323,
        "memfd_create": 319, "shmget": 29, "creat": 85, "truncate": 76, "ftruncate": 77,
        "rename": 82, "mkdir": 83, "link": 86, "unlink": 87, "symlink": 88, "chmod": 90,
        "fchmod": 91, "chown": 92, "utime": 132, "utimensat": 280, "setxattr": 188,
        "name_to_handle_at": 303, "open_by_handle_at": 304, "setrlimit": 160, "setpriority": 141,
        "sched_setaffinity": 203, "setuid": 105, "setsid": 112, "setpgid": 109, "modify_ldt": 154,
        "iopl": 172, "init_module": 175, "reboot": 169, "kexec_load": 246, "fchmodat2": 452,
        "process_madvise": 440, "remap_file_pages": 216, "mlock": 149, "mlockall": 151,
        "map_shadow_stack": 453, "pkey_mprotect": 329, "uselib": 134, "personality": 135,
    },
    "aarch64": {
        "socket": 198, "connect": 203, "socketpair": 199, "bind": 200, "clone": 220, "execve": 221,
        "execveat": 281, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271,
        "kcmp": 272, "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438,
        "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "io_uring_setup": 425, "unshare": 97,
        "setns": 268, "mount": 40, "bpf": 280, "perf_event_open": 241, "keyctl": 219,
        "userfaultfd": 282, "memfd_create": 279, "shmget": 194, "truncate": 45, "ftruncate": 46,
        "renameat2": 276, "mkdirat": 34, "linkat": 37, "unlinkat": 35, "symlinkat": 36,
        "fchmodat": 53, "fchmod": 52, "fchownat": 54, "utimensat": 88, "setxattr": 5,
        "name_to_handle_at": 264, "open_by_handle_at": 265, "setrlimit": 164, "setpriority": 140,
        "sched_setaffinity": 122, "setuid": 146, "setsid": 157, "setpgid": 154, "init_module": 105,
        "reboot": 142, "kexec_load": 104, "fchmodat2": 452, "process_madvise": 440,
        "remap_file_pages": 234, "mlock": 228, "mlockall": 230, "personality": 92,
    },
}  # fmt: skip


def test_what_is_dangerous_is_refused(machine: Machine) -> None:
    for name, number in DANGEROUS[machine.name].items():
        assert machine.says(number) == "EPERM", name


def test_signals_reach_nobody_else(machine: Machine) -> None:
    for call in ("kill", "tkill", "tgkill"):
        assert machine.says(call, PID, PID, 9) == "yes"
        for other in (0, 1, -1, -PID, PID + 1, 2**31 - 1):
            assert machine.says(call, other, PID, 9) == "EPERM", (call, other)


def test_limits_of_others_are_not_seen(machine: Machine) -> None:
    assert machine.says("prlimit64", 0) == machine.says("prlimit64", PID) == "yes"
    assert machine.says("prlimit64", 1) == machine.says("prlimit64", PID - 1) == "EPERM"


def test_of_prctl_only_names(machine: Machine) -> None:
    said = {option for option in range(100) if machine.says("prctl", option) == "yes"}
    assert said == {15, 16}
    assert machine.says("prctl", 0x59616D61) == "EPERM", "to be traced by anybody"


def test_nothing_is_opened_to_be_written(machine: Machine) -> None:
    read_only = (0, 0o4000, 0o2000000, 0o200000, 0o400000, 0o10000000)
    writing = (0o1, 0o2, 0o3, 0o100, 0o1000, 0o101, 0o102, 0o20000000, 0o20200002, 0o2000001)
    for flags in read_only:
        assert machine.says("openat", -100, 0, flags) == "yes", oct(flags)
        assert not machine.has("open") or machine.says("open", 0, flags) == "yes"
    for flags in writing:
        assert machine.says("openat", -100, 0, flags) == "EACCES", oct(flags)
        assert not machine.has("open") or machine.says("open", 0, flags) == "EACCES"


def test_no_shared_memory_without_a_file(machine: Machine) -> None:
    private, shared, validated, anonymous, stack, fixed = 2, 1, 3, 0x20, 0x20000, 0x10
    for flags in (private, shared, private | anonymous, private | anonymous | stack | fixed):
        assert machine.says("mmap", 0, 4096, 3, flags, -1, 0) == "yes", hex(flags)
    for flags in (shared | anonymous, validated | anonymous, shared | anonymous | 0x40000):
        assert machine.says("mmap", 0, 4096, 3, flags, -1, 0) == "EPERM", hex(flags)


def test_terminals_are_looked_at_only(machine: Machine) -> None:
    said = {number for number in range(0x10000) if machine.says("ioctl", 1, number) == "yes"}
    assert said == {0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451}
    for number in (0x5412, 0x8901, 0x5452, 0x40049409, 0x5401 | 0x80000000):
        assert machine.says("ioctl", 1, number) == "EPERM", hex(number)


def test_descriptors_have_no_owner(machine: Machine) -> None:
    said = {number for number in range(2000) if machine.says("fcntl", 3, number) == "yes"}
    assert said == {0, 1, 2, 3, 4, 1030, 1032}


def test_calls_with_arguments_in_memory_are_not_there(machine: Machine) -> None:
    assert machine.says("clone3") == machine.says("openat2") == "ENOSYS"
    for call in ("seccomp", "capset", "landlock_create_ruleset", "landlock_restrict_self"):
        assert machine.says(call) == "EPERM", "they are ours, before the filter is there"


def test_high_halves_do_not_help(machine: Machine) -> None:
    """The kernel takes 32 bits of these arguments; what stands above must not fool the filter."""
    high = 7 << 32
    assert machine.says("kill", high | 1) == "EPERM"
    assert machine.says("openat", 0, 0, high | 1) == "EACCES"
    assert machine.says("mmap", 0, 0, 0, high | 0x21) == "EPERM"
    assert machine.says("ioctl", 0, high | 0x5412) == "EPERM"


@pytest.mark.parametrize("name", MACHINES)
def test_another_machine_is_killed(name: str) -> None:
    program = Machine(name).program
    others = {*ARCH.values(), I386, ARM, 0} - {ARCH[name]}
    for arch in others:
        for number in (0, 1, 20, 60, 93, 172):
            assert judge(program, number, (), arch) == KILL


def test_numbers_of_x32_are_refused() -> None:
    machine = Machine("x86_64")
    for number in range(501):
        assert machine.says(0x40000000 | number) == "EPERM"
    assert judge(machine.program, -1, (), ARCH["x86_64"]) == ERROR | errno.EPERM


@pytest.mark.parametrize("name", MACHINES)
def test_the_kernel_takes_the_program(name: str) -> None:
    program = instructions(name)
    assert len(program) <= 4096
    for place, (code, if_true, if_false, operand) in enumerate(program):
        assert code in {0x20, 0x15, 0x35, 0x45, 0x06}
        assert 0 <= if_true <= 255
        assert 0 <= if_false <= 255
        assert 0 <= operand < 2**32
        if code != 0x06:
            assert place + 1 + max(if_true, if_false) < len(program)
    assert program[-1][0] == 0x06
    reached = set(_reached(program))
    assert len(reached) == len(program), "no instruction is there for nothing"


def _reached(program: list[Instruction]) -> Iterator[int]:
    waiting, seen = [0], set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        yield at
        code, if_true, if_false, _ = program[at]
        if code == 0x20:
            waiting.append(at + 1)
        elif code != 0x06:
            waiting += [at + 1 + if_true, at + 1 + if_false]


def _numbers(machine: str) -> dict[str, int]:
    """Read the kernel's own header; the generic one has the 64-bit names under `3264`."""
    text = HEADERS[machine].read_text(encoding="ascii")
    found = {
        match[1]: int(match[2])
        for match in re.finditer(r"#define __NR_(\w+)\s+(\d+)$", text, re.MULTILINE)
    }
    for old, new in re.findall(r"#define __NR_(\w+) __NR3264_(\w+)", text):
        number = re.search(rf"#define __NR3264_{new}\s+(\d+)", text)
        if number:
            found.setdefault(old, int(number[1]))
    return found


@pytest.mark.parametrize("name", MACHINES)
def test_the_tables_are_those_of_the_kernel(name: str) -> None:
    require_real(HEADERS[name].is_file(), f"the kernel's header {HEADERS[name].name}")
    real = _numbers(name)
    column = MACHINES.index(name)
    tables = {**HARMLESS, **OTHERS}
    assert HARMLESS.keys() & OTHERS.keys() == set()
    for call, numbers in tables.items():
        # A call newer than the header is in neither; of the others each number is the kernel's.
        assert numbers[column] == real.get(call, numbers[column]), call
        assert numbers[column] is not None or call not in real, call
    assert sum(call in real for call in tables) > 100 - 30 * column
    for call, number in DANGEROUS[name].items():
        assert real.get(call, number) == number, call


def test_machines_without_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, expected in {"arm64": "aarch64", "AMD64": "x86_64", "x86_64": "x86_64"}.items():
        kernel.machine.cache_clear()
        monkeypatch.setattr(kernel.platform, "machine", lambda given=given: given)
        assert kernel.machine() == expected
        assert syscalls.number("read") == {"x86_64": 0, "aarch64": 63}[expected]
    kernel.machine.cache_clear()
    monkeypatch.setattr(kernel.platform, "machine", lambda: "riscv64")
    with pytest.raises(kernel.UnsupportedError, match="riscv64"):
        kernel.machine()
    monkeypatch.undo()
    kernel.machine.cache_clear()
