"""What becomes of an item in Moodle: all of it, a part, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from lrcards.model import CheckedItem, Cloze, Multiple
from lrcards.write import lms
from lrcards.write.moodle.gaps import other_points
from lrcards.write.moodle.grades import too_many, uneven
from lrcards.write.moodle.rules import is_kept, is_readable, numbers


def left_out(one: CheckedItem) -> str | None:
    verdict = lms.left_out(one, "moodle")
    if verdict is None and not all(is_kept(number) for number in numbers(one)):
        verdict = "left out: Moodle keeps 14 significant digits"
    if verdict is None and isinstance(one.item, Multiple) and too_many(one.item):
        verdict = "left out: Moodle has no grade for so many right options"
    return verdict


def coverage(one: CheckedItem) -> str:
    found = [*_lost(one)]
    return f"reduced: {'; '.join(found)}" if found else "full"


def _lost(one: CheckedItem) -> Iterator[str]:
    item = one.item
    if isinstance(item, Multiple):
        yield from uneven(item)
    if isinstance(item, Cloze) and (points := other_points(one)):
        yield points
    if not all(is_readable(number) for number in numbers(one)):
        yield "Moodle shows the key in E-notation; the solution has it in digits"
    if not all(is_kept(wrong.shown) for wrong in one.wrong):
        yield "Moodle keeps 14 significant digits: no feedback to longer wrong answers"
    yield from lms.plain_losses(one)
