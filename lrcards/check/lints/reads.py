"""What learners read of an item."""

from __future__ import annotations

from collections.abc import Iterator

from lrcards.model import Choice, Explain, Item, Match, Multiple, Option, Order, Prose, Recall


def item_prose(item: Item) -> Iterator[Prose]:
    """Yield everything that a learner reads of an item, in order."""
    yield from question(item)
    for option in options(item):
        yield option.text
        if option.feedback:
            yield option.feedback
    yield from _own(item)
    yield from item.parts.hints
    yield from explanations(item)


def question(item: Item) -> tuple[Prose, Prose]:
    return item.title, item.body


def options(item: Item) -> tuple[Option, ...]:
    return item.options if isinstance(item, Choice | Multiple) else ()


def _own(item: Item) -> Iterator[Prose]:
    """Yield what only some kinds have, beside options."""
    match item:
        case Recall(answer=answer):
            yield answer
        case Explain(concepts=concepts):
            yield from concepts
        case Order(steps=steps):
            yield from steps
        case Match(heads=heads, pairs=pairs):
            yield from heads
            for pair in pairs:
                yield from (pair.left, pair.right)
        case _:
            pass


def choosable(item: Item) -> tuple[tuple[Prose, bool], ...]:
    """Return what a learner picks or puts in place, and whether it is a part of the key."""
    match item:
        case Order(steps=steps):
            return tuple((step, True) for step in steps)
        case Match(pairs=pairs):
            return tuple((pair.right, True) for pair in pairs)
        case _:
            return tuple((option.text, option.right) for option in options(item))


def told_apart(item: Item) -> tuple[Prose, ...]:
    """Return what must not read the same: options, steps, what a `Match` asks on the left."""
    match item:
        case Order(steps=steps):
            return steps
        case Match(pairs=pairs):
            return tuple(pair.left for pair in pairs)
        case _:
            return tuple(option.text for option in options(item))


def offered(item: Item) -> tuple[Prose, ...]:
    """Return what a learner sees to choose from or to sort, before answering."""
    if isinstance(item, Match):
        return (*told_apart(item), *(pair.right for pair in item.pairs))
    return told_apart(item)


def is_shuffled(item: Item) -> bool:
    """Say whether what is offered comes in another order than it is written in."""
    return isinstance(item, Order | Match) or item.settings.shuffle


def explanations(item: Item) -> Iterator[Prose]:
    yield from (one for one in (item.parts.solution, item.parts.quick_check) if one)
    yield from (mistake.text for mistake in item.parts.mistakes)
