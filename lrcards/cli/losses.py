"""What targets could not carry, as a table: a row an item, a column a target, reasons below."""

from __future__ import annotations

import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from lrcards.diagnostics import count

if TYPE_CHECKING:
    from lrcards.story import Loss

_WIDTH = 100
_ROWS = 20
_NAME = 16
_GAP = "  "
_NOTHING = "-"
Line: TypeAlias = Mapping[str, str]  # target -> what became of an item there


def loss_table(losses: Iterable[Loss], order: Sequence[str], verbose: bool) -> str:
    """Lay out what was lost, targets in the given order, at most 100 columns wide.

    20 rows are shown, or all with `verbose`. Variants of one item that lost the same share a row,
    which says how many they are.
    """
    rows = _rows(losses)
    shown = rows if verbose else rows[:_ROWS]
    targets = [one for one in order if any(one in line for _, line in rows)]
    numbers: dict[str, int] = {}
    for _, line in shown:
        for target in targets:
            if target in line:
                numbers.setdefault(line[target], len(numbers) + 1)
    lines = _grid([name for name, _ in shown], targets, [line for _, line in shown], numbers)
    if len(shown) < len(rows):
        lines.append(f"  and {count(len(rows) - len(shown), 'more item')}: -v, or report.json")
    for text, number in numbers.items():
        lines += textwrap.wrap(
            text, _WIDTH, initial_indent=f"  [{number}] ", subsequent_indent="      "
        )
    return "\n".join(["Lost     (facts about targets, not warnings)", *lines])


def _rows(losses: Iterable[Loss]) -> list[tuple[str, Line]]:
    """Gather by item and variant, then put those variants together that lost the same."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for one in losses:
        found.setdefault((one.item, one.key), {})[one.target] = one.text
    alike = Counter((item, tuple(sorted(line.items()))) for (item, _), line in found.items())
    return [
        (f"{item} x {many}" if many > 1 else item, dict(line))
        for (item, line), many in alike.items()
    ]


def _grid(
    names: Sequence[str], targets: Sequence[str], lines: Sequence[Line], numbers: Mapping[str, int]
) -> list[str]:
    """Align it; where seven targets are too many for the words, the numbers alone stand there."""
    cells = [[_cell(line.get(target), numbers) for target in targets] for line in lines]
    if _total(targets, cells) + _NAME > _WIDTH:
        cells = [[cell.rpartition(" ")[2] for cell in row] for row in cells]
    longest = max(map(width, [*names, "item"]))
    room = min(longest, _WIDTH - _total(targets, cells))
    widths = [room, *_widths(targets, cells)]
    table = [["item", *targets], *([name, *row] for name, row in zip(names, cells, strict=True))]
    return [
        _GAP + _GAP.join(map(_pad, [_cut(row[0], room), *row[1:]], widths)).rstrip()
        for row in table
    ]


def _cell(text: str | None, numbers: Mapping[str, int]) -> str:
    return f"{text.partition(':')[0]} [{numbers[text]}]" if text else _NOTHING


def _widths(targets: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(width, column)) for column in zip(targets, *cells, strict=True)]


def _total(targets: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """Return what is taken by all but the names."""
    return len(_GAP) + sum(len(_GAP) + one for one in _widths(targets, cells))


def width(text: str) -> int:
    """Return the columns that a text takes in a terminal: two for wide letters, none for marks."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if _is_wide(letter) else 1 for letter in text
    )


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _cut(text: str, columns: int) -> str:
    """Shorten in the middle: a name's end says how many variants there are."""
    if width(text) <= columns:
        return text
    head, tail = text[: columns // 2], text[columns // 2 :]
    while width(head + tail) >= columns:
        head, tail = (head[:-1], tail) if len(head) > len(tail) else (head, tail[1:])
    return f"{head}\u2026{tail}"
