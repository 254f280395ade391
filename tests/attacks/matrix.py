"""The attacks: what a snippet tries, how to tell from outside that it did harm, who stops it.

`alone` names the layer that is the only one to stop it (for root and for a user, where they
differ): without that layer the attack must succeed, or it proves nothing. None: several layers
stop it; `...`: whether it succeeds without a layer is the machine's doing, so only `full` counts.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from types import EllipsisType

from lrcards.run.confine.limits import MEMORY
from tests.attacks.world import OTHER, SECRET, Case

Harm = Callable[[Case], bool]
Alone = str | EllipsisType | None


@dataclass(frozen=True, slots=True)
class Attack:
    """`code` runs behind the variables of World.variables() and HELPERS."""

    name: str
    code: str
    harm: Harm
    alone: Alone = None
    alone_user: Alone | str = "same"

    def stopped_by(self, user: str) -> Alone:
        if user == "user" and self.alone_user != "same":
            return self.alone_user
        return self.alone


HELPERS = '''
import ctypes as _ctypes, os, sys, errno as _errno, platform as _platform
_libc = _ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = _ctypes.c_void_p
_libc.mmap.argtypes = [_ctypes.c_void_p, _ctypes.c_size_t, _ctypes.c_int, _ctypes.c_int,
                       _ctypes.c_int, _ctypes.c_long]
_libc.syscall.restype = _ctypes.c_long
_libc.shmat.restype = _ctypes.c_void_p
_NUMBERS = {
    "fork": (57, None), "vfork": (58, None), "clone": (56, 220), "clone3": (435, 435),
    "execveat": (322, 281), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "kcmp": (312, 272), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "tgkill": (234, 131),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "io_uring_setup": (425, 425),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "bpf": (321, 280),
    "perf_event_open": (298, 241), "keyctl": (250, 219), "add_key": (248, 217),
    "userfaultfd": (323, 282), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "chroot": (161, 51), "pivot_root": (155, 41), "personality": (135, 92),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "fsopen": (430, 430),
    "open_tree": (428, 428), "inotify_init1": (294, 26), "fanotify_init": (300, 262),
    "timer_create": (222, 107), "mq_open": (240, 180), "msgget": (68, 186), "semget": (64, 190),
    "shmget": (29, 194), "syslog": (103, 116), "acct": (163, 89), "sethostname": (170, 161),
    "quotactl": (179, 60), "ioprio_set": (251, 30), "setpriority": (141, 140),
    "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119), "setsid": (112, 157),
    "setpgid": (109, 154), "setuid": (105, 146), "capset": (126, 91), "openat2": (437, 437),
    "process_madvise": (440, 440), "migrate_pages": (256, 238), "mlock": (149, 228),
    "vmsplice": (278, 75), "splice": (275, 76), "tee": (276, 77), "sendfile": (40, 71),
    "copy_file_range": (326, 285), "fallocate": (285, 47), "truncate": (76, 45), "sync": (162, 81),
    "landlock_restrict_self": (446, 446), "seccomp": (317, 277), "epoll_create1": (291, 20),
    "eventfd2": (290, 19), "signalfd4": (289, 74), "timerfd_create": (283, 85),
    "modify_ldt": (154, None), "iopl": (172, None), "prlimit64": (302, 261), "wait4": (61, 260),
    "fchmodat2": (452, 452), "setxattr": (188, 5), "cachestat": (451, 451), "getcpu": (309, 168),
}
_COLUMN = 0 if _platform.machine() == "x86_64" else 1
def _call(name, *args):
    """Make a system call: its result, or an error's number made negative."""
    number = _NUMBERS[name][_COLUMN]
    if number is None:
        return -_errno.ENOSYS
    words = [_ctypes.c_long(one) if isinstance(one, int) else one for one in args]
    result = _libc.syscall(_ctypes.c_long(number), *words)
    return result if result >= 0 else -_ctypes.get_errno()
def _reached(result):
    """Did the kernel itself look at it?"""
    return result not in (-_errno.EPERM, -_errno.ENOSYS)
