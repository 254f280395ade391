"""A worker for systems on which a process with torch cannot fork safely.

It runs the snippets of one lesson one after another in itself, with limits where the system has
them and no confinement. It speaks the frames of the zygote and ends when stdin does.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys

from lrcards import snippet as prelude
from lrcards.run.child import execute
from lrcards.run.isolation import PROCESS_ONLY
from lrcards.run.protocol import HELLO, decode, encode, receive, send

_LARGEST_FILE = 64 << 20
_MEMORY = 1 << 30
_PATIENCE = 0.5


def main() -> None:
    """Warm up, say hello, run what comes."""
    requests, replies = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    prelude.warm()
    _limit()
    hello = {**prelude.versions(), "python": sys.version.split()[0], "isolation": PROCESS_ONLY}
    send(replies, HELLO, encode(hello))
    while (request := receive(requests)) is not None:
        job = decode(request[1])
        with contextlib.suppress(OSError):
            os.chdir(job["folder"])
        for run in job["runs"]:
            # Where it does not end when told to, the line that it has reached is written first.
            faulthandler.dump_traceback_later(run["wall"] + _PATIENCE)
            result = execute(run)
            faulthandler.cancel_dump_traceback_later()
            sys.stdout.flush()
            sys.stderr.flush()
            send(replies, run["id"], encode(result))


def _limit() -> None:
    """Bound what a slip can do: this is no protection from malice."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    resource.setrlimit(resource.RLIMIT_DATA, (used + _MEMORY, used + _MEMORY))


if __name__ == "__main__":
    main()
