"""What a command says it did: lines for people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from lrcards.diagnostics import count
from lrcards.model import Checked, Course, Runs
from lrcards.since import UNCHANGED
from lrcards.write.carried import Carried
from lrcards.write.output import NOT_ASKED, Output, is_left_out, kilobytes

_NO_LOSSES = ("full", NOT_ASKED)


def said(course: Course, runs: Runs, checked: Checked | None) -> tuple[str, ...]:
    """Say what was read, run and checked, a line each."""
    items = sum(len(lesson.items) for lesson in course.lessons)
    distinct = {one.key: one for one in runs.by_snippet.values()}.values()
    hits = sum(one.hit for one in distinct)
    where = f"torch {runs.torch}   isolation: {runs.isolation}"
    ran = f"Ran      {count(len(distinct) - hits, 'snippet')}, {hits} from the store   {where}"
    if not runs.verified:
        ran = f"Recalled {count(hits, 'snippet')} from lrcards.values, not verified   {where}"
    return (
        f"Read     {count(len(course.lessons), 'lesson')}, {count(items, 'item')}",
        ran,
        *_checked_line(checked),
    )


def _checked_line(checked: Checked | None) -> Iterator[str]:
    if checked is not None:
        items = [one for lesson in checked.lessons for one in lesson.items]
        filled = [*(one.filled for one in items), *(one.filled for one in checked.lessons)]
        values = sum(len(one.values) for one in filled)
        graded = sum((one.answer is not None) + len(one.deletions) for one in items)
        yield f"Checked  {count(values, 'value')}, {count(graded, 'graded number')}: all agree"


def wrote(made: Mapping[str, Output], out: str, before: Collection[str]) -> Iterator[str]:
    """Say what was written to the folder `out`, a line for each target.

    `before`: the targets that the build before left files of.
    """
    for name, output in made.items():
        size = sum(len(file.data) for file in output.files)
        kept = sum(not is_left_out(text) for text in output.coverage.values())
        if not output.files:  # see outputs.make()
            gone = "; the package of the build before is removed" if name in before else ""
            yield f"Wrote    nothing for {name}: nothing in it is new or changed{gone}"
            continue
        first = next((f.path for f in output.files if name != "html"), f"{name}/index.html")
        yield f"Wrote    {out}/{first}   {count(kept, 'item')}, {kilobytes(size)}"


def left(before: Carried, standing: Collection[str]) -> Iterator[str]:
    """Say what became of what the build before left (`standing`) of targets not made now."""
    names = ", ".join(name for name in standing if name not in before.targets)
    if names and before.whole:
        yield f"Removed  {names}: not targets of this course"
    elif names:
        yield f"Kept     {names} as an earlier build left them"


@dataclass(frozen=True, slots=True)
class Loss:
    """What became of an item, or of one variant of it (`key`), in a target that lost some of it."""

    item: str
    key: str
    target: str
    text: str


def losses(made: Mapping[str, Output], checked: Checked) -> Iterator[Loss]:
    """Yield what got lost, in course order; what the author left out, or --since, is no loss."""
    for one in (one for lesson in checked.lessons for one in lesson.items):
        for name, output in made.items():
            text = output.coverage[one.key]
            if text not in _NO_LOSSES and not text.startswith(UNCHANGED):
                yield Loss(one.item.id, one.key, name, text)
