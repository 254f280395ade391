"""What becomes of an item in Moodle: all of it, a part, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from lrcards.model import CheckedItem, Cloze, Multiple
from lrcards.write import lms
from lrcards.write.moodle.gaps import other_points
from lrcards.write.moodle.grades import too_many, uneven
from lrcards.write.moodle.rules import is_kept, is_readable, numbers
from lrcards.write.output import verdict


def left_out(one: CheckedItem, target: str = "moodle") -> str | None:
    """Say why Moodle does not get an item at all, by whichever of its formats."""
    why = lms.left_out(one, target)
    if why is None and not all(is_kept(number) for number in numbers(one)):
        why = "left out: Moodle keeps 14 significant digits"
    if why is None and isinstance(one.item, Multiple) and too_many(one.item):
        why = "left out: Moodle has no grade for so many right options"
    return why


def coverage(one: CheckedItem) -> str:
    return verdict(_lost(one))


def _lost(one: CheckedItem) -> Iterator[str]:
    if isinstance(one.item, Cloze) and (points := other_points(one)):
        yield points
    yield from lost(one)


def lost(one: CheckedItem) -> Iterator[str]:
    """Say what Moodle cannot hold of an item, by whichever of its formats."""
    if isinstance(one.item, Multiple):
        yield from uneven(one.item)
    if not all(is_readable(number) for number in numbers(one)):
        yield "Moodle shows the key in E-notation; the solution has it in digits"
    if not all(is_kept(wrong.shown) for wrong in one.wrong):
        yield "Moodle keeps 14 significant digits: no feedback to longer wrong answers"
    yield from lms.plain_losses(one)
    yield from lms.name_losses(one)
