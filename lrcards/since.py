"""What is new or changed since an older lock, and a course cut down to that."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lrcards.check.lock import FILE as LOCK
from lrcards.check.lock import Ledger, Place, old_line, parse_lock
from lrcards.git import PastError, ask, commit_of
from lrcards.guards import STATE, RefusedError, read_file
from lrcards.model import Checked, LockLine

UNCHANGED = "left out: unchanged since "


@dataclass(frozen=True, slots=True)
class OldLock:
    """The lock of an older state, as it was found; `name`: what people call that state."""

    name: str
    text: str

    @property
    def demand(self) -> str:
        """Return what tells two builds apart that were made since different states."""
        return f"{self.name} {hashlib.sha256(self.text.encode()).hexdigest()}"

    def lines(self, now: int) -> dict[Place, LockLine]:
        """Read it; for `now` see parse_lock(). Raises PastError where it is broken."""
        lines, found = parse_lock(self.text, now)
        if found:
            raise PastError(f"{self.name}: {found[0].message}")
        return lines


@dataclass(frozen=True, slots=True)
class News:
    """A course held against an old lock, called `name`: keys of items and of variants."""

    name: str
    new: frozenset[str]
    changed: frozenset[str]
    same: frozenset[str]

    @property
    def verdict(self) -> str:
        """Return what a report says of an item that was left alone."""
        return f"{UNCHANGED}{self.name}"

    @property
    def said(self) -> str:
        counts = f"{len(self.new)} new, {len(self.changed)} changed, {len(self.same)} unchanged"
        return f"Since    {self.name}: {counts} and left out (the site is whole)"


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
        return OldLock(name, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise PastError(f"{name}: cannot read the lock: {error}") from None


def news(checked: Checked, old: OldLock, now: int) -> News:
    """Hold a course against an old lock. Raises PastError where that is broken."""
    ledger = Ledger(old.lines(now), now)
    found: Mapping[str, set[str]] = {"new": set(), "changed": set(), "same": set()}
    for one in (one for lesson in checked.lessons for one in lesson.items):
        line = old_line(one.item, one.variant.key if one.variant else "", ledger)
        sort = "new" if line is None else "same" if line.hash == one.lock.hash else "changed"
        found[sort].add(one.key)
    return News(old.name, **{sort: frozenset(keys) for sort, keys in found.items()})


def cut(checked: Checked, keys: Collection[str]) -> Checked:
    """Leave only these items and variants, and the lessons that still have any."""
    lessons = (
        replace(lesson, items=tuple(one for one in lesson.items if one.key in keys))
        for lesson in checked.lessons
    )
    return replace(checked, lessons=tuple(lesson for lesson in lessons if lesson.items))
