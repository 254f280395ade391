"""One child as its zygote sees it: its pipes, its time, and what came of it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

from lrcards.run.endings import GRACE, Ending, failure
from lrcards.run.forked import WHERE
from lrcards.run.protocol import LARGEST_RESULT, FrameError, encode, take_frames, with_output

_KEPT_OUTPUT = 64 << 10
_LARGEST_BATCH = 64 << 20
_FULL_PIPE = 32  # reads that empty a pipe of the largest size
_LAST_WORDS = 0.3
_FOREVER = 86_400.0


class Child:
    """A job under way in a process of its own; `deadline` is when it has to be looked after."""

    def __init__(self, pid: int, job: dict[str, Any], results: int, output: int) -> None:
        self.pid = pid
        self.job = job
        self.deadline = 0.0
        self.gone = False
        self._ended = os.pidfd_open(pid)
        self._results = results
        self._output = output
        for pipe in (results, output):
            os.set_blocking(pipe, False)
        self.pipes = {results, output, self._ended}
        self._buffer = bytearray()
        self._printed = bytearray()
        self._left: dict[int, bytes] = {}
        self._size = 0
        self._expected = {run["id"] for run in self.runs}
        self._wall = max(run["wall"] for run in self.runs)
        self._late = self._oversized = self._irregular = self._refused = False
        self._code = 0
        self._wait()

    @property
    def runs(self) -> list[dict[str, Any]]:
        runs: list[dict[str, Any]] = self.job["runs"]
        return runs

    def read(self, pipe: int) -> None:
        """Take what a pipe holds; when the process has ended, all that it left."""
        if pipe == self._ended:
            self._bury()
        elif self._take(pipe) == b"":
            self.pipes.discard(pipe)

    def hurry(self, now: float) -> None:
        """Its time is up: ask for the line it has reached, then end it."""
        if self._late:
            self.kill()
            self.deadline = now + _FOREVER
            return
        self._late = True
        self.deadline = now + _LAST_WORDS
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, WHERE)

    def kill(self) -> None:
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(self.pid, signal.SIGKILL)

    def replies(self) -> Iterator[tuple[int, bytes]]:
        """Yield what is settled: results, and the failure of a run that was alone."""
        alone = len(self.runs) == 1
        output = bytes(self._printed) if alone else b""
        if alone and (self._code != 0 or self._irregular or not self._left):
            run = self.runs[0]
            ending = Ending(
                self._code, run["wall"], run["cpu"], self._late, self._oversized, self._irregular
            )
            died = {"names": {}, "failure": failure(ending, output, run["path"])}
            yield run["id"], with_output(b"", encode(died))
        elif not self._irregular:
            for number, content in self._left.items():
                yield number, with_output(output, content)

    def again(self) -> list[dict[str, Any]]:
        """Return the runs of a batch without a result, or all where one wrote what it must not."""
        if len(self.runs) == 1:
            return []
        return [run for run in self.runs if self._irregular or run["id"] not in self._left]

    def _bury(self) -> None:
        # Until it is waited for, its id is no other process's. What it started, where that was
        # not prevented, ends too; what left its group may go on writing, hence the bound.
        self.kill()
        for pipe in (self._results, self._output):
            for _ in range(_FULL_PIPE):
                if not self._take(pipe):
                    break
        _, status = os.waitpid(self.pid, 0)
        self._code = os.waitstatus_to_exitcode(status)
        self._irregular = self._irregular or bool(self._buffer)
        for pipe in (self._results, self._output, self._ended):
            os.close(pipe)
        self.gone = True

    def _take(self, pipe: int) -> bytes | None:
        """Read once; None when there is nothing now, empty when there never will be."""
        try:
            data = os.read(pipe, 1 << 16)
        except BlockingIOError:
            return None
        if pipe == self._output:
            self._printed += data
            del self._printed[:-_KEPT_OUTPUT]
        elif data and not self._refused:
            self._buffer += data
            self._take_results()
        return data

    def _take_results(self) -> None:
        try:
            for number, content in take_frames(self._buffer, LARGEST_RESULT):
                # Nothing outside the batch is accepted, nor a second result.
                if number not in self._expected or number in self._left:
                    self._refuse(oversized=False)
                    break
                self._left[number] = content
                self._size += len(content)
                self._wait()
        except FrameError:
            self._refuse(oversized=True)
        if self._size > _LARGEST_BATCH:
            self._refuse(oversized=True)

    def _refuse(self, oversized: bool) -> None:
        """Take no more from it, and end it: what it may still write is not worth the time."""
        self._oversized = oversized
        self._irregular = self._refused = True
        self._buffer.clear()
        self.kill()

    def _wait(self) -> None:
        self.deadline = time.monotonic() + self._wall + GRACE
