"""Columns for inline content: markdown-it knows only the lines of a block."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lrcards.diagnostics import Span

# A bar behind a backslash is text; blanks and the marks of quotes and lists stand before a row.
_BAR = re.compile(r"(?<!\\)\|")
_BEFORE_ROW = re.compile(r"[\s>]*(?:(?:[-+*]|\d+[.)])\s+)?\|?")


class Locator:
    """Finds pieces of one block in source order, each behind the one before."""

    def __init__(self, path: str, lines: Sequence[str], first: int, last: int) -> None:
        self._path = path
        self._lines = lines
        self._line = first  # counted from 0
        self._end = max(first + 1, min(last, len(lines)))
        self._column = 0
        self._until: int | None = None
        self._here: Span | None = None

    def cell(self, number: int) -> Locator:
        """Return a locator for one cell, counted from 0, of the row of a table on its first line.

        A cell that Markdown has added at the end is the rest of the line.
        """
        cells = self._cells()
        start, end = cells[min(number, len(cells) - 1)]
        inner = self._lines[self._line][start:end]
        found = Locator(self._path, self._lines, self._line, self._line + 1)
        found._column = start + (len(inner) - len(inner.lstrip()) if inner.strip() else 0)
        found._until = end
        return found

    def beyond(self, columns: int) -> Span | None:
        """Return the place of what a row holds behind its last column; None where that is blank."""
        row = self._lines[self._line]
        filled = (
            number
            for number, (start, end) in enumerate(self._cells())
            if number >= columns and row[start:end].strip()
        )
        first = next(filled, None)
        return None if first is None else self.cell(first).here()

    def _cells(self) -> list[tuple[int, int]]:
        text = self._lines[self._line]
        before = _BEFORE_ROW.match(text)
        start = before.end() if before else 0
        bars = [bar.start() for bar in _BAR.finditer(text, start)]
        return list(zip([start, *(bar + 1 for bar in bars)], [*bars, len(text)], strict=True))

    def find(self, piece: str) -> Span:
        """Return the place of `piece`, or of the rest of the block where it is written otherwise.

        A piece that runs over a line end is found by its first line.
        """
        for needle in (piece, piece.split("\n", maxsplit=1)[0], piece.replace("|", "\\|")):
            span = self._search(needle) if needle else None
            if span:
                return span
        return self.here()

    def here(self) -> Span:
        """Return the place of what comes next; until something is found, it is the same one."""
        if self._here is None:
            self._here = self._place()
        return self._here

    def _place(self) -> Span:
        text = self._lines[self._line][: self._until]
        start = max(self._column, len(text) - len(text.lstrip()))
        return Span(self._path, self._line + 1, start + 1, max(1, len(text.rstrip()) - start))

    def _search(self, needle: str) -> Span | None:
        column = self._column
        for line in range(self._line, self._end):
            at = self._lines[line].find(needle, column, self._until)
            if at >= 0:
                self._line, self._column, self._here = line, at + len(needle), None
                return Span(self._path, line + 1, at + 1, len(needle))
            column = 0
        return None
