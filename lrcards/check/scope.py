"""The names that an item's expressions see, and how exact its numbers are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lrcards.model import Json, Lesson, Run, Runs, Snippet, SnippetId, Variant
from lrcards.params import fill, for_variant
from lrcards.values import Exactness

LONG_RUN = 10_000
_NUMBERS = {int, float}


@dataclass(frozen=True, slots=True)
class Bound:
    """A snippet and its run."""

    snippet: Snippet
    run: Run


@dataclass(frozen=True, slots=True)
class Scope:
    """Names of the first bound snippet bare, of each further one under its own name.

    The params of a variant are bare too, and win. `snippets`: all of the lesson, with its params.
    """

    names: Mapping[str, Json]
    unusable: Mapping[str, str]
    rule: Exactness
    bound: tuple[Bound, ...]
    complete: bool
    snippets: Mapping[str, Snippet]
    variant: Variant | None = None
    is_recorded: bool = False

    @property
    def key(self) -> str:
        return self.bound[0].run.key if self.bound else ""

    def printed(self, name: str) -> str | None:
        """Return the code of a snippet as a learner reads it; None where that is its source."""
        snippet = self.snippets.get(name)
        code = fill(snippet.code, dict(snippet.params)) if snippet else None
        return None if snippet is None or code == snippet.code else code

    def traces(self, name: str) -> list[float] | None:
        """Return the finite numbers of a list that a figure can draw; else None."""
        values = self.names.get(name)
        if not isinstance(values, list) or not values or not set(map(type, values)) <= _NUMBERS:
            return None
        numbers = [float(one) for one in values if _is_number(one)]  # type: ignore[arg-type]
        return numbers if len(numbers) == len(values) else None


def scope_of(
    use: Iterable[str], lesson: Lesson, runs: Runs, variant: Variant | None = None
) -> Scope:
    """Gather the names for what binds `use`; unknown names have been reported by the reader."""
    wanted = tuple(use)
    key = variant.key if variant else ""
    known = lesson.snippets
    filled = {name: for_variant(known[name], variant) for name in wanted if name in known}
    snippets = {**known, **filled}
    bound = tuple(
        Bound(snippets[name], runs.by_snippet[place])
        for name in wanted
        if (place := SnippetId(lesson.path, name, key)) in runs.by_snippet
    )
    names: dict[str, Json] = {}
    unusable: dict[str, str] = {}
    for index, one in enumerate(bound):
        own: dict[str, Json] = {**one.run.result.names, **dict(one.snippet.params)}
        if index == 0:
            names |= own
            unusable |= one.run.result.unusable
        else:
            names[one.snippet.name] = own
    names |= dict(variant.params) if variant else {}
    steps = max((one.run.result.scheduler_steps for one in bound), default=0)
    recorded = [one.run.recorded.largest for one in bound if one.run.recorded]
    largest = max(largest_of([*names.values()]), *recorded, 0.0)
    return Scope(
        names,
        unusable,
        Exactness(largest or 1.0, steps > LONG_RUN),
        bound,
        complete=len(bound) == len(wanted) and all(one.run.result.failure is None for one in bound),
        snippets=snippets,
        variant=variant,
        is_recorded=any(one.run.recorded for one in bound),
    )


def largest_of(value: Json) -> float:
    """Return the largest magnitude among the finite numbers in a value; 0 where there is none."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return max((abs(number) for number in _numbers(value)), default=0.0)
    if set(map(type, value)) == {float}:  # a trace: most of what snippets leave
        largest: float = max(map(abs, value))  # type: ignore[arg-type]
        if math.isfinite(largest):
            return largest
    return max(map(largest_of, value), default=0.0)


def _numbers(value: Json) -> Iterator[float]:
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, dict):
        yield from _numbers(list(value.values()))
    elif _is_number(value) and isinstance(value, int | float):
        yield float(value)


def _is_number(value: Json) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