def _map(size, prot, flags, touch):
    place = _libc.mmap(None, size, prot, flags, -1, 0)
    if place == _ctypes.c_void_p(-1).value:
        raise MemoryError(_ctypes.get_errno())
    if touch and _full:
        for at in range(0, min(size, 4 << 30), touch):
            _ctypes.c_char.from_address(place + at).value
            if prot & 2:
                _ctypes.c_char.from_address(place + at).value = b"x"
    return size
_size = 10 << 30 if _full else 3 << 30
_victim = _own + "/victim"
'''.lstrip()


def changed(case: Case) -> bool:
    return case.before != case.after


def heard(case: Case) -> bool:
    return case.heard


def done(case: Case) -> bool:
    return bool(case.names.get("done"))


def reads(secret: str) -> Harm:
    return lambda case: case.says(secret)


def took_memory(case: Case) -> bool:
    return int(case.names.get("got", 0)) > 2 * MEMORY


def ran_program(case: Case) -> bool:
    return case.says("RAN-42")


_READ = "t = open({path}).read()[:300]"
_SH = '["/bin/sh", "-c", "echo RAN-$((6*7)); echo RAN-$((6*7)) >&2; exit 1"]'
_SYSCALLS = {  # to be refused before the kernel looks at any argument
    name: f"done = _reached(_call({name!r}{arguments}))"
    for name, arguments in {
        "ptrace": ", 16, os.getppid(), 0, 0",
        "process_vm_readv": ", os.getppid(), 0, 0, 0, 0, 0",
        "process_vm_writev": ", os.getppid(), 0, 0, 0, 0, 0",
        "kcmp": ", os.getpid(), os.getppid(), 0, 0, 0",
        "pidfd_open": ", os.getpid(), 0",
        "pidfd_getfd": ", 3, 0, 0",
        "rt_sigqueueinfo": ", os.getpid(), 0, 0",
        "io_uring_setup": ", 1, 0",
        "unshare": ", 0x10000000",
        "setns": ", 0, 0",
        "mount": ", 0, 0, 0, 0, 0",
        "bpf": ", 0, 0, 0",
        "perf_event_open": ", 0, 0, -1, -1, 0",
        "keyctl": ", 0, -3, 0, 0, 0",
        "add_key": ", 0, 0, 0, 0, -3",
        "userfaultfd": ", 1",
        "memfd_create": ", b'x', 0",
        "memfd_secret": ", 0",
        "chroot": ", b'/'",
        "pivot_root": ", 0, 0",
        "personality": ", 0x0040000",
        "name_to_handle_at": ", -1, 0, 0, 0, 0",
        "open_by_handle_at": ", -1, 0, 0",
        "fsopen": ", 0, 0",
        "open_tree": ", -1, 0, 0",
        "inotify_init1": ", 0",
        "fanotify_init": ", 0, 0",
        "timer_create": ", 0, 0, 0",
        "mq_open": ", b'lrcards', 0, 0, 0",
        "msgget": ", 7, 0",
        "semget": ", 7, 0, 0",
        "shmget": ", 7, 0, 0",
        "syslog": ", 10, 0, 0",
        "acct": ", 1",
        "quotactl": ", 0, 0, 0, 0",
        "ioprio_set": ", 1, 0, 0x4000",
        "setpriority": ", 0, 0, 0",
        "sched_setaffinity": ", 0, 8, b'\\1' + bytes(7)",
        "sched_setscheduler": ", 0, 0, 0",
        "setsid": "",
        "setpgid": ", 0, 0",
        "setuid": ", os.getuid()",
        "capset": ", 0, 0",
        "openat2": ", -1, 0, 0, 0",
        "process_madvise": ", -1, 0, 0, 0, 0",
        "migrate_pages": ", 0, 0, 0, 0",
        "mlock": ", 0, 0",
        "vmsplice": ", 3, 0, 0, 0",
        "splice": ", 0, 0, 3, 0, 1, 0",
        "tee": ", 0, 3, 1, 0",
        "sendfile": ", 3, 0, 0, 1",
        "copy_file_range": ", 0, 0, 3, 0, 1, 0",
        "fallocate": ", 0, 0, 0, 1",
        "landlock_restrict_self": ", -1, 0",
        "seccomp": ", 3, 0, 0",
        "epoll_create1": ", 0",
        "eventfd2": ", 0, 0",
        "signalfd4": ", -1, 0, 8, 0",
        "timerfd_create": ", 1, 0",
        "modify_ldt": ", 0, 0, 0",
        "iopl": ", 0",
        "wait4": ", -1, 0, 1, 0",
        "cachestat": ", -1, 0, 0, 0",
    }.items()
}
_MACHINE = """
_place = _libc.mmap(None, 4096, 7, 0x22, -1, 0)
_ctypes.memmove(_place, bytes.fromhex({code!r}), len(bytes.fromhex({code!r})))
_result = _ctypes.CFUNCTYPE(_ctypes.c_long)(_place)()
done = {harm}
"""

FILES = [
    Attack("write", "open(_victim, 'w').write('x')", changed),
    Attack("append", "open(_victim, 'a').write('x')", changed),
    Attack("create", "open(_own + '/new', 'x').close()", changed),
    Attack("delete", "os.unlink(_victim)", changed),
    Attack("remove folder", "os.rmdir(_own + '/empty')", changed),
    Attack("make folder", "os.mkdir(_own + '/new')", changed),
    Attack("rename", "os.rename(_victim, _victim + '2')", changed),
    Attack("link", "os.link(_victim, _victim + '2')", changed),
    Attack("symlink", "os.symlink('/etc', _victim + '2')", changed),
    Attack("truncate", "os.truncate(_victim, 0)", changed),
    Attack("open and truncate", "os.open(_victim, os.O_RDONLY | os.O_TRUNC)", changed),
    Attack("unnamed file", "done = os.open(_own, os.O_TMPFILE | os.O_RDWR) > 0", done),
    Attack("pipe in a folder", "os.mkfifo(_own + '/new')", changed),
    Attack("chmod", "os.chmod(_victim, 0o777)", changed, "seccomp"),
    Attack("chmod by descriptor", "os.fchmod(0, 0o777)\ndone = 1", done, ...),
    Attack("utime", "os.utime(_victim, (1, 1))", changed, "seccomp"),
    Attack("xattr", "os.setxattr(_victim, 'user.x', b'1')", changed, ...),
    Attack("chown", "os.chown(_victim, os.getuid(), os.getgid())\ndone = 1", done, "seccomp"),
    Attack(
        "write a library",
        "import sys\nopen(sys.modules['os'].__file__, 'a').close()\ndone = 1",
        done,
        None,
    ),
    Attack("read a secret", "t = open(_own + '/home/id').read()", reads(SECRET), "landlock"),
    Attack("read the lesson", "t = open('lesson.md').read()", reads(SECRET), "landlock"),
    Attack(
        "read by old open",
        "import io\nt = io.FileIO(os.open('lesson.md', 0)).read().decode()",
        reads(SECRET),
        "landlock",
    ),
    Attack(
        "map a secret",
        "import mmap\nt = mmap.mmap(os.open(_own + '/home/id', 0), 0, prot=1)[:].decode()",
        reads(SECRET),
        "landlock",
    ),
    Attack(
        "path only",
        "_f = os.open(_own + '/home/id', os.O_PATH)\nt = open(f'/proc/self/fd/{_f}').read()",
        reads(SECRET),
        "landlock",
    ),
    Attack(
        "through a folder",
        "os.chdir(_own + '/home')\nt = open('id').read()",
        reads(SECRET),
        "landlock",
    ),
    Attack("list a folder", "t = os.listdir(_own)", reads("victim"), "landlock"),
    Attack("read users", _READ.format(path="'/etc/passwd'"), reads("root:"), "landlock"),
    Attack(
        "read the checkout",
        _READ.format(path="_checkout + '/pyproject.toml'"),
        reads("build-system"),
        "landlock",
    ),
    Attack("read devices", "t = len(open('/dev/zero', 'rb').read(1))\ndone = t", done, "landlock"),
    Attack(
        "planted modules",
        "import statistics, sqlite3\nt = statistics.__file__\n"
        "sys.path.insert(0, os.getcwd())\nimport usercustomize\nt = usercustomize.PLANTED",
        reads("planted-here"),
        "landlock",
    ),
]

NETWORK = [
    Attack(
        "tcp",
        "import socket\nsocket.create_connection(('127.0.0.1', _tcp)).send(_name.encode())",
        heard,
    ),
    Attack(
        "udp",
        "import socket\nsocket.socket(2, 2).sendto(_name.encode(), ('127.0.0.1', _udp))",
        heard,
        "seccomp",
    ),
    Attack(
        "unix",
        "import socket\n_s = socket.socket(socket.AF_UNIX)\n_s.connect(_unix)\n"
        "_s.send(_name.encode())",
        heard,
        ...,
    ),
    Attack(
        "abstract",
        "import socket\n_s = socket.socket(socket.AF_UNIX)\n"
        "_s.connect(chr(0) + _abstract)\n_s.send(_name.encode())",
        heard,
    ),
    Attack(
        "listen",
        "import socket\n_s = socket.socket()\n_s.bind(('127.0.0.1', 0))\n_s.listen()\ndone = 1",
        done,
    ),
    *(
        Attack(name, f"import socket\nsocket.{how}\ndone = 1", done, alone)
        for name, how, alone in [
            ("netlink", "socket(socket.AF_NETLINK, socket.SOCK_RAW)", "seccomp"),
            ("raw", "socket(socket.AF_INET, socket.SOCK_RAW, 1)", ...),
            ("packet", "socket(socket.AF_PACKET, socket.SOCK_RAW)", ...),
            ("vsock", "socket(socket.AF_VSOCK, socket.SOCK_STREAM)", ...),
            ("alg", "socket(socket.AF_ALG, socket.SOCK_SEQPACKET)", ...),
            ("pair", "socketpair()", "seccomp"),
        ]
    ),
]

PROCESSES = [
    Attack("execve", f"_c = {_SH}\nos.execv(_c[0], _c)", ran_program),
    Attack(
        "subprocess",
        f"import subprocess\nt = subprocess.run({_SH}, capture_output=True).stdout.decode()",
        ran_program,
    ),
    Attack(
        "posix_spawn",
        f"_c = {_SH}\nos.waitpid(os.posix_spawn(_c[0], _c, {{}}), 0)\n1 / 0",
        ran_program,
    ),
    Attack("system", "os.system('echo RAN-$((6*7))')\n1 / 0", ran_program),
    Attack(
        "execveat",
        "_a = (_ctypes.c_char_p * 4)(b'sh', b'-c', b'echo RAN-$((6*7)); exit 1')\n"
        "_call('execveat', -100, _ctypes.c_char_p(b'/bin/sh'), _a, None, 0)\n1 / 0",
        ran_program,
    ),
    Attack(
        "run the interpreter",
        "os.execv(sys.executable, ['python', '-c', "
        "'print(\"RAN-\" + str(6*7)); raise SystemExit(1)'])",
        ran_program,
    ),
    Attack(
        "fork bomb",
        "done = 0\nfor _ in range(300 if _full else 10):\n    if os.fork() == 0:\n"
        "        import time\n        time.sleep(2)\n        os._exit(0)\n    done += 1",
        done,
        "seccomp",
        None,
    ),
    Attack(
        "fork",
        "_p = os.fork()\nif _p == 0: os._exit(0)\ndone = os.waitpid(_p, 0)[0]",
        done,
        "seccomp",
        None,
    ),
    *(
        Attack(
            name,
            f"_p = _call({name!r}{args})\nif _p == 0: os._exit(0)\ndone = _p > 0",
            done,
            "seccomp",
            None,
        )
        for name, args in [
            ("clone", ", 17, 0, 0, 0, 0"),
            ("clone3", (", (_ctypes.c_ulonglong * 11)(0, 0, 0, 0, 17), 88")),
        ]
    ),
    Attack("vfork", "done = _reached(_call('vfork')) if _full else 0", done),
    Attack(
        "threads",
        "import threading, time\ndone = 0\nfor _ in range(50):\n"
        "    threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start()\n"
        "    done += 1",
        done,
        "seccomp",
        None,
    ),
    Attack(
        "outlive",
        "if os.fork() == 0:\n    os.setsid()\n    import time\n"
        "    [os.close(n) for n in range(4)]\n    time.sleep(20)\n    os._exit(0)\ndone = 1",
        done,
        "seccomp",
        None,
    ),
]

SIGNALS = [
    Attack("kill the zygote", "os.kill(os.getppid(), 15)\ndone = 1", done),
    Attack("kill a bystander", "os.kill(_bystander, 15)\ndone = 1", done),
    Attack("ask for everybody", "os.kill(-1, 0)\ndone = 1", done, ...),
    Attack("ask for init", "os.kill(1, 0)\ndone = 1", done),
    Attack("ask for the group", "os.kill(0, 0)\ndone = 1", done, "seccomp"),
    Attack("tgkill", "done = _call('tgkill', _zygote, _zygote, 0) == 0", done),
    Attack("tkill", "done = _call('tkill', _zygote, 0) == 0", done),
    Attack(
        "pidfd signal",
        "_f = _call('pidfd_open', _zygote, 0)\n"
        "done = _f >= 0 and _call('pidfd_send_signal', _f, 0, 0, 0) == 0",
        done,
    ),
    Attack(
        "owner of a pipe",
        "import fcntl\nfcntl.fcntl(3, fcntl.F_SETOWN, os.getppid())\n"
        "fcntl.fcntl(3, fcntl.F_SETFL, os.O_ASYNC)\ndone = 1",
        done,
        ...,
    ),
    Attack("signal by closing", "import fcntl\nfcntl.fcntl(3, 10, 9)\ndone = 1", done, "seccomp"),
    Attack("live without a parent", "done = _libc.prctl(1, 0, 0, 0, 0) == 0", done, "seccomp"),
    Attack("be dumped", "done = _libc.prctl(4, 1, 0, 0, 0) == 0", done, "seccomp"),
    Attack("be a reaper", "done = _libc.prctl(36, 1, 0, 0, 0) == 0", done, "seccomp"),
    Attack("be traced by anybody", "done = _libc.prctl(0x59616d61, -1, 0, 0, 0) == 0", done, ...),
    Attack(
        "limit another",
        "import resource\nresource.prlimit(_bystander, resource.RLIMIT_CPU)\ndone = 1",
        done,
        ...,
    ),
    Attack(
        "read the limits of the zygote",
        "import resource\nresource.prlimit(_zygote, resource.RLIMIT_CPU)\ndone = 1",
        done,
        ...,
    ),
    Attack(
        "raise the limits",
        "import resource\n"
        "for _what in (resource.RLIMIT_NPROC, resource.RLIMIT_AS, resource.RLIMIT_DATA):\n"
        "    resource.setrlimit(_what, (resource.RLIM_INFINITY,) * 2)\ndone = 1",
        done,
        ...,
    ),
    Attack(
        "use capabilities",
        "from lrcards.run.confine.limits import has_capabilities\ndone = has_capabilities()",
        done,
        "capabilities",
        None,
    ),
]

MEMORY_ = [
    Attack("private memory", "got = _map(_size, 3, 0x22, 4096)", took_memory, "limits"),
    Attack("bytes", "got = len(bytearray(_size)) if _full else 0", took_memory),
    Attack(
        "tensor",
        "import torch\ngot = torch.empty(_size, dtype=torch.int8).numel()",
        took_memory,
        "limits",
    ),
    Attack("shared memory", "got = _map(_size, 3, 0x21, 4096)", took_memory),
    Attack("a stack that grows", "got = _map(_size, 3, 0x122, 4096)", took_memory, "limits"),
    Attack("tables of pages", "got = _map(1 << 40, 1, 0x4022, 2 << 20)", took_memory, "limits"),
    Attack(
        "deep stack",
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY,) * 2)\ngot = 1 << 62",
        took_memory,
        ...,
    ),
    Attack(
        "memory made writable",
        "_p = _libc.mmap(None, _size, 1, 0x4022, -1, 0)\n"
        "got = _size * (_libc.mprotect(_ctypes.c_void_p(_p), _ctypes.c_size_t(_size), 3) == 0)",
        took_memory,
        "limits",
    ),
    Attack(
        "many small",
        "_kept = []\n"
        "while len(_kept) < 30_000: _kept.append(bytearray(100_000) if _full else None)\n"
        "got = _size if _full else 0",
        took_memory,
    ),
    Attack(
        "memory file",
        "_f = os.memfd_create('x')\nos.truncate(_f, _size)\nos.write(_f, b'x' * 4096)\ngot = _size",
        took_memory,
    ),
    Attack(
        "shared memory file",
        "_f = os.open('/dev/shm/lrcards-attack', os.O_RDWR | os.O_CREAT)\n"
        "os.unlink('/dev/shm/lrcards-attack')\ngot = _size",
        took_memory,
    ),
    Attack(
        "system v memory",
        "_i = _libc.shmget(0, _ctypes.c_size_t(8 << 20), 0o1600)\n"
        "got = _size if _i >= 0 else 0\nif _i >= 0: _libc.shmctl(_i, 0, None)",
        took_memory,
        "seccomp",
    ),
]

OTHERS = [
    Attack(
        "memory of the zygote",
        "_f = open(f'/proc/{os.getppid()}/mem', 'rb')\n_f.seek(1 << 22)\n"
        "done = len(_f.read(1)) or 1",
        done,
        None,
        "landlock",
    ),
    *(
        Attack(
            f"{name} of the zygote",
            f"t = open(f'/proc/{{os.getppid()}}/{name}').read()\ndone = 1",
            done,
            None,
            "landlock",
        )
        for name in ("environ", "maps")
    ),
    Attack(
        "cmdline of the zygote",
        "t = open(f'/proc/{os.getppid()}/cmdline').read()\ndone = 1",
        done,
        "landlock",
    ),
    Attack(
        "links of the zygote",
        "t = os.readlink(f'/proc/{os.getppid()}/cwd')\ndone = 1",
        done,
        None,
        "landlock",
    ),
    Attack("its own memory", "open('/proc/self/mem', 'r+b').close()\ndone = 1", done),
    Attack(
        "descriptors",
        "t = []\nfor _n in range(4, 2000):\n    try: t.append(os.fstat(_n).st_ino)\n"
        "    except OSError: pass\ndone = len(t)",
        done,
    ),
    Attack(
        "environment",
        "t = dict(os.environ)\n_b = 'OMP_NUM_THREADS'\n"
        "done = 'LRCARDS_TOKEN' in t or 'TORCH_LOGS' in t or t[_b] != '1' or any("
        "'PYTHON' in n and n not in ('PYTHONHASHSEED', 'PYTHONMALLOC') for n in t)",
        done,
    ),
    Attack(
        "code of another",
        "import gc\n_m = ''.join(('the-code-of-', 'another'))\n"
        "t = [v for o in gc.get_objects() if isinstance(o, (dict, list, tuple)) for v in "
        "(o.values() if isinstance(o, dict) else o) if type(v) is str and _m in v != _m][:1]\n"
        "_f = sys._getframe()\nwhile _f:\n    _s = _f.f_locals.get('self')\n"
        "    if hasattr(_s, 'waiting'): t += [str(_s.waiting), str(_s.children)]\n"
        "    _f = _f.f_back",
        reads(OTHER),
    ),
    *(Attack(name, code, done, ...) for name, code in _SYSCALLS.items()),
]

if platform.machine() == "x86_64":
    OTHERS += [
        Attack("int 0x80", _MACHINE.format(code="b814000000cd80c3", harm="_result > 0"), done, ...),
        Attack("x32", _MACHINE.format(code="b8270000400f05c3", harm="_result > 0"), done, ...),
        Attack(
            "socket by machine code",
            _MACHINE.format(code="b829000000bf01000000be0100000031d20f05c3", harm="_result >= 0"),
            done,
            "seccomp",
        ),
    ]

ATTACKS = [*FILES, *NETWORK, *PROCESSES, *SIGNALS, *MEMORY_, *OTHERS]
assert len({one.name for one in ATTACKS}) == len(ATTACKS)
