"""The store: one JSON line a run, appended and never changed, read whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from filelock import FileLock

from lrcards.guards import DATA, RefusedError, read_file
from lrcards.model import Failure, Result, Run, Warned

_FILE = "store.jsonl"
# A time-out or a kill may be the machine's doing; only what would happen again is remembered.
_DETERMINISTIC = {"syntax", "exception", "output-limit"}
_RESULT = {field.name for field in fields(Result)}


def load(folder: Path) -> dict[str, Run]:
    """Read all runs by key; torn, foreign and malformed lines count as missing."""
    file = folder / _FILE
    try:
        rows = read_file(file, DATA).split(b"\n")
    except RefusedError:
        return {}
    runs: dict[str, Run] = {}
    for row in rows:
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


def result_from(values: Any) -> Result | None:
    """Validate the plain form of a result; None for anything else."""
    try:
        failure = Failure(**values["failure"]) if values.get("failure") else None
        result = Result(
            names=dict(values["names"]),
            unusable=dict(values.get("unusable", {})),
            warnings=tuple(Warned(**one) for one in values.get("warnings", ())),
            failure=failure,
            optimizer_steps=int(values.get("optimizer_steps", 0)),
            scheduler_steps=int(values.get("scheduler_steps", 0)),
        )
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return None
    return result if set(values) <= _RESULT and _is_sound(result) else None


def _is_sound(result: Result) -> bool:
    texts = [*result.names, *result.unusable, *result.unusable.values()]
    for one in result.warnings:
        texts += [one.category, one.message]
    if result.failure:
        texts += [result.failure.kind, result.failure.message, result.failure.exception]
        texts.append(result.failure.stderr)
    if min(result.optimizer_steps, result.scheduler_steps) < 0:
        return False
    if not all(isinstance(name, str) and name.isidentifier() for name in result.names):
        return False
    lines = [one.line for one in result.warnings]
    lines += [result.failure.line] if result.failure else []
    return all(isinstance(text, str) for text in texts) and all(
        line is None or (isinstance(line, int) and not isinstance(line, bool)) for line in lines
    )


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
