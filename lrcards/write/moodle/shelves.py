"""Where questions stand: a category per lesson, and one per item with variants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lrcards.model import About, Checked, CheckedItem, CheckedLesson
from lrcards.write.moodle import rules
from lrcards.write.output import families, parted

_DRAW = "One question with other numbers: let a quiz draw one of them at random."


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category: its path, what it is about, and its questions."""

    path: str
    about: str
    items: tuple[CheckedItem, ...]


def shelves(checked: Checked, is_kept: Callable[[CheckedItem], bool]) -> Iterator[Shelf]:
    """Yield the categories of a course in its order, each with questions, of the items kept.

    A quiz draws from a category, so the variants of an item stand in one of their own.
    """
    for lesson in checked.lessons:
        for suffix, items in parted(filter(is_kept, lesson.items)):
            yield from _of_lesson(lesson, _path(lesson, suffix, checked.course.about), items)


def _of_lesson(lesson: CheckedLesson, path: str, items: Sequence[CheckedItem]) -> Iterator[Shelf]:
    alone = tuple(one for one in items if one.variant is None)
    if alone:
        yield Shelf(path, lesson.lesson.description, alone)
    for family in families(one for one in items if one.variant):
        yield Shelf(f"{path}/{family[0].item.id}", _DRAW, family)


def _path(lesson: CheckedLesson, suffix: str, about: About) -> str:
    """Return the path of a lesson's category; the uppermost carries the course's version.

    Moodle makes copies of what it has already, so that two versions must not be mixed up.
    """
    deck = lesson.lesson.deck
    below = deck[1:] if deck[:1] == (about.title,) else deck
    return rules.path((f"{about.title} {about.version}".strip(), *below), suffix)
