"""How a child ended that gave no result: the words for it."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from typing import Any

from lrcards.run.protocol import LARGEST_RESULT

# The exit code of a process that failed before it came to the snippet.
OUR_FAULT = 70
# How long a run may take beyond its time to end by itself, in seconds.
GRACE = 1.0
# How much of what a run printed is shown with its failure, in bytes.
KEPT_OUTPUT = 2000
# How faulthandler begins what it writes.
_DUMP = re.compile(rb"^(Timeout|Stack|Thread|Current thread) .*(!|first\):)$", re.MULTILINE)
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
    """Return the failure of a run, as plain data; a snippet's fault unless we failed ourselves.

    `output` is the end of what it printed, with the line that it had reached where it was late.
    """
    kind, message = _verdict(ending)
    dump = _DUMP.search(output)
    said = output[: dump.start()] if dump else output
    reached = [one for one in _REACHED.finditer(output) if one["path"] == path.encode()]
    return {
        "kind": kind,
        "message": message,
        "exception": "",
        "line": int(reached[0]["line"]) if ending.late and reached else None,
        "stderr": said[-KEPT_OUTPUT:].decode("utf-8", "replace"),
    }


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
