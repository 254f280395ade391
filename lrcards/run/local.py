"""The compiler's side of the zygote: start it, hand it jobs, take results."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from lrcards.run.protocol import FrameError, receive, send

ISOLATION = "process only"
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
    """Run jobs in one zygote and yield `(job id, plain result)` as they end.

    Raises RunnerError when the zygote does not start, or dies.
    """
    root = str(Path(__file__).resolve().parents[2])
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-s", "-P", "-c", _START, str(at_a_time), root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_ENVIRONMENT,
        )
        try:
            yield from _converse(process, jobs, at_a_time, errors)
        finally:
            _end(process)


def _converse(
    process: subprocess.Popen[bytes],
    jobs: Sequence[dict[str, Any]],
    at_a_time: int,
    errors: IO[bytes],
) -> Iterator[tuple[int, dict[str, Any]]]:
    _message(process, errors)  # hello
    assert process.stdin is not None
    known = {job["id"] for job in jobs}
    ahead = iter(jobs)
    # Only a few jobs are handed over ahead, so that neither side ever waits on a full pipe.
    for job in itertools.islice(ahead, 2 * at_a_time):
        send(process.stdin.fileno(), job)
    while known:
        reply = _message(process, errors)
        if reply.get("id") not in known:
            continue  # nothing outside the batch is accepted, nor a second result
        known.discard(reply["id"])
        following = next(ahead, None)
        if following is not None:
            send(process.stdin.fileno(), following)
        yield reply["id"], reply["result"]


def _message(process: subprocess.Popen[bytes], errors: IO[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    try:
        message = receive(process.stdout.fileno())
    except (FrameError, OSError) as error:
        raise RunnerError(f"the snippet runner broke off: {error}") from error
    if message is not None:
        return message
    process.wait()
    errors.seek(0)
    said = errors.read().decode("utf-8", "replace").strip().splitlines()
    last = said[-1] if said else f"exit code {process.returncode}"
    raise RunnerError(
        f"the snippet runner did not work: {last}\n"
        f"try: {Path(sys.executable).name} -c 'import lrcards.snippet'"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its input, which ends the zygote and its children; kill it if that does not."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
