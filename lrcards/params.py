"""Params of a snippet: they replace its first top-level assignment of that name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from lrcards.model import Json


def assigned(code: str) -> frozenset[str]:
    """Return the names that a script assigns at top level; none where it is not Python."""
    return frozenset(name for name, _ in _assignments(code))


def fill(code: str, params: Mapping[str, Json]) -> str:
    """Return the code with its params filled in; every line keeps its number."""
    first: dict[str, ast.expr] = {}
    for name, value in _assignments(code):
        if name in params:
            first.setdefault(name, value)
    lines = code.encode().split(b"\n")  # columns of the syntax tree count bytes
    for name, value in sorted(first.items(), key=lambda pair: -_start(pair[1])):
        start, end = value.lineno - 1, (value.end_lineno or value.lineno) - 1
        written = repr(params[name])
        if end > start:
            # Brackets hold the line ends that the old value took, so that nothing below moves.
            written = "(" + written + "\n" * (end - start) + ")"
        head = lines[start][: value.col_offset]
        tail = lines[end][value.end_col_offset :]
        lines[start : end + 1] = (head + written.encode() + tail).split(b"\n")
    return b"\n".join(lines).decode()


def _start(value: ast.expr) -> int:
    return value.lineno * 100_000 + value.col_offset


def _assignments(code: str) -> Iterator[tuple[str, ast.expr]]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                yield target.id, node.value
