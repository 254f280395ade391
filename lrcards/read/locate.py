"""Columns for inline content: markdown-it knows only the lines of a block."""

from __future__ import annotations

from lrcards.diagnostics import Span


class Locator:
    """Finds pieces of one block in source order, each behind the one before."""

    def __init__(self, path: str, lines: list[str], first: int, last: int) -> None:
        self._path = path
        self._lines = lines
        self._line = first  # counted from 0
        self._end = max(first + 1, min(last, len(lines)))
        self._column = 0
        self._here: Span | None = None

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
        text = self._lines[self._line]
        start = max(self._column, len(text) - len(text.lstrip()))
        return Span(self._path, self._line + 1, start + 1, max(1, len(text.rstrip()) - start))

    def _search(self, needle: str) -> Span | None:
        column = self._column
        for line in range(self._line, self._end):
            at = self._lines[line].find(needle, column)
            if at >= 0:
                self._line, self._column, self._here = line, at + len(needle), None
                return Span(self._path, line + 1, at + 1, len(needle))
            column = 0
        return None
