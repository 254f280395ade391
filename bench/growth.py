"""How the run stage grows with the number of distinct snippets."""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.rows import Scale, Took, cold
from bench.table import AT_MOST, Row

_LINEAR = 1.1


@dataclass(frozen=True, slots=True)
class Point:
    """One size: `seconds` from the first result to the last, peaks of memory in bytes."""

    snippets: int
    seconds: float
    memory: dict[str, int]

    @property
    def each(self) -> float:
        """Milliseconds per snippet."""
        return 1000 * self.seconds / (self.snippets - 1)


def grow(scale: Scale, measured: Took) -> list[Point]:
    """Measure each size once; what the cold row measured is the point of its own size."""
    sizes = sorted({*scale.growth, scale.snippets})
    took = {size: measured if size == scale.snippets else cold(size, 1, scale) for size in sizes}
    return [Point(size, one.running, one.memory) for size, one in took.items()]


def row(points: Sequence[Point]) -> Row:
    """Hold the exponent to linear growth."""
    work = "growth, snippets: " + ", ".join(str(point.snippets) for point in points)
    each = ", ".join(f"{point.each:.2f}" for point in points)
    memory = ", ".join(f"{who} {size >> 20}" for who, size in points[-1].memory.items())
    ours = f"{each} ms each"
    return Row(work, ours, f"peak MiB: {memory}", exponent(points), "exponent", AT_MOST, _LINEAR)


def exponent(points: Sequence[Point]) -> float:
    """Fit seconds = a * snippets ** exponent, counting from the first result."""
    sizes = [math.log(point.snippets - 1) for point in points]
    return statistics.linear_regression(sizes, [math.log(one.seconds) for one in points]).slope


def sizes(text: str) -> tuple[int, ...]:
    """Read the sizes that a command line asks for: a line needs two points."""
    found = tuple(int(size) for size in text.split(","))
    if len(set(found)) < 2 or min(found) < 2:  # noqa: PLR2004 - as it says
        raise argparse.ArgumentTypeError("two sizes at least, each 2 or more")
    return found
