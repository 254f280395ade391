"""Params: they replace a snippet's first top-level assignment of that name; what is to be run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from lrcards.model import Course, Json, Lesson, Snippet, SnippetId, Variant


def batches(course: Course) -> list[dict[SnippetId, Snippet]]:
    """Return what is to be run, in groups: the snippets of all variants of an item are one."""
    return [group for lesson in course.lessons for group in _of_lesson(lesson) if group]


def _of_lesson(lesson: Lesson) -> Iterator[dict[SnippetId, Snippet]]:
    for name, snippet in lesson.snippets.items():
        if _runs_alone(name, lesson):
            yield {SnippetId(lesson.path, name): snippet}
    for item in lesson.items:
        yield {
            SnippetId(lesson.path, name, variant.key): for_variant(lesson.snippets[name], variant)
            for variant in item.variants
            for name in item.settings.use
            if variant and name in lesson.snippets
        }


def _runs_alone(name: str, lesson: Lesson) -> bool:
    """Say whether anything needs a snippet as it stands; one that nothing uses is run too."""
    users = [item for item in lesson.items if name in item.settings.use]
    prose = [one for part in lesson.sections for one in (part.title, part.body) if one]
    computed = any([*one.markers(), *one.figures()] for one in prose)
    in_prose = name in lesson.use and computed
    return in_prose or not users or any(item.grid is None for item in users)


def for_variant(snippet: Snippet, variant: Variant | None) -> Snippet:
    """Return a snippet with an item's params over its own; it gets only what it assigns."""
    if variant is None:
        return snippet
    known = assigned(snippet.code)
    own = {name: value for name, value in variant.params if name in known}
    return replace(snippet, params=tuple({**dict(snippet.params), **own}.items()))


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


@lru_cache(maxsize=1024)
def _assignments(code: str) -> tuple[tuple[str, ast.expr], ...]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(_named_values(tree))


def _named_values(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                yield target.id, node.value
