"""Peak memory of this process, of the zygote that it starts, and of the largest of its children."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

_EVERY = 0.02


class Watch:
    """Reads VmHWM of all three from /proc fifty times a second, while its `with` block runs.

    That is resident memory: pages that a child shares with its zygote count for both.
    """

    def __init__(self) -> None:
        self.peaks = {"compiler": 0, "zygote": 0, "child": 0}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._see("compiler", os.getpid())

    def _poll(self) -> None:
        while not self._over.wait(_EVERY):
            for zygote in _children(os.getpid()):
                self._see("zygote", zygote)
                for child in _children(zygote):
                    self._see("child", child)

    def _see(self, who: str, pid: int) -> None:
        match = re.search(r"VmHWM:\s+(\d+)", _read(f"/proc/{pid}/status"))
        if match:
            self.peaks[who] = max(self.peaks[who], int(match[1]) << 10)


def _children(pid: int) -> list[int]:
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="ascii", errors="replace")
    except OSError:  # it has ended meanwhile
        return ""
