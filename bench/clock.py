"""Whole processes, timed from outside: their start and their end count."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# One thread each, as the runner itself has it; and this checkout, whatever is installed.
_SETTINGS = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
_LONGEST = 900


class BenchError(Exception):
    """What was to be measured did not do its work."""


def python(*arguments: object, cwd: Path = ROOT, expect: int = 0) -> tuple[float, str]:
    """Run Python once; return seconds and what it printed."""
    return together([arguments], cwd, expect)


def together(
    calls: Sequence[Sequence[object]], cwd: Path = ROOT, expect: int = 0
) -> tuple[float, str]:
    """Run Python for each call, all at the same time; return the seconds until the last ended."""
    start = time.perf_counter()
    processes = [_start(call, cwd) for call in calls]
    said = [process.communicate(timeout=_LONGEST) for process in processes]
    seconds = time.perf_counter() - start
    for process, (out, err) in zip(processes, said, strict=True):
        if process.returncode != expect:
            raise BenchError(f"exit code {process.returncode}, not {expect}: {out}{err}")
    return seconds, said[0][0]


def alternate(repeats: int, *measures: Callable[[int], float]) -> list[float]:
    """Measure one after the other, `repeats` times over, so that drift hits all; return medians."""
    taken: list[list[float]] = [[] for _ in measures]
    for repeat in range(repeats):
        for measure, times in zip(measures, taken, strict=True):
            times.append(measure(repeat))
    return [statistics.median(times) for times in taken]


def _start(arguments: Sequence[object], cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **_SETTINGS},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
