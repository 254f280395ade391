"""The table that a benchmark prints: ours, a rival, a figure, a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

AT_MOST, AT_LEAST = "at most", "at least"
_HEADS = ("work", "ours", "against", "figure", "bar", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ours against a rival, the figure that follows, and the bar it is held to."""

    work: str
    ours: str
    rival: str
    figure: float
    unit: str
    side: str
    bar: float

    @property
    def passed(self) -> bool:
        return self.figure <= self.bar if self.side == AT_MOST else self.figure >= self.bar


def render(table: Sequence[Row]) -> str:
    """Lay the rows out in columns."""
    lines = [_HEADS, *((row.work, row.ours, row.rival, f"{row.figure:.2f} {row.unit}",
                        f"{row.side} {row.bar:g}", "pass" if row.passed else "FAIL")
                       for row in table)]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join(texts) + "\n"
