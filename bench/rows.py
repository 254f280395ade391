"""The rows of the table: each measures ours and its rivals in turn, and holds them to a bar."""

from __future__ import annotations

import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.clock import BenchError, alternate, python, together
from bench.code import written
from bench.cold import JOBS
from bench.table import AT_LEAST, AT_MOST, Row
from bench.watched import CAUGHT
from bench.work import answer, write_course
from lrcards.run.jobs import Code, Job
from lrcards.run.local import Zygote


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured, and how often."""

    repeats: int
    snippets: int
    fresh: int
    items: int
    groups: int
    variants: int
    pairs: int
    growth: tuple[int, ...]
    isolation: str = "full"


@dataclass(frozen=True, slots=True)
class Took:
    """What one process of bench.cold measured of itself, and `seconds` from outside."""

    seconds: float
    running: float
    memory: dict[str, int]
    isolation: str


def cold(groups: int, variants: int, scale: Scale) -> Took:
    with tempfile.TemporaryDirectory() as folder:
        call = ("-m", "bench.cold", groups, variants, folder, scale.isolation)
        seconds, said = python(*call)
    values: dict[str, Any] = json.loads(said)
    return Took(seconds, values["running"], values["memory"], values["isolation"])


def distinct(scale: Scale) -> tuple[list[Row], Took]:
    """Distinct snippets, none known; the fresh processes run two at a time as ours do."""
    took: list[Took] = []
    numbers = itertools.count()

    def ours(_repeat: int) -> float:
        took.append(cold(scale.snippets, 1, scale))
        return took[-1].seconds

    def fresh(repeat: int) -> float:
        share = len(range(repeat, scale.fresh, scale.repeats))
        calls = [("-m", "bench.floor", next(numbers), 1) for _ in range(share)]
        pairs = (calls[start : start + JOBS] for start in range(0, share, JOBS))
        return sum(together(pair)[0] for pair in pairs) / share

    def floor(_repeat: int) -> float:
        return python("-m", "bench.floor", 0, scale.snippets)[0]

    mine, bare, one = alternate(scale.repeats, ours, floor, fresh)
    work = f"{scale.snippets} snippets, cold"
    said, all_fresh = f"{mine:.2f} s, {took[0].isolation}", one * scale.snippets
    rows = [
        Row(work, said, f"one process: {bare:.2f} s", mine / bare, "times", AT_MOST, 4),
        Row(work, said, f"a process each: {all_fresh:.0f} s", all_fresh / mine, "times faster",
            AT_LEAST, 100),
    ]  # fmt: skip
    return rows, sorted(took, key=lambda one: one.running)[len(took) // 2]


def variants(scale: Scale) -> Row:
    """Every variant of an item in one child; the floor runs the same in two bare processes."""
    count = scale.groups * scale.variants
    half = count // JOBS

    def ours(_repeat: int) -> float:
        return cold(scale.groups, scale.variants, scale).seconds

    def floor(_repeat: int) -> float:
        return together([("-m", "bench.floor", at * half, half) for at in range(JOBS)])[0]

    mine, bare = alternate(scale.repeats, ours, floor)
    work = f"{scale.groups} items x {scale.variants} variants"
    rival = f"bare, two processes: {half * JOBS / bare:.0f} runs/s"
    return Row(work, f"{mine:.2f} s", rival, count / mine, "runs/s", AT_LEAST, 2000)


def course(scale: Scale) -> Iterator[Row]:
    """A course on disk: built again, and checked after an edit."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lesson = write_course(root, scale.items)
        python("-m", "lrcards", "build", cwd=root)
        yield _no_op(root, scale)
        yield _edited(root, lesson, scale)


def _no_op(root: Path, scale: Scale) -> Row:
    def ours(_repeat: int) -> float:
        seconds, said = python("-m", "lrcards", "build", cwd=root)
        if "Nothing to do" not in said:
            raise BenchError(f"an unchanged course was built again: {said}")
        return seconds

    def imports(_repeat: int) -> float:
        return python("-c", "import click, markdown_it, yaml", cwd=root)[0]

    mine, bare = alternate(scale.repeats, ours, imports)
    work = f"{scale.items} items, build again"
    rival = f"importing click, markdown_it, yaml: {1000 * bare:.0f} ms"
    return Row(work, f"{1000 * mine:.0f} ms", rival, mine / bare, "times", AT_MOST, 3)


def _edited(root: Path, lesson: Path, scale: Scale) -> Row:
    """One literal is made wrong: check has to say so, without starting anything."""
    right = lesson.read_text(encoding="utf-8")
    wrong = right.replace(f"-> {answer(0)}", "-> 0.06", 1)
    check = ("-m", "lrcards", "check")

    def edited(_repeat: int) -> float:
        lesson.write_text(wrong, encoding="utf-8")
        return python(*check, cwd=root, expect=1)[0]

    def unedited(_repeat: int) -> float:
        lesson.write_text(right, encoding="utf-8")
        return python(*check, cwd=root)[0]

    mine, bare = alternate(scale.repeats, edited, unedited)
    lesson.write_text(wrong, encoding="utf-8")
    python("-m", "bench.watched", "check", cwd=root, expect=1)
    # And the watch does see a runner that starts.
    python("-m", "bench.watched", "check", "--force", "run0", cwd=root, expect=CAUGHT)
    work = f"{scale.items} items, one literal edited, check"
    ours, rival = f"{mine:.2f} s, no torch", f"check, unedited: {bare:.2f} s"
    return Row(work, ours, rival, mine / bare, "times", AT_MOST, 1.5)


def confinement(scale: Scale) -> Row:
    """The same snippet in a confined and in a bare child, one right after the other."""
    with Zygote(JOBS) as confined, Zygote(JOBS, layers=()) as bare:
        for zygote in (confined, bare):
            _one(zygote, 0)
        pairs = [
            (_one(confined, n), _one(bare, n))
            if n % 2
            else (_one(bare, n), _one(confined, n))[::-1]
            for n in range(1, scale.pairs + 1)
        ]
    ours, rival = (1000 * statistics.median(side) for side in zip(*pairs, strict=True))
    figure = 1000 * statistics.median(one - other for one, other in pairs)
    work = f"confinement, {scale.pairs} pairs"
    return Row(work, f"{ours:.2f} ms", f"no layers: {rival:.2f} ms", figure, "ms", AT_MOST, 2)


def _one(zygote: Zygote, number: int) -> float:
    start = time.perf_counter()
    [ran] = zygote.execute([Job((Code(number, written(number), "case.py", 1, 60.0),), "/")])
    seconds = time.perf_counter() - start
    if ran.result.get("failure") is not None:
        raise BenchError(f"a snippet failed: {ran.result}")
    return seconds
