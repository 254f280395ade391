"""What must hold between the variants of one item, and how their findings are told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lrcards.check.fill import Filler
from lrcards.check.lints.reads import is_shuffled, offered, question
from lrcards.diagnostics import Diagnostic, count, told_once
from lrcards.markup import to_text
from lrcards.model import CheckedItem, Filled, Grid, GridParam, Item, Node, Prose, Variant
from lrcards.params import assigned

_GAP = "[...]"


@dataclass(frozen=True, slots=True)
class Tried:
    """One variant of an item, or the item itself: what came of it and what was found."""

    checked: CheckedItem
    filler: Filler
    found: tuple[Diagnostic, ...]

    @property
    def variant(self) -> Variant:
        """Return its params; an item without variants has none."""
        return self.checked.variant or Variant(())


def findings(item: Item, tried: Sequence[Tried]) -> list[Diagnostic]:
    """Return what was found in an item and between its variants, each mistake once."""
    if item.grid is None:
        return [one for each in tried for one in each.found]
    many = len(tried) > 1
    found = told_once(
        [(one.variant.text, map(_for_all, one.found) if many else one.found) for one in tried]
    )
    unused = {param.name for param in item.grid.params if not _is_used(param, tried)}
    found += [_unused(param) for param in item.grid.params if param.name in unused]
    fronts = _fronts(item, [one.checked.filled for one in tried])
    if None not in fronts:
        found += _between(item.grid, tried, fronts, unused)
    return found


def _for_all(found: Diagnostic) -> Diagnostic:
    """What would help in one variant is wrong in the next."""
    if found.code != "answer-mismatch":
        return found
    hint = "a literal must hold in every variant: leave it out, or mend the snippet"
    return replace(found, help=hint, fix=None)


def _is_used(param: GridParam, tried: Iterable[Tried]) -> bool:
    return any(
        param.name in one.filler.used
        or any(param.name in assigned(bound.snippet.code) for bound in one.filler.scope.bound)
        for one in tried
    )


def _unused(param: GridParam) -> Diagnostic:
    return Diagnostic(
        param.span,
        "unused-param",
        f"neither a bound snippet nor an expression uses the param '{param.name}'",
        f"assign it at the top of the snippet: {param.name} = ..., or remove it",
    )


def _between(
    grid: Grid, tried: Sequence[Tried], fronts: Sequence[str | None], unused: set[str]
) -> Iterator[Diagnostic]:
    idle = set(unused)
    if not grid.stepped:
        for param in grid.params:
            if len(param.values) > 1 and param.name not in unused and _is_idle(param, tried):
                idle.add(param.name)
                yield _without_effect(param)
    yield from _same_fronts(grid, tried, fronts, idle)


def _is_idle(param: GridParam, tried: Sequence[Tried]) -> bool:
    """Say whether nothing shown hangs on a param, all others being equal."""
    first: dict[str, tuple[Any, ...]] = {}
    compared = False
    for one in tried:
        others = json.dumps([pair for pair in one.variant.params if pair[0] != param.name])
        seen = _seen(one.checked)
        if others in first:
            compared = True
            if first[others] != seen:
                return False
        first.setdefault(others, seen)
    return compared


def _seen(one: CheckedItem) -> tuple[Any, ...]:
    filled = one.filled
    return filled.shown, filled.traces, filled.code, one.answer, one.deletions


def _without_effect(param: GridParam) -> Diagnostic:
    return Diagnostic(
        param.span,
        "param-without-effect",
        f"the param '{param.name}' changes nothing that a learner sees",
        f"show it, as in `= {param.name}`, show what it changes, or give it one value",
    )


def _same_fronts(
    grid: Grid, tried: Sequence[Tried], fronts: Sequence[str | None], idle: set[str]
) -> Iterator[Diagnostic]:
    """Variants whose questions read the same cannot be told apart, whatever their answers."""
    first: dict[str | None, Variant] = {}
    pairs: list[tuple[Variant, Variant]] = []
    for one, front in zip(tried, fronts, strict=True):
        other = first.setdefault(front, one.variant)
        if other is not one.variant and set(_apart(other, one.variant)) - idle:
            pairs.append((other, one.variant))
    if not pairs:
        return
    names = _apart(*pairs[0])
    shown = ", ".join(f"`= {name}`" for name in names)
    more = [f"and {count(len(pairs) - 1, 'more pair')}"] if len(pairs) > 1 else []
    yield Diagnostic(
        next(param.span for param in grid.params if param.name in names),
        "equal-variants",
        "two variants read the same",
        f"show in the question what sets them apart, such as {shown}",
        (*(f"variant: {one.text}" for one in pairs[0]), *more),
    )


def _apart(one: Variant, other: Variant) -> list[str]:
    values: Mapping[str, Any] = dict(other.params)
    return [name for name, value in one.params if value != values[name]]


def _fronts(item: Item, seen: Iterable[Filled]) -> list[str | None]:
    """Return what a learner sees before answering; None where a value is missing."""
    asked, choices = [*map(_without_gaps, question(item))], offered(item)
    prose = [*asked, *choices]
    markers = {marker for one in prose for marker in one.markers()}
    figures = [node.attr("src") for one in prose for node in one.figures()]

    def front(filled: Filled) -> str:
        texts = [to_text(one, filled) for one in choices]
        return json.dumps(
            [
                [to_text(one, filled) for one in asked],
                # Learners see them shuffled: the order in the source sets no two apart.
                sorted(texts) if is_shuffled(item) else texts,
                repr([filled.traces[it] for it in figures]),
            ]
        )

    return [front(one) if markers <= one.shown.keys() else None for one in seen]


def _without_gaps(prose: Prose) -> Prose:
    return Prose(tuple(map(_without_gap, prose.nodes)), prose.span)


def _without_gap(node: Node) -> Node:
    if node.tag == "deletion":
        return replace(node, children=(), parts=(_GAP,))
    return replace(node, children=tuple(map(_without_gap, node.children)))
