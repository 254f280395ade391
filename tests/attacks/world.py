"""A world to attack: a zygote of one user and some layers, and what an attack could harm.

Everything that is attacked was made for it: files in a folder of its own, listeners on loopback,
a bystander process. What happened is looked at from outside.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lrcards.run import local
from lrcards.run.isolation import LAYERS
from lrcards.run.jobs import Code, Job
from lrcards.run.local import Zygote
from tests.conftest import ROOT, measured, require_real

NOBODY = 65534
SECRET = "the-secret-" + "of-home"
OTHER = "the-code-of-" + "another"
HOSTILE = {
    "PYTHONPATH": "{planted}",
    "PYTHONSTARTUP": "{planted}/torch.py",
    "PYTHONINSPECT": "1",
    "LD_LIBRARY_PATH": "{planted}",
    "OMP_NUM_THREADS": "7",
    "TORCH_LOGS": "+all",
    "LRCARDS_TOKEN": SECRET,
}
_DROP = (
    "import os, sys; os.setgroups([]); os.setresgid(*[65534] * 3); os.setresuid(*[65534] * 3); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)
_PLANTED = (
    "PLANTED = 'planted-' + 'here'\n"
    "try: open({mark!r}, 'a').write(__name__)\nexcept OSError: pass\n"
)


@dataclass(slots=True)
class Case:
    """One attack as it went: its own folder before and after, its result, how long it took."""

    name: str
    folder: Path
    before: object = None
    after: object = None
    result: dict[str, Any] = field(default_factory=dict)
    heard: bool = False

    @property
    def names(self) -> dict[str, Any]:
        names: dict[str, Any] = self.result.get("names", {})
        return names

    def says(self, text: str) -> bool:
        return text in json.dumps(self.result)


class Listeners:
    """Sockets that an attack would reach; they note the name that it sends."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "socket")
        self.abstract = f"lrcards-{os.getpid()}-{folder.name}"
        self._streams = [
            self._listening(socket.AF_INET, ("127.0.0.1", 0)),
            self._listening(socket.AF_UNIX, self.path),
            self._listening(socket.AF_UNIX, "\0" + self.abstract),
        ]
        Path(self.path).chmod(0o777)
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", 0))
        self._datagrams.setblocking(False)

    @staticmethod
    def _listening(family: int, address: Any) -> socket.socket:
        one = socket.socket(family, socket.SOCK_STREAM)
        one.bind(address)
        one.listen(64)
        one.setblocking(False)
        return one

    @property
    def ports(self) -> tuple[int, int]:
        return self._streams[0].getsockname()[1], self._datagrams.getsockname()[1]

    def heard(self) -> set[str]:
        said: set[str] = set()
        for stream in self._streams:
            with contextlib.suppress(BlockingIOError):
                while True:
                    connection, _ = stream.accept()
                    with connection:
                        connection.settimeout(1)
                        said.add(connection.recv(100).decode() or "somebody")
        with contextlib.suppress(BlockingIOError):
            while True:
                said.add(self._datagrams.recv(100).decode())
        return said

    def close(self) -> None:
        for one in (*self._streams, self._datagrams):
            one.close()


