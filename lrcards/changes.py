"""What a learner will see change between two states of a course, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lrcards.check.history import is_retyped, taken_away
from lrcards.check.lock import Ledger, Place, old_line
from lrcards.config import Config
from lrcards.markup import to_text
from lrcards.model import Checked, CheckedItem, Course, LockLine, kind_of
from lrcards.values import plain_decimal
from lrcards.write.anki import verdicts
from lrcards.write.output import is_left_out

NEW, CHANGED, REMOVED, MOVED, RETYPED = "new", "changed", "removed", "moved", "retyped"
SORTS = (NEW, CHANGED, REMOVED, MOVED, RETYPED)


@dataclass(frozen=True, slots=True)
class Before:
    """What a course was. `items`: what it showed, empty where that is not known (`why`)."""

    name: str
    lines: Mapping[Place, LockLine]
    items: Mapping[Place, CheckedItem] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One line for people: what became of an item, or of one variant of it, and in what."""

    sort: str
    key: str
    title: str
    page: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes in course order, the notes that an update replaces, how many stay the same."""

    before: Before
    rows: tuple[Change, ...]
    replaced: tuple[str, ...]
    same: int

    def of(self, sort: str) -> tuple[Change, ...]:
        return tuple(one for one in self.rows if one.sort == sort)


def compare(before: Before, course: Course, checked: Checked, config: Config) -> Changes:
    """Hold a course against what it was."""
    old = Ledger(before.lines, 0)
    rows: list[Change] = []
    same = 0
    for lesson in checked.lessons:
        for one in lesson.items:
            key = one.variant.key if one.variant else ""
            found = [*_changes(one, old_line(one.item, key, old), before)]
            rows += found
            same += not found
    rows += _removed(before, course, config)
    in_deck = verdicts(checked)
    changed = (one.key for one in rows if one.sort == CHANGED)
    replaced = tuple(key for key in changed if not is_left_out(in_deck[key]))
    return Changes(before, tuple(rows), replaced, same)


def items_of(checked: Checked) -> dict[Place, CheckedItem]:
    return {one.lock.place: one for lesson in checked.lessons for one in lesson.items}


def _changes(one: CheckedItem, old: LockLine | None, before: Before) -> Iterator[Change]:
    title = to_text(one.item.title, one.filled)
    variant = (f"variant: {one.variant.text}",) if one.variant else ()

    def change(sort: str, *details: str) -> Change:
        return Change(sort, one.key, title, one.lock.page, (*variant, *details))

    if old is None:
        yield change(NEW, *([f"answer: {one.answer.shown}"] if one.answer else []))
        return
    shown = before.items.get(old.place)
    kind = kind_of(shown.item) if shown else old.kind
    if is_retyped(kind, kind_of(one.item)):
        yield change(RETYPED, f"kind: {kind} -> {kind_of(one.item)}")
    elif old.hash != one.lock.hash:
        yield change(CHANGED, *_differences(shown, one))
    if (old.deck, old.page) != (one.lock.deck, one.lock.page):
        yield change(MOVED, *_moves(old, one.lock))


def _moves(old: LockLine, new: LockLine) -> Iterator[str]:
    for what, before, now in (("deck", old.deck, new.deck), ("page", old.page, new.page)):
        if before != now:
            yield f"{what}: {before or '(not known)'} -> {now}"


def _differences(old: CheckedItem | None, new: CheckedItem) -> Iterator[str]:
    """Say what differs, as far as it is known what was: numbers with both their values."""
    if old is None:
        return
    pairs = [(name, one, other) for name, one, other in _facts(old, new) if one != other]
    yield from (f"{name}: {one or 'none'} -> {other or 'none'}" for name, one, other in pairs)
    before = {row.expression: row.shown for row in old.filled.values}
    now = {row.expression: row.shown for row in new.filled.values}
    for name, shown in now.items():
        if shown != before.get(name, shown):
            pairs.append((name, before[name], shown))
            yield f"{name}: {before[name]} -> {shown}"
    if old.item.source != new.item.source:
        yield "its text"
    elif not pairs:
        yield "a picture, a figure, or the title of its lesson"


def _facts(old: CheckedItem, new: CheckedItem) -> Iterator[tuple[str, str, str]]:
    yield "id", old.item.id, new.item.id
    yield "title", to_text(old.item.title, old.filled), to_text(new.item.title, new.filled)
    yield "kind", kind_of(old.item), kind_of(new.item)
    yield "level", old.item.settings.level or "", new.item.settings.level or ""
    yield "tags", ", ".join(old.item.settings.tags), ", ".join(new.item.settings.tags)
    yield "answer", _answer(old), _answer(new)
    yield "accepted", _bounds(old), _bounds(new)


def _answer(one: CheckedItem) -> str:
    return one.answer.shown if one.answer else ""


def _bounds(one: CheckedItem) -> str:
    answer = one.answer
    return f"{plain_decimal(answer.low)} to {plain_decimal(answer.high)}" if answer else ""


def _removed(before: Before, course: Course, config: Config) -> Iterator[Change]:
    gone = taken_away(course, Ledger(before.lines, 0))
    for place, line in sorted(gone.items()):
        shown = before.items.get(place)
        title = to_text(shown.item.title, shown.filled) if shown else ""
        variant = (f"variant: {shown.variant.text}",) if shown and shown.variant else ()
        retired = {line.id, line.key} & set(config.retired)
        said = ("retired in the configuration",) if retired else ()
        yield Change(REMOVED, line.key, title, line.page, (*variant, *said))
