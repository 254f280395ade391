"""The compiler's side of the zygote: start it, hand it jobs, take results."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from lrcards.run.protocol import receive, send

ISOLATION = "process only"
_PATIENCE = 5
# Nothing of the user's environment may steer Python or torch, or leak into a course.
_ENVIRONMENT = {
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
# The package's folder is on the path only while the package is imported: a checkout holds more.
_START = """
import sys
sys.path.insert(0, sys.argv.pop())
import lrcards.run.zygote
sys.path.pop(0)
lrcards.run.zygote.main()
"""


class RunnerError(Exception):
    """Snippets cannot be run on this machine: exit code 3."""


def execute_all(
    jobs: Sequence[dict[str, Any]], at_a_time: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Run jobs in a zygote of their own and yield `(job id, plain result)` as they end.

    Raises RunnerError when the zygote does not start, or dies.
    """
    with Zygote(at_a_time) as zygote:
        yield from zygote.execute(jobs)


class Zygote:
    """A running zygote; leaving the `with` block ends it and its children."""

    def __init__(self, at_a_time: int) -> None:
        self.at_a_time = at_a_time
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        root = str(Path(__file__).resolve().parents[2])
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-s", "-P", "-c", _START, str(at_a_time), root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_ENVIRONMENT,
        )

    def __enter__(self) -> Zygote:
        try:
            self.message()  # hello
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close its input, which ends it; kill it if that does not."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def execute(self, jobs: Sequence[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Hand over a few jobs ahead, so that neither side ever waits on a full pipe."""
        known = {job["id"] for job in jobs}
        ahead = iter(jobs)
        for job in itertools.islice(ahead, 2 * self.at_a_time):
            self.send(job)
        while known:
            reply = self.message()
            if reply.get("id") not in known:
                continue  # nothing outside the batch is accepted, nor a second result
            known.discard(reply["id"])
            following = next(ahead, None)
            if following is not None:
                self.send(following)
            yield reply["id"], reply["result"]

    def send(self, job: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            send(self._process.stdin.fileno(), job)
        except BrokenPipeError:
            self._broken()

    def message(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        message = receive(self._process.stdout.fileno())
        return self._broken() if message is None else message

    def _broken(self) -> NoReturn:
        """Say why the zygote is gone, in the last words that it wrote."""
        self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        last = said[-1] if said else f"exit code {self._process.returncode}"
        raise RunnerError(
            f"the snippet runner did not work: {last}\n"
            f"try: {Path(sys.executable).name} -c 'import lrcards.snippet'"
        )
