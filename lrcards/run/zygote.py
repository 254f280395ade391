"""The zygote: a fresh process with torch warmed, which forks one child per run.

Started by run/local.py as its own process; it speaks frames on stdin and stdout, and ends when
stdin does.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import select
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lrcards import snippet as prelude
from lrcards.run.child import CPU_SECONDS, execute
from lrcards.run.protocol import LARGEST_RESULT, FrameError, decode, encode, receive, send

_KEPT_OUTPUT = 64 << 10
_GRACE = 1.0
_MEMORY = 1 << 30
_PR_SET_PDEATHSIG = 1
_OUR_FAULT = 70


@dataclass(slots=True)
class Child:
    """A run under way: its result pipe, its output pipe, and what has come of each."""

    pid: int
    id: int
    frame_from: int
    output_from: int
    deadline: float
    frame: bytearray = field(default_factory=bytearray)
    output: bytearray = field(default_factory=bytearray)
    open: set[int] = field(default_factory=set)
    late: bool = False


def main() -> None:
    """Warm up, say hello, serve until the compiler is gone."""
    jobs, requests, replies = int(sys.argv[1]), os.dup(0), os.dup(1)
    # What torch or a snippet prints must not get between the frames.
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    prelude.warm()
    gc.collect()
    gc.freeze()
    tasks = Path("/proc/self/task")
    if tasks.is_dir() and len(list(tasks.iterdir())) != 1:
        raise SystemExit("the zygote has more than one thread; forking it would not be safe")
    send(replies, {"hello": 1, **prelude.versions(), "python": sys.version.split()[0]})
    _Server(jobs, requests, replies).serve()


class _Server:
    def __init__(self, jobs: int, requests: int, replies: int) -> None:
        self.jobs = jobs
        self.requests = requests
        self.replies = replies
        self.waiting: list[dict[str, Any]] = []
        self.children: dict[int, Child] = {}

    def serve(self) -> None:
        while True:
            while self.waiting and len(self.children) < self.jobs:
                self.start(self.waiting.pop(0))
            pipes = {pipe: child for child in self.children.values() for pipe in child.open}
            ready, _, _ = select.select([self.requests, *pipes], [], [], self.patience())
            if self.requests in ready and not self.accept():
                break
            for pipe in ready:
                if pipe in pipes:
                    self.read(pipes[pipe], pipe)
            self.reap()
        for child in self.children.values():
            _kill(child.pid)

    def patience(self) -> float | None:
        if not self.children:
            return None
        nearest = min(child.deadline for child in self.children.values())
        # A child that closed its pipes but lives on is looked after once in a while.
        return max(0.0, min(nearest - time.monotonic(), 0.25))

    def accept(self) -> bool:
        job = receive(self.requests)
        if job is not None:
            self.waiting.append(job)
        return job is not None

    def start(self, job: dict[str, Any]) -> None:
        frame_from, frame_to = os.pipe()
        output_from, output_to = os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_child(job, frame_to, output_to, parent)
        os.close(frame_to)
        os.close(output_to)
        deadline = time.monotonic() + job["wall"] + _GRACE
        child = Child(pid, job["id"], frame_from, output_from, deadline)
        child.open = {frame_from, output_from}
        self.children[pid] = child

    def read(self, child: Child, pipe: int) -> None:
        data = os.read(pipe, 1 << 16)
        if not data:
            child.open.discard(pipe)
            os.close(pipe)
        elif pipe == child.output_from:
            child.output = (child.output + data)[-_KEPT_OUTPUT:]
        else:
            child.frame += data
            if len(child.frame) > LARGEST_RESULT + 4:
                _kill(child.pid)

    def reap(self) -> None:
        for child in list(self.children.values()):
            if time.monotonic() > child.deadline and not child.late:
                child.late = True
                _kill(child.pid)
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                # A grandchild may hold the pipes open; what the child wrote is there already.
                _kill(child.pid)
                for pipe in list(child.open):
                    self.drain(child, pipe)
                del self.children[pid]
                send(self.replies, _reply(child, status))

    def drain(self, child: Child, pipe: int) -> None:
        os.set_blocking(pipe, False)
        with contextlib.suppress(BlockingIOError):
            while pipe in child.open:
                self.read(child, pipe)
        if pipe in child.open:
            child.open.discard(pipe)
            os.close(pipe)


def _reply(child: Child, status: int) -> dict[str, Any]:
    output = child.output.decode("utf-8", "replace")
    try:
        result = decode(bytes(child.frame))
    except FrameError:
        result = {"names": {}, "failure": _death(child, status)}
    if result.get("failure"):
        result["failure"]["stderr"] = output[-2000:]
    return {"id": child.id, "result": result}


def _death(child: Child, status: int) -> dict[str, Any]:
    """Say how a child ended that gave no result."""
    code = os.waitstatus_to_exitcode(status)
    if child.late:
        kind, message = "wall-limit", "stopped: it did not end when its time was up"
    elif len(child.frame) > LARGEST_RESULT:
        kind, message = "output-limit", f"its result is larger than {LARGEST_RESULT >> 20} MiB"
    elif code == -signal.SIGXCPU:
        kind, message = "cpu-limit", f"stopped after {CPU_SECONDS} s of CPU"
    elif code == _OUR_FAULT:
        kind, message = "sandbox", "the run could not be set up"
    elif code < 0:
        kind, message = "died", f"it was ended by {signal.Signals(-code).name}"
    else:
        kind, message = "died", f"it left with exit code {code} before it gave a result"
    return {"kind": kind, "message": message, "exception": "", "line": None}


def _be_child(job: dict[str, Any], frame_to: int, output_to: int, parent: int) -> None:
    """Run one job and end the process; never returns."""
    try:
        os.setsid()
        if sys.platform.startswith("linux"):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.dup2(output_to, 1)
        os.dup2(output_to, 2)
        os.dup2(frame_to, 3)
        os.closerange(4, 256)
        os.chdir(job["folder"])
        _limit()
        result = execute(job)
        sys.stdout.flush()
        sys.stderr.flush()
        data = encode(result)
        while data:
            data = data[os.write(3, data) :]
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a child must never run on as a second zygote
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(_OUR_FAULT)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS + 1, CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    used = Path("/proc/self/statm")
    if used.is_file():
        pages = int(used.read_text(encoding="ascii").split()[5])
        limit = pages * resource.getpagesize() + _MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
