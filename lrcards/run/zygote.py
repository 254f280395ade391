"""The zygote: a fresh process with torch warmed, which forks one child per job.

Started by run/local.py as its own process; it speaks frames on stdin and stdout, and ends when
stdin does.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import os
import select
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lrcards import snippet as prelude
from lrcards.run import isolation
from lrcards.run.confine import Confinement, prepare, probe
from lrcards.run.forked import WHERE, Birth, be_child
from lrcards.run.nursery import Child
from lrcards.run.protocol import HELLO, decode, encode, receive, send

_LARGE, _MOST = 100_000, 10_000
_SIZES = (*range(4096, 1024, -256), *range(1032, 16, -16))


def main() -> None:
    """Warm up, say hello, serve until the compiler is gone."""
    wanted, requests, replies = json.loads(sys.argv[1]), os.dup(0), os.dup(1)
    # What torch or a snippet prints must not get between the frames.
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    prelude.warm()
    faulthandler.register(WHERE, file=2, all_threads=False)  # children inherit it
    gc.collect()
    _fill_holes()
    confinement = prepare(wanted["layers"])
    gc.freeze()
    tasks = Path("/proc/self/task")
    if tasks.is_dir() and len(list(tasks.iterdir())) != 1:
        raise SystemExit("the zygote has more than one thread; forking it would not be safe")
    level = isolation.level(_probe(confinement))
    hello = {**prelude.versions(), "python": sys.version.split()[0], "isolation": level}
    send(replies, HELLO, encode(hello))
    _Server(wanted["jobs"], requests, replies, confinement).serve()


def _fill_holes() -> None:
    """Take what start-up left free all over the heap, so that what a child makes lies together.

    Every page that a child writes to is copied for it; this saves a tenth of a run.
    """
    malloc = ctypes.CDLL(None).malloc
    malloc.argtypes, malloc.restype = [ctypes.c_size_t], ctypes.c_size_t
    end = max(malloc(_LARGE) for _ in range(8))  # hardly any hole is as large: it lies behind them
    for size in _SIZES:
        for _ in range(_MOST):
            if malloc(size) > end:
                break


def _probe(confinement: Confinement) -> list[str]:
    """Let a confined child try what it must not be able to do."""
    reading, writing = os.pipe()
    with probe.canary_file() as canary:
        pid = os.fork()
        if pid == 0:
            try:
                os.dup2(writing, 3)
                confinement.enter(cpu=10)
                os.write(3, json.dumps(probe.missing(canary)).encode())
            except BaseException:  # noqa: BLE001 - it must not go on as a second zygote
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            said = answer.read()
        os.waitpid(pid, 0)
    if not said:
        raise SystemExit("a confined process could not even say what it may do")
    found: list[str] = json.loads(said)
    return found


class _Server:
    def __init__(self, jobs: int, requests: int, replies: int, confinement: Confinement) -> None:
        self.jobs = jobs
        self.requests = requests
        self.replies = replies
        self.confinement = confinement
        self.waiting: deque[dict[str, Any]] = deque()
        self.children: dict[int, Child] = {}

    def serve(self) -> None:
        while True:
            while self.waiting and len(self.children) < self.jobs:
                self.start(self.waiting.popleft())
            watched = {pipe: child for child in self.children.values() for pipe in child.pipes}
            for pipe, event in self.poll(watched):
                if pipe in watched:
                    if not watched[pipe].gone:
                        watched[pipe].read(pipe)
                elif event & select.POLLHUP or not self.accept():
                    return self.end()
            self.finish()

    def end(self) -> None:
        for child in self.children.values():
            child.kill()

    def poll(self, pipes: Iterable[int]) -> list[tuple[int, int]]:
        """Wait for pipes, for the next job while there is room for it, and for the next deadline.

        That the compiler is gone is seen even when there is no room.
        """
        poll = select.poll()
        poll.register(self.requests, select.POLLIN if len(self.waiting) < self.jobs else 0)
        for pipe in pipes:
            poll.register(pipe, select.POLLIN)
        deadlines = [child.deadline for child in self.children.values()]
        if not deadlines:
            return poll.poll()
        return poll.poll(1000 * max(0.0, min(deadlines) - time.monotonic()) + 1)

    def accept(self) -> bool:
        request = receive(self.requests)
        if request is not None:
            self.waiting.append(decode(request[1]))
        return request is not None

    def start(self, job: dict[str, Any]) -> None:
        results, results_to = os.pipe()
        output, output_to = os.pipe()
        birth = Birth(results_to, output_to, os.getpid(), self.confinement)
        pid = os.fork()
        if pid == 0:
            # Code and results of others are none of its business.
            self.waiting.clear()
            self.children.clear()
            be_child(job, birth)
        os.close(results_to)
        os.close(output_to)
        self.children[pid] = Child(pid, job, results, output)

    def finish(self) -> None:
        """Bury children that have ended; run again, each on its own, what a dead batch left."""
        now = time.monotonic()
        for pid, child in list(self.children.items()):
            if child.gone:
                del self.children[pid]
                for number, content in child.replies():
                    send(self.replies, number, content)
                self.waiting.extendleft({**child.job, "runs": [run]} for run in child.again())
            elif child.deadline <= now:
                child.hurry(now)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the compiler tells us when to end
    main()
