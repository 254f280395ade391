"""What a forked child does: give up what it does not need, run its snippets, say what they left."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from lrcards.run.child import execute
from lrcards.run.confine import Confinement, kernel
from lrcards.run.endings import OUR_FAULT
from lrcards.run.protocol import encode, frame

# A result that cannot be made or written: the snippet closed its pipe, or changed Python itself.
_ITS_FAULT = 1
# The zygote asks with it for the line that a child has reached.
WHERE = signal.SIGUSR2
_RESULTS = 3


@dataclass(frozen=True, slots=True)
class Birth:
    """What a child gets from its zygote: pipe ends to write to, the zygote's id, how confined."""

    results: int
    output: int
    parent: int
    confinement: Confinement


def be_child(job: dict[str, Any], birth: Birth) -> NoReturn:
    """Run the snippets of one job, one frame each, and end the process without teardown."""
    code = OUR_FAULT
    try:
        _settle(job, birth)
        code = _ITS_FAULT
        for run in job["runs"]:
            result = execute(run)
            sys.stdout.flush()
            sys.stderr.flush()
            _write(frame(run["id"], encode(result)))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a child must never run on as a second zygote
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _settle(job: dict[str, Any], birth: Birth) -> None:
    os.setsid()
    if sys.platform.startswith("linux"):
        kernel.die_with_parent(signal.SIGKILL)
    if os.getppid() != birth.parent:
        os._exit(1)  # it ended before the kernel was told
    os.dup2(birth.output, 1)
    os.dup2(birth.output, 2)
    os.dup2(birth.results, _RESULTS)
    with suppress(OSError):
        os.chdir(job["folder"])
    cpu = sum(run["cpu"] + 1 for run in job["runs"])
    birth.confinement.enter(cpu, job["files"])


def _write(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(_RESULTS, rest) :]
