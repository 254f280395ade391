"""`python -m bench.lms`: a course to every LMS format, against text2qti and its one format.

Both sides are whole processes on equivalent questions; each says as well how long it took without
the start of the interpreter. Ours builds `--frozen`: no torch, every number computed and checked
from what was recorded.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.clock import ROOT, BenchError, alternate, python
from bench.growth import Point, exponent, sizes
from bench.quiz import rival_text, write_course
from bench.table import AT_MOST, Row, render

RIVAL = "text2qti 0.8.0"
TARGETS = ("moodle", "qti12", "qti21", "qti3")
_TIMES, _LINEAR = 2.5, 1.1
_TIMED = """
import sys, time
start, busy = time.perf_counter(), time.process_time()
from {module} import {call}
sys.argv = ["program", *sys.argv[1:]]
code = {call}()
print(time.perf_counter() - start, time.process_time() - busy)
sys.exit(code)
"""
_OURS = _TIMED.format(module="lrcards.cli", call="run")
_THEIRS = _TIMED.format(module="text2qti.cmdline", call="main")
_BUILD = ("build", "--frozen", "--no-cache", "-q", "--to", ",".join(TARGETS))


@dataclass(slots=True)
class Timed:
    """One program on one quiz: seconds it took by its own clock, the start left out.

    `busy`: those of the processor alone, which others on the machine add little to.
    """

    code: str
    arguments: Sequence[str]
    folder: Path
    inside: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def __call__(self, _repeat: int) -> float:
        """Return seconds from outside: the whole process."""
        seconds, said = python("-c", self.code, *self.arguments, cwd=self.folder)
        inside, busy = map(float, said.split()[-2:])
        self.inside.append(inside)
        self.busy.append(busy)
        return seconds


def main() -> int:
    """Measure; exit with 1 where a bar is missed, with 3 where something did not work."""
    arguments = _arguments()
    try:
        with tempfile.TemporaryDirectory() as name:
            table = measure(Path(name), arguments)
    except BenchError as problem:
        sys.stderr.write(f"error: {problem}\n")
        return 3
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "lms.json").write_text(_json(table, arguments), encoding="utf-8")
    sys.stdout.write(render(table))
    return 0 if all(row.passed for row in table) else 1


def measure(folder: Path, arguments: argparse.Namespace) -> list[Row]:
    if importlib.util.find_spec("text2qti") is None:
        raise BenchError("text2qti is not installed: pip install 'lrcards[bench]'")
    counts = sorted({*arguments.growth, arguments.items})
    ours = {count: our_side(folder / str(count), count) for count in counts}
    theirs = rival_side(folder / "rival", arguments.items)
    mine, other = alternate(arguments.repeats, ours[arguments.items], theirs)
    check_theirs(theirs.folder, arguments.items)
    for count in counts:
        if count != arguments.items:
            # What takes long is measured less often.
            alternate(max(1, min(arguments.repeats, 3 * arguments.items // count)), ours[count])
        check_ours(ours[count].folder, count)
    work, against = f"{arguments.items} items", f"{RIVAL}, one format"
    within, its = (statistics.median(one.inside) for one in (ours[arguments.items], theirs))
    points = [Point(count, statistics.median(ours[count].busy), {}) for count in counts]
    return [
        _row(f"{work}, {len(TARGETS)} LMS formats", mine, against, other),
        _row(f"{work}, start left out", within, against, its),
        _growth(points),
    ]


def _row(work: str, mine: float, against: str, other: float) -> Row:
    rival = f"{against}: {other:.2f} s"
    return Row(work, f"{mine:.2f} s", rival, mine / other, "times", AT_MOST, _TIMES)


def _growth(points: Sequence[Point]) -> Row:
    """Hold the exponent between the two largest sizes: in small ones what is fixed prevails."""
    work = "growth, items: " + ", ".join(str(point.snippets) for point in points)
    each = ", ".join(f"{1000 * point.seconds / point.snippets:.2f}" for point in points)
    slope = exponent(points[-2:])
    return Row(work, f"{each} ms each, busy", "linear: 1", slope, "exponent", AT_MOST, _LINEAR)


def our_side(root: Path, items: int) -> Timed:
    """Write a course and run its snippets once, so that it can be built without torch."""
    write_course(root, items)
    python("-m", "lrcards", "build", "--to", "moodle", "-q", cwd=root)
    return Timed(_OURS, _BUILD, root)


def rival_side(root: Path, items: int) -> Timed:
    root.mkdir()
    (root / "quiz.txt").write_text(rival_text(items), encoding="utf-8")
    return Timed(_THEIRS, ("quiz.txt",), root)


def check_ours(root: Path, items: int) -> None:
    """See that every item went into every format; Canvas alone rounds bounds, and says so."""
    report = json.loads((root / "build" / "report.json").read_text(encoding="utf-8"))
    there = sum(
        not any(item["targets"][name].startswith("left out") for name in TARGETS)
        for item in report["items"]
    )
    if there != items:
        raise BenchError(f"{there} of {items} items are in all of {', '.join(TARGETS)}")


def check_theirs(root: Path, items: int) -> None:
    """Count the questions that the rival wrote."""
    with zipfile.ZipFile(root / "quiz.zip") as archive:
        written = sum(archive.read(name).count(b"<item ") for name in archive.namelist())
    if written != items:
        raise BenchError(f"the rival wrote {written} questions, not {items}")


def _json(table: Sequence[Row], arguments: argparse.Namespace) -> str:
    values = {
        "machine": {"cores": os.cpu_count(), "kind": platform.machine(), "system": sys.platform},
        "python": platform.python_version(),
        "repeats": arguments.repeats,
        "targets": TARGETS,
        "rows": [{**asdict(row), "passed": row.passed} for row in table],
    }
    return json.dumps(values, indent=2) + "\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.lms", description=__doc__)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5, help="pairs, ours and theirs in turn")
    parser.add_argument("--growth", type=sizes, default=(100, 1000, 10_000), metavar="N,N")
    parser.add_argument("--out", type=Path, default=ROOT / ".lrcards" / "bench")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
