"""What the formats share that are one text file: no picture travels with it, alt texts do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from lrcards.markup import Dialect
from lrcards.model import (
    CheckedItem,
    Choice,
    Match,
    Multiple,
    Order,
    Prose,
)
from lrcards.write import lms

NO_PICTURES = "left out: it asks with pictures, and this format carries none"


def dialect() -> Dialect:
    """Return the HTML of learning management systems with alt texts in place of pictures."""
    plain = lms.dialect(lms.Files({}, str))
    return replace(
        plain,
        image=lambda _, alt, __: _instead(alt, plain.text),
        figure=lambda _, alt: _instead(alt, plain.text),
    )


def _instead(alt: str, text: Callable[[str], str]) -> str:
    return f"<em>[{text(alt)}]</em>"


def asks_with_pictures(one: CheckedItem) -> bool:
    return _shows(asked(one), "image")


def asked(one: CheckedItem) -> Iterator[Prose]:
    """Yield all that a learner has to see to answer, but what is plain text in every system."""
    item = one.item
    yield from (item.title, item.body)
    match item:
        case Choice() | Multiple():
            yield from (option.text for option in item.options)
        case Order():
            yield from item.steps
        case Match():
            yield from (pair.left for pair in item.pairs)
        case _:
            return


def explained(one: CheckedItem) -> Iterator[Prose]:
    """Yield what a learner sees after answering."""
    parts = one.item.parts
    yield from (prose for prose in (parts.solution, parts.quick_check) if prose)
    yield from (mistake.text for mistake in parts.mistakes)
    if isinstance(one.item, Choice | Multiple):
        yield from (option.feedback for option in one.item.options if option.feedback)


def explains_with_pictures(one: CheckedItem) -> bool:
    return _shows(explained(one), "image")


def asks_with_formulas(one: CheckedItem) -> bool:
    return any(_shows(asked(one), tag) for tag in ("math", "math_block"))


def _shows(proses: Iterable[Prose], tag: str) -> bool:
    return any(node.tag == tag for prose in proses for node in prose.walk())


def not_in_files(one: CheckedItem) -> Iterator[str]:
    """Name what no line of these formats has a place for."""
    item = one.item
    if item.settings.points != 1:
        yield "points"
    if item.parts.hints:
        yield "hints"
    if isinstance(item, Choice | Multiple) and not item.settings.shuffle:
        yield "the order of the options"
