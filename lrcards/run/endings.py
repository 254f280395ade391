"""How a child ended that gave no result: the words for it."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from typing import Any

from lrcards.run.protocol import LARGEST_RESULT

# The exit code of a process that failed before it came to the snippet.
OUR_FAULT = 70
_REACHED = re.compile(rb'^  File "(?P<path>[^"\n]*)", line (?P<line>\d+) in ', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ending:
    """What the zygote saw of a child: exit code (negative: a signal), and what it noticed."""

    code: int
    wall: float
    cpu: float
    late: bool = False
    oversized: bool = False
    irregular: bool = False


def failure(ending: Ending, output: bytes, path: str) -> dict[str, Any]:
    """Return the failure of a run, as plain data; a snippet's fault unless we failed ourselves."""
    kind, message = _verdict(ending)
    line = _line_reached(output, path) if ending.late else None
    return {"kind": kind, "message": message, "exception": "", "line": line, "stderr": ""}


def _verdict(ending: Ending) -> tuple[str, str]:
    if ending.oversized:
        return "output-limit", f"its result is larger than {LARGEST_RESULT >> 20} MiB"
    if ending.irregular:
        return "died", "it wrote something of its own where its result goes"
    if ending.late:
        return "wall-limit", f"stopped after {ending.wall:g} s: it did not end when told to"
    if ending.code == OUR_FAULT:
        return "sandbox", "the run could not be set up"
    return _left(ending)


def _left(ending: Ending) -> tuple[str, str]:
    if ending.code >= 0:
        return "died", f"it left with exit code {ending.code} before it gave a result"
    name = signal.Signals(-ending.code).name
    if name == "SIGXCPU":
        return "cpu-limit", f"stopped after {ending.cpu:g} s of CPU"
    return "died", f"it was ended by {name}"


def _line_reached(output: bytes, path: str) -> int | None:
    """Find the line in what faulthandler wrote when the zygote asked."""
    own = [one for one in _REACHED.finditer(output) if one["path"] == path.encode()]
    return int(own[0]["line"]) if own else None
