"""The compiler's side of the zygote: start it, hand it jobs, take results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Self

from lrcards.run.endings import KEPT_OUTPUT
from lrcards.run.isolation import LAYERS
from lrcards.run.jobs import Job, Ran, RunnerError
from lrcards.run.protocol import FrameError, decode, encode, receive, send, split_output

_PATIENCE = 5
# Nothing of the user's environment may steer Python or torch, or leak into a course.
ENVIRONMENT = {
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    # A fork copies a table entry for each page: memory in large pages makes it three times cheaper.
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864",
}
# The package is found by its own folder, and the folder around it is on no path: a checkout holds
# more, and a json.py there must not be taken for Python's.
# One thread forks, and holds no lock then: the handlers that libraries ask for would do nothing but
# touch memory, which has to be copied for each child (a third of what a child touches).
START = """
import importlib.util
import os
import sys
os.register_at_fork = lambda **_: None
around, name = sys.argv.pop(), "lrcards"
sys.path[:] = [one for one in sys.path if one != around or one.endswith("-packages")]
spec = importlib.util.spec_from_file_location(name, around + "/lrcards/__init__.py")
sys.modules[name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules[name])
import lrcards.run.{module}
lrcards.run.{module}.main()
"""
# Taking torch down takes longer than a run, and nobody waits for what it would tidy.
LEAVE = "\nimport os; os._exit(0)"


@dataclass(frozen=True, slots=True)
class Hello:
    """What a runner says of itself before it serves: versions, and how confined its runs are."""

    torch: str
    git: str
    python: str
    isolation: str


def command(module: str, options: str) -> list[str]:
    """Return the command that starts a module of lrcards.run as a process of its own."""
    around = str(Path(__file__).resolve().parents[2])
    return [sys.executable, "-s", "-P", "-c", START.format(module=module) + LEAVE, options, around]


class Worker:
    """A process of our own that speaks frames; leaving the `with` block ends it."""

    hello: Hello

    def __init__(self, module: str, options: dict[str, Any]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            command(module, json.dumps(options)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=ENVIRONMENT,
        )

    def __enter__(self) -> Self:
        try:
            said = decode(self.message()[1])
            self.hello = Hello(said["torch"], said["git"], said["python"], said["isolation"])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close its input, which ends it; kill it if that does not."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def send(self, job: Job) -> None:
        assert self._process.stdin is not None
        send(self._process.stdin.fileno(), 0, encode(job.message()))

    def receive(self) -> tuple[int, bytes] | None:
        """Wait for a frame; None when the process is gone."""
        assert self._process.stdout is not None
        return receive(self._process.stdout.fileno())

    def message(self) -> tuple[int, bytes]:
        return self.receive() or self._broken()

    def printed(self) -> int:
        """Return how many bytes the process has printed so far."""
        return self._errors.seek(0, os.SEEK_END)

    def tail(self, start: int) -> bytes:
        """Return the end of what it has printed since it had printed `start` bytes."""
        self._errors.seek(max(start, self.printed() - KEPT_OUTPUT))
        return self._errors.read()

    def _broken(self) -> NoReturn:
        """Say why the process is gone, in the last words that it wrote."""
        self._process.wait()
        said = self.tail(0).decode("utf-8", "replace").strip().splitlines()
        last = said[-1] if said else f"exit code {self._process.returncode}"
        raise RunnerError(
            f"the snippet runner did not work: {last}\n"
            f"try: {Path(sys.executable).name} -c 'import lrcards.snippet'"
        )


class Zygote(Worker):
    """A warm process that forks one confined child per job, `at_a_time` of them at most."""

    def __init__(self, at_a_time: int, layers: Sequence[str] = LAYERS) -> None:
        super().__init__("zygote", {"jobs": at_a_time, "layers": list(layers)})

    def execute(self, jobs: Sequence[Job]) -> Iterator[Ran]:
        """Run jobs and yield what each run left, in the order in which they end."""
        expected = {run.number for job in jobs for run in job.runs}
        # A thread hands the jobs over, so that neither side ever waits for the other to read.
        feeder = threading.Thread(target=self._feed, args=(jobs,), daemon=True)
        feeder.start()
        while expected:
            number, content = self.message()
            if number not in expected:
                continue  # nothing outside the batch is accepted, nor a second result
            expected.discard(number)
            output, written = split_output(content)
            yield read_reply(number, output, written, self.hello.isolation)
        feeder.join()

    def _feed(self, jobs: Sequence[Job]) -> None:
        with suppress(OSError, ValueError):  # it is gone: whoever reads will say so
            for job in jobs:
                self.send(job)


def read_reply(number: int, output: bytes, written: bytes, isolation: str) -> Ran:
    """Read what a child wrote; a stranger's code may have written it, so nothing is taken on trust.

    The tail of what it printed, `output`, goes into its failure, where that says nothing itself.
    """
    try:
        result = decode(written)
    except FrameError:
        return Ran(number, {}, isolation)
    failure = result.get("failure")
    if isinstance(failure, dict) and not failure.get("stderr"):
        failure["stderr"] = output[-KEPT_OUTPUT:].decode("utf-8", "replace")
    return Ran(number, result, isolation)
