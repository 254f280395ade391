"""How confined a child really is: found by trying, never by asking the kernel what it offers."""

from __future__ import annotations

import contextlib
import mmap
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from lrcards.run.confine import limits

_CONTENT = "canary"
_MORE = 512 << 20


def attempts(canary: Path) -> dict[str, list[Callable[[], object]]]:
    """Return what a confined child must fail to do, by the words of isolation.GUARDED."""
    return {
        "filesystem": [lambda: canary.read_text(encoding="ascii"), lambda: _create(canary)],
        "metadata": [lambda: canary.chmod(0o600)],
        "network": [
            lambda: _close(socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
            lambda: _close(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
            lambda: _close(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)),
        ],
        "processes": [_fork],
        "signals": [lambda: os.kill(os.getppid(), 0)],
        "privileges": [_use_capabilities],
        "memory limit": [
            lambda: bytearray(limits.MEMORY + _MORE),
            lambda: mmap.mmap(-1, limits.MEMORY + _MORE).close(),  # shared: it is no data
        ],
    }


def missing(canary: Path) -> list[str]:
    """Try everything in this process; return what could be done and should not."""
    found: list[str] = []
    for word, tries in attempts(canary).items():
        if any(_succeeds(attempt) for attempt in tries):
            found.append(word)
    return found


@contextlib.contextmanager
def canary_file() -> Iterator[Path]:
    """Make a file that nobody confined can read."""
    with tempfile.TemporaryDirectory(prefix="lrcards-") as folder:
        file = Path(folder) / "canary"
        file.write_text(_CONTENT, encoding="ascii")
        yield file


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError):
        return False
    return True


def _create(canary: Path) -> None:
    os.close(os.open(f"{canary}.new", os.O_CREAT | os.O_WRONLY))


def _close(one: socket.socket) -> None:
    one.close()


def _use_capabilities() -> None:
    if not limits.has_capabilities():
        raise PermissionError


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