class World:
    """A zygote as `user`, with all layers but `off`, in a folder with planted modules."""

    def __init__(self, user: str, off: Sequence[str] = ()) -> None:
        self.user = user
        self.uid = NOBODY if user == "user" and os.geteuid() == 0 else os.geteuid()
        self.off = frozenset(off)
        self.folder = Path(tempfile.mkdtemp(prefix="lrcards-attacks-"))
        self.course = self.folder / "course"
        self._plant()
        self._hand_over(self.folder)
        self.listeners = Listeners(self.folder)
        self.bystander = subprocess.Popen([*self._drop(), shutil.which("sleep") or "", "300"])
        self.zygote = self._start()
        self.largest = 0
        self._served = 0

    @property
    def full(self) -> bool:
        return not self.off

    def _plant(self) -> None:
        mark = str(self.folder / "planted")
        for folder in (self.course, self.course / "source"):
            (folder / "lrcards").mkdir(parents=True)
            names = ("torch", "json", "sitecustomize", "usercustomize", "numpy", "statistics")
            for name in (*names, "lrcards/__init__", "lrcards/snippet"):
                (folder / f"{name}.py").write_text(_PLANTED.format(mark=mark), encoding="utf-8")
        (self.course / "source" / "lesson.md").write_text(SECRET, encoding="utf-8")
        (self.course / "source" / "given.txt").write_text("given", encoding="utf-8")

    def planted_code_ran(self) -> bool:
        return (self.folder / "planted").exists()

    def _hand_over(self, folder: Path) -> None:
        for one in (folder, *folder.rglob("*")):
            os.chown(one, self.uid, -1, follow_symlinks=False)
        folder.chmod(0o755)

    def _drop(self) -> list[str]:
        return [] if self.uid == os.geteuid() else [sys.executable, "-c", _DROP]

    def _start(self) -> Zygote:
        layers = [layer for layer in LAYERS if layer not in self.off]
        start = f"{local.START}# {self.folder.name}, by which survivors are known\n"
        with pytest.MonkeyPatch.context() as patch:
            if self.uid != os.geteuid():
                python, libraries = reachable()
                real = local.command
                start = f"import sys\nsys.path.append({libraries!r})\n{start}"
                patch.setattr(
                    local,
                    "command",
                    lambda *given: [*self._drop(), python, *real(*given)[1:]],
                )
            elif self.full:
                start = measured(start)
            if not self.full or self.uid != os.geteuid():
                start += "import os\nos._exit(0)\n"  # its teardown takes a while
            patch.setattr(local, "START", start)
            for name, value in HOSTILE.items():
                patch.setenv(name, value.format(planted=self.course))
            patch.chdir(self.course)
            return Zygote(4, layers)

    def ready(self) -> World:
        """Wait until the zygote serves."""
        if not hasattr(self.zygote, "hello"):
            self.zygote.__enter__()
        return self

    @property
    def pid(self) -> int:
        return self.zygote._process.pid

    def leave(self) -> None:
        """Let the zygote end meanwhile."""
        assert self.zygote._process.stdin is not None
        self.zygote._process.stdin.close()

    def close(self) -> None:
        self.zygote.__exit__()
        self.bystander.kill()
        self.bystander.wait()
        self.listeners.close()
        shutil.rmtree(self.folder)

    def case(self, name: str) -> Case:
        """Make a folder with things to harm."""
        folder = self.folder / "cases" / name.replace(" ", "-")
        (folder / "home").mkdir(parents=True)
        (folder / "empty").mkdir()
        (folder / "victim").write_text("untouched", encoding="utf-8")
        (folder / "home" / "id").write_text(SECRET, encoding="utf-8")
        self._hand_over(folder)
        return Case(name, folder, snapshot(folder))

    def variables(self, case: Case) -> str:
        tcp, udp = self.listeners.ports
        values = {
            "_name": case.name, "_own": str(case.folder), "_tcp": tcp, "_udp": udp,
            "_unix": self.listeners.path, "_abstract": self.listeners.abstract,
            "_bystander": self.bystander.pid, "_course": str(self.course), "_full": self.full,
            "_zygote": self.pid, "_checkout": str(ROOT),
        }  # fmt: skip
        return "".join(f"{name} = {value!r}\n" for name, value in values.items())

    def run(self, codes: Sequence[tuple[Case, str]], wall: float = 3.0) -> None:
        """Run attacks four at a time; take what each left."""
        cases = {self._served + n: case for n, (case, _) in enumerate(codes)}
        self._served += len(codes)
        jobs = [
            self.job(number, self.variables(case) + code, wall)
            for (number, case), (_, code) in zip(cases.items(), codes, strict=True)
        ]
        with self.watched():
            for ran in self.zygote.execute(jobs):
                cases[ran.number].result = dict(ran.result)
        heard = self.listeners.heard()
        for case in cases.values():
            case.after = snapshot(case.folder)
            case.heard = case.name in heard

    def job(self, number: int, code: str, wall: float) -> Job:
        folder = str(self.course / "source")
        given = str(self.course / "source" / "given.txt")
        return Job((Code(number, code, "case.py", 1, wall),), folder, (given,))

    def one(self, code: str, wall: float = 3.0) -> dict[str, Any]:
        self._served += 1
        [ran] = self.zygote.execute([self.job(self._served, code, wall)])
        return dict(ran.result)

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Look at the memory of children meanwhile."""
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.02):
                for pid in self.children():
                    self.largest = max(self.largest, resident(pid))

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def children(self) -> list[int]:
        try:
            text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        except OSError:
            return []
        return [int(one) for one in text.split()]

    def survivors(self) -> set[int]:
        """Find copies of the zygote that live on although no run is under way."""
        mine = Path(f"/proc/{self.pid}/cmdline").read_bytes()
        found = set()
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if file.read_bytes() == mine and int(file.parent.name) != self.pid:
                    found.add(int(file.parent.name))
        return found

    def end_survivors(self) -> int:
        """End what an attack on fewer layers left; return how many there were."""
        time.sleep(0.05)
        found = self.survivors()
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(found)

    def assert_sound(self) -> None:
        """Nobody outside was harmed, and the next run is right."""
        assert self.bystander.poll() is None, "the bystander was ended"
        assert self.zygote._process.poll() is None, "the zygote was ended"
        assert not self.planted_code_ran()
        result = self.one("import json, torch\nx = float(torch.ones(3).sum()) * 14")
        assert result["names"] == {"x": 42.0}
        assert result["failure"] is None


def resident(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def snapshot(folder: Path) -> object:
    """Return all that an attack could change of a folder."""
    rows = []
    for one in sorted((folder, *folder.rglob("*"))):
        found = one.lstat()
        content = one.read_bytes() if one.is_file() and not one.is_symlink() else b""
        rows.append((
            str(one), found.st_mode, found.st_uid, found.st_gid, found.st_nlink, found.st_mtime_ns,
            found.st_size, content, tuple(os.listxattr(one, follow_symlinks=False)),
        ))  # fmt: skip
    return rows


def reachable() -> tuple[str, str]:
    """Find an interpreter that an ordinary user can run, and the libraries for it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    spec = importlib.util.find_spec("torch")
    assert spec is not None
    assert spec.origin is not None
    libraries = str(Path(spec.origin).parents[1])
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        code = f"open({spec.origin!r}); open({local.__file__!r}); import ctypes"
        tried = subprocess.run(
            [sys.executable, "-c", _DROP, python, "-s", "-P", "-c", code],
            capture_output=True, env=local.ENVIRONMENT, check=False,
        )  # fmt: skip
        if tried.returncode == 0:
            return python, libraries
    require_real(False, "an interpreter that an ordinary user can run, to attack as one")
    raise AssertionError
