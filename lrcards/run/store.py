"""The store: one JSON line a run, appended and never changed, read whole."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from lrcards.guards import DATA, RefusedError, read_file
from lrcards.model import Result, Run, sound_result

_FILE = "store.jsonl"
_LARGEST = DATA // 2
_HEAD = re.compile(rb'\{"key": "([^"\\]*)", ')
_RESULT = [one.name for one in fields(Result)]
# A time-out or a kill may be the machine's doing; only what would happen again is remembered.
_DETERMINISTIC = {"syntax", "exception", "output-limit"}


def load(folder: Path, wanted: Container[str]) -> dict[str, Run]:
    """Read the runs whose keys are wanted; torn, foreign and malformed lines count as missing."""
    file = folder / _FILE
    try:
        rows = read_file(file, DATA).split(b"\n")
    except RefusedError:
        return {}
    runs: dict[str, Run] = {}
    for row in rows:
        run = _parse(row) if _key_of(row) in wanted else None
        if run is not None:
            runs[run.key] = run
    return runs


def append(folder: Path, runs: Iterable[Run]) -> None:
    """Add runs that are worth remembering, safely beside other builds."""
    rows = [_row(run) for run in runs if _is_lasting(run.result)]
    if not rows:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / _FILE
    with FileLock(folder / f"{_FILE}.lock"):
        with file.open("a+b") as stream:
            # A build that was killed may have left half a line; it must not swallow the next one.
            stream.seek(0, os.SEEK_END)
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                if stream.read(1) != b"\n":
                    stream.write(b"\n")
            stream.write(b"".join(rows))
            _sync(stream)
        _compact(file)


def _compact(file: Path) -> None:
    """Write the file anew when more than half of its lines are dead, or it is too large to read.

    A line is dead when it is torn, or when a later one has its key. Of too many, the oldest go.
    """
    rows = file.read_bytes().split(b"\n")[:-1]
    live = {key: row for row in rows if (key := _key_of(row))}
    size = file.stat().st_size
    if len(live) * 2 >= len(rows) and size <= _LARGEST:
        return
    kept = [*live.values()]
    while kept and sum(map(len, kept)) > _LARGEST // 2:
        kept = kept[len(kept) // 2 + 1 :]
    fresh = file.with_name(f"{_FILE}.new")
    with fresh.open("wb") as stream:
        stream.write(b"".join(row + b"\n" for row in kept))
        _sync(stream)
    fresh.replace(file)


def _key_of(row: bytes) -> str:
    """Take the key off a line that we wrote whole, without reading the rest; else nothing."""
    match = _HEAD.match(row)
    return match[1].decode("ascii", "replace") if match and row.endswith(b"}") else ""


def _sync(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _is_lasting(result: Result) -> bool:
    return result.failure is None or result.failure.kind in _DETERMINISTIC


def _row(run: Run) -> bytes:
    left = run.result
    result = {name: getattr(left, name) for name in _RESULT}
    result["warnings"] = [asdict(one) for one in left.warnings]
    result["failure"] = left.failure and asdict(left.failure)
    values = {"key": run.key, "isolation": run.isolation, "result": result}
    return json.dumps(values).encode() + b"\n"


def _parse(row: bytes) -> Run | None:
    try:
        values = json.loads(row)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    key, isolation = values.get("key"), values.get("isolation")
    result = sound_result(values.get("result"))
    if result is None or not isinstance(key, str) or not isinstance(isolation, str):
        return None
    return Run(key, result, hit=True, isolation=isolation)
