"""`python -m bench`: measures, prints one table, leaves JSON and a plot in .lrcards/bench/."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

from bench import growth, plot, rows
from bench.clock import ROOT, BenchError
from bench.growth import Point
from bench.rows import Scale
from bench.table import Row, render

FULL = Scale(
    repeats=5, snippets=1000, fresh=20, items=1000, groups=50, variants=1000, pairs=300,
    growth=(100, 1000, 10_000),
)  # fmt: skip
QUICK = replace(FULL, repeats=3, fresh=6, variants=100, pairs=100, growth=(100, 300, 1000))


def main() -> int:
    """Measure everything; exit with 1 where a bar is missed."""
    arguments = _arguments()
    scale: Scale = arguments.scale
    start = time.monotonic()
    try:
        table, points = measure(scale)
    except BenchError as problem:
        sys.stderr.write(f"error: {problem}\n")
        return 3
    folder: Path = arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(_json(table, points, scale), encoding="utf-8")
    (folder / "growth.svg").write_bytes(plot.draw(points))
    sys.stdout.write(render(table))
    sys.stdout.write(f"{time.monotonic() - start:.0f} s; bench.json, growth.svg in {folder}\n")
    return 0 if all(row.passed for row in table) else 1


def measure(scale: Scale) -> tuple[list[Row], list[Point]]:
    """Measure row by row; say on stderr what came of each, since all of it takes minutes."""
    first, took = rows.distinct(scale)
    table: list[Row] = []
    for row in itertools.chain(first, _rows(scale)):
        sys.stderr.write(f"{row.work}: {row.ours}; {row.rival}\n")
        table.append(row)
    points = growth.grow(scale, took)
    return [*table, growth.row(points)], points


def _rows(scale: Scale) -> Iterator[Row]:
    yield from rows.course(scale)
    yield rows.confinement(scale)
    yield rows.variants(scale)


def _json(table: Sequence[Row], points: Sequence[Point], scale: Scale) -> str:
    values = {
        "machine": {"cores": os.cpu_count(), "kind": platform.machine(), "system": sys.platform},
        "python": platform.python_version(),
        "scale": asdict(scale),
        "rows": [{**asdict(row), "passed": row.passed} for row in table],
        "growth": [{**asdict(point), "each_ms": point.each} for point in points],
    }
    return json.dumps(values, indent=2) + "\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure less, and less often")
    parser.add_argument("--out", type=Path, default=ROOT / ".lrcards" / "bench")
    parser.add_argument("--isolation", choices=("auto", "full"))
    parser.add_argument("--growth", type=growth.sizes, metavar="N,N", help="sizes, two at least")
    for field in fields(Scale)[:-2]:
        parser.add_argument(f"--{field.name}", type=_count, metavar="N")
    arguments = parser.parse_args()
    given = {field.name: getattr(arguments, field.name) for field in fields(Scale)}
    chosen = {name: value for name, value in given.items() if value is not None}
    arguments.scale = replace(QUICK if arguments.quick else FULL, **chosen)
    return arguments


def _count(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("one at least")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
