"""The store: one JSON line a run, appended and never changed, read whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock

from lrcards.model import Result, Run
from lrcards.run.written import result_from

_FILE = "store.jsonl"
# A time-out or a kill may be the machine's doing; only what would happen again is remembered.
_DETERMINISTIC = {"syntax", "exception", "output-limit"}


def load(folder: Path) -> dict[str, Run]:
    """Read all runs by key; torn, foreign and malformed lines count as missing."""
    file = folder / _FILE
    if not file.is_file():
        return {}
    runs: dict[str, Run] = {}
    for row in file.read_bytes().split(b"\n"):
        run = _parse(row) if row else None
        if run is not None:
            runs[run.key] = run
    return runs


def append(folder: Path, runs: Iterable[Run]) -> None:
    """Add runs that are worth remembering, safely beside other builds."""
    rows = [_row(run) for run in runs if _is_lasting(run.result)]
    if not rows:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f"{_FILE}.lock"), (folder / _FILE).open("a+b") as stream:
        # A build that was killed may have left half a line; it must not swallow the next one.
        stream.seek(0, os.SEEK_END)
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.write(b"\n")
        stream.write(b"".join(rows))
        stream.flush()
        os.fsync(stream.fileno())


def _is_lasting(result: Result) -> bool:
    return result.failure is None or result.failure.kind in _DETERMINISTIC


def _row(run: Run) -> bytes:
    values = {"key": run.key, "isolation": run.isolation, "result": asdict(run.result)}
    return json.dumps(values, sort_keys=True).encode() + b"\n"


def _parse(row: bytes) -> Run | None:
    try:
        values = json.loads(row)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    key, isolation = values.get("key"), values.get("isolation")
    result = result_from(values.get("result"))
    if result is None or not isinstance(key, str) or not isinstance(isolation, str):
        return None
    return Run(key, result, hit=True, isolation=isolation)
