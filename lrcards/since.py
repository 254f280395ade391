"""What is new or changed since an older lock, and a course cut down to that."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lrcards.check.history import taken_away
from lrcards.check.lock import FILE as LOCK
from lrcards.check.lock import Ledger, Place, old_line, parse_lock
from lrcards.diagnostics import count
from lrcards.git import PastError, ask, commit_of
from lrcards.guards import STATE, RefusedError, read_file
from lrcards.model import Checked, Course, LockLine

UNCHANGED = "left out: unchanged since "
_MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class OldLock:
    """The lock of an older state, as it was found; `name`: what people call that state.

    `file`: how a line of it is named, where that is not the same.
    """

    name: str
    text: str
    file: str = ""

    @property
    def demand(self) -> str:
        """Return what tells two builds apart that were made since different states."""
        return f"{self.name} {hashlib.sha256(self.text.encode()).hexdigest()}"

    def lines(self, now: int) -> dict[Place, LockLine]:
        """Read it; for `now` see parse_lock(). Raises PastError where it is broken."""
        lines, found = parse_lock(self.text, now)
        if found:
            raise PastError(f"{self.file or self.name}:{found[0].span.line}: {found[0].message}")
        return lines


@dataclass(frozen=True, slots=True)
class News:
    """A course held against an old lock, called `name`: keys of items and of variants.

    `beside`: the unchanged variants of items that have others which are not; `removed`: ids of
    items that are gone, keys of variants whose items are not, in the order of the lock.
    """

    name: str
    new: frozenset[str]
    changed: frozenset[str]
    same: frozenset[str]
    beside: frozenset[str]
    removed: tuple[str, ...]

    @property
    def fresh(self) -> frozenset[str]:
        return self.new | self.changed

    @property
    def verdict(self) -> str:
        """Return what a report says of an item that was left alone."""
        return f"{UNCHANGED}{self.name}"

    @property
    def said(self) -> tuple[str, ...]:
        """Say it, a line or more for people."""
        counts = f"{len(self.new)} new, {len(self.changed)} changed"
        rest = f"{len(self.same) - len(self.beside)} unchanged and left out (the site is whole)"
        lines = [f"Since    {self.name}: {counts}, {rest}"]
        if self.beside:
            what = count(len(self.beside), "unchanged variant")
            lines.append(
                f"         with {what} of the same items: a pool of variants is written whole"
            )
        if self.removed:
            more = len(self.removed) - _MOST_NAMES
            rest = f" and {more} more" if more > 0 else ""
            lines.append(f"         removed: {', '.join(self.removed[:_MOST_NAMES])}{rest}")
        return tuple(lines)


def lock_at_file(file: Path) -> OldLock:
    """Take the text of a lock file. Raises PastError where it cannot be read."""
    if not file.is_file():
        raise PastError(f"{file.name}: there is no such file")
    try:
        return OldLock(file.name, read_file(file, STATE).decode("utf-8"))
    except (RefusedError, UnicodeDecodeError) as error:
        raise PastError(f"{file.name}: cannot read the lock: {error}") from None


def lock_at_revision(name: str, root: Path) -> OldLock:
    """Take the text of the lock that a revision of git holds. Raises PastError as commit_of()."""
    data = ask(root, "show", f"{commit_of(root, name)}:./{LOCK}")
    if data is None:
        raise PastError(f"{name} holds no {LOCK}")
    try:
        return OldLock(name, data.decode("utf-8"), f"{name}:{LOCK}")
    except UnicodeDecodeError as error:
        raise PastError(f"{name}: cannot read the lock: {error}") from None


def news(course: Course, checked: Checked, old: OldLock, now: int) -> News:
    """Hold a course against an old lock. Raises PastError where that is broken."""
    ledger = Ledger(old.lines(now), now)
    found: Mapping[str, set[str]] = {"new": set(), "changed": set(), "same": set()}
    for one in (one for lesson in checked.lessons for one in lesson.items):
        line = old_line(one.item, one.variant.key if one.variant else "", ledger)
        sort = "new" if line is None else "same" if line.hash == one.lock.hash else "changed"
        found[sort].add(one.key)
    sorts = {sort: frozenset(keys) for sort, keys in found.items()}
    beside = with_families(checked, sorts["new"] | sorts["changed"]) & sorts["same"]
    return News(old.name, **sorts, beside=beside, removed=_removed(course, ledger))


def with_families(checked: Checked, keys: Collection[str]) -> frozenset[str]:
    """Return these keys, and those of all other variants of the same items."""
    items = [one for lesson in checked.lessons for one in lesson.items]
    ids = {one.item.id for one in items if one.key in keys}
    return frozenset(one.key for one in items if one.item.id in ids)


def _removed(course: Course, ledger: Ledger) -> tuple[str, ...]:
    """Name what is gone, an item with all its variants once."""
    here = {item.id for lesson in course.lessons for item in lesson.items}
    gone = sorted(taken_away(course, ledger).values(), key=lambda line: line.place)
    return tuple(dict.fromkeys(line.key if line.id in here else line.id for line in gone))


def cut(checked: Checked, keys: Collection[str]) -> Checked:
    """Leave only these items and variants, and the lessons that still have any."""
    lessons = (
        replace(lesson, items=tuple(one for one in lesson.items if one.key in keys))
        for lesson in checked.lessons
    )
    return replace(checked, lessons=tuple(lesson for lesson in lessons if lesson.items))
