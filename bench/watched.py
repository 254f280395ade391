"""`python -m bench.watched ARGUMENTS`: lrcards, ended where it starts a process or loads torch."""

from __future__ import annotations

import os
import sys

from lrcards.cli import main

CAUGHT = 99
_STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system"}


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """See what Python itself reports of every process that it starts and all that it imports."""
    if event in _STARTS or (event == "import" and arguments[0] == "torch"):
        os._exit(CAUGHT)


if __name__ == "__main__":
    sys.addaudithook(watch)
    main()
