"""How a child ended that gave no result: the words for it."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from typing import Any

from lrcards.run.forked import OUR_FAULT
from lrcards.run.protocol import LARGEST_RESULT

_REACHED = re.compile(rb'^  File "(?P<path>[^"\n]*)", line (?P<line>\d+) in ', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ending:
    """What the zygote saw of a child: exit code (negative: a signal), and what it noticed."""

    code: int
    late: bool
    oversized: bool
    irregular: bool
    wall: float
    cpu: float


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
    if ending.code == -signal.SIGXCPU:
        return "cpu-limit", f"stopped after {ending.cpu:g} s of CPU"
    return _left(ending.code)


def _left(code: int) -> tuple[str, str]:
    if code == OUR_FAULT:
        return "sandbox", "the run could not be set up"
    if code < 0:
        return "died", f"it was ended by {signal.Signals(-code).name}"
    return "died", f"it left with exit code {code} before it gave a result"


def _line_reached(output: bytes, path: str) -> int | None:
    """Find the line in what faulthandler wrote when the zygote asked."""
    own = [one for one in _REACHED.finditer(output) if one["path"] == path.encode()]
    return int(own[0]["line"]) if own else None
