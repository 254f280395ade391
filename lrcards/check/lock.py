"""lrcards.lock: what learners' history hangs on, one line an item or variant, made for git."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from lrcards.check.lints import item_prose
from lrcards.diagnostics import Diagnostic, Span
from lrcards.guards import STATE, RefusedError, is_fit, read_file
from lrcards.model import Course, Filled, Item, Lesson, LockLine, Recorded, Variant, kind_of

# Raise by hand when every note should count as changed; library versions never do.
RENDER = 1
FILE = "lrcards.lock"
_GUID = re.compile(r"[A-Za-z0-9_-]{12}")
_DAY = 86_400
_FIELDS = {field.name: field.type for field in fields(LockLine)}
_LATER = {"variant": "", "kind": ""}

Place = tuple[str, str]  # id, and key of the variant or nothing


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is committed, as it was: the lines of the lock, the values by source of their run.

    `now`: the time of this build, in seconds since 1970. What is `retired` on purpose is an id, or
    one variant of it: `id.key`. `accept`: moved values are recorded anew.
    """

    lines: Mapping[Place, LockLine]
    now: int
    retired: tuple[str, ...] = ()
    values: Mapping[str, Recorded] = field(default_factory=dict)
    accept: bool = False


def load_lock(file: Path, now: int) -> tuple[dict[Place, LockLine], list[Diagnostic]]:
    """Read the lock from its file; one that is not there is empty. For `now` see parse_lock()."""
    if not file.exists():
        return {}, []
    try:
        return parse_lock(read_file(file, STATE).decode("utf-8"), now)
    except (RefusedError, UnicodeDecodeError) as error:
        return {}, [_broken(1, f"cannot read the lock: {error}", "restore the file from git")]


def parse_lock(text: str, now: int) -> tuple[dict[Place, LockLine], list[Diagnostic]]:
    """Read the lock; of two lines for one note, as a merge leaves them, the newer one counts.

    `now` is in seconds since 1970: Anki would take a note that was changed later than that for
    newer than all that follows, and show learners no change ever again.
    """
    lines: dict[Place, LockLine] = {}
    found: list[Diagnostic] = []
    owners: dict[str, Place] = {}
    for number, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        try:
            line = _parse_line(row)
        except _UnreadableError as why:
            found.append(_broken(number, f"{_UNREADABLE}: {why}", _RESTORE))
            continue
        problem = _line_problem(line, owners, now)
        if problem:
            found.append(_broken(number, *problem))
        elif line.place not in lines or lines[line.place].mod < line.mod:
            lines[line.place] = line
    return lines, found


_UNREADABLE = "cannot read this line of the lock"
_RESTORE = "restore the file from git"


class _UnreadableError(Exception):
    """A line that no build of ours would have written; the text says what was expected."""


def _broken(line: int, message: str, hint: str) -> Diagnostic:
    return Diagnostic(Span(FILE, line), "broken-lock", message, hint)


def _line_problem(line: LockLine, owners: dict[str, Place], now: int) -> tuple[str, str] | None:
    """Say what no build of ours would have written; what goes into a package comes from here."""
    if not 0 <= line.mod <= now + _DAY:
        hint = "check this machine's clock, or restore the file from git"
        return f"'{line.id}' was changed at {line.mod}, which is not in the past", hint
    if owners.setdefault(line.guid, line.place) != line.place:
        other = owners[line.guid][0]
        message = f"'{line.id}' and '{other}' have one guid: one note for two items"
        return message, f"{_RESTORE}; of two copies of an item, delete one line"
    return None


def render_lock(lines: Iterable[LockLine]) -> str:
    return "".join(
        json.dumps(_row(line), ensure_ascii=False) + "\n"
        for line in sorted(lines, key=lambda line: line.place)
    )


def _row(line: LockLine) -> dict[str, object]:
    """Leave out what is empty of the keys that older locks do not know."""
    row = {name: getattr(line, name) for name in _FIELDS}
    return {name: value for name, value in row.items() if value or name not in _LATER}


@dataclass(frozen=True, slots=True)
class Stamper:
    """Makes the new lines of a course."""

    course: Course
    ledger: Ledger

    def line(self, item: Item, variant: Variant | None, lesson: Lesson, filled: Filled) -> LockLine:
        """Make a note's new line: the guid stays, `mod` moves only when the content did."""
        names = (item.id, *item.settings.aliases)
        key = variant.key if variant else ""
        old = old_line(item, key, self.ledger)
        digest = _content_hash(item, lesson, filled, self.course)
        if old is None:
            named = f"{names[-1]}.{key}" if key else names[-1]
            guid, mod = guid_of(self.course.about.uid, named), self.ledger.now
        else:
            guid = old.guid
            mod = old.mod if old.hash == digest else max(old.mod + 1, self.ledger.now)
        place = "::".join(lesson.deck), lesson.page
        return LockLine(item.id, guid, digest, mod, *place, key, kind_of(item))


def old_line(item: Item, variant: str, ledger: Ledger) -> LockLine | None:
    """Return the committed line of an item, or of one variant of it, under whichever name."""
    places = ((name, variant) for name in (item.id, *item.settings.aliases))
    return next((ledger.lines[place] for place in places if place in ledger.lines), None)


def guid_of(uid: str, name: str) -> str:
    """Return a short ASCII guid made from the course's uid and `id` or `id.key`, nothing else."""
    digest = hashlib.sha256(f"{uid}/{name}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()


def _content_hash(item: Item, lesson: Lesson, filled: Filled, course: Course) -> str:
    """Hash what a learner sees; never rendered HTML, whose bytes belong to libraries."""
    images = sorted(
        node.attr("src")
        for prose in item_prose(item)
        for node in prose.walk()
        if node.tag == "image" and node.attr("src") in course.media
    )
    content = [
        RENDER,
        kind_of(item),
        item.source,
        lesson.title,
        item.settings.level,
        list(item.settings.tags),
        sorted(filled.shown.values()),
        [[name, [[t.name, list(t.values)] for t in traces]] for name, traces in
         sorted(filled.traces.items())],
        [hashlib.sha256(course.media[name]).hexdigest() for name in images],
        *([sorted(filled.code.items())] if filled.code else []),
        # A lesson may say so for all its items, whose own sources then do not.
        *([] if item.settings.shuffle else ["in order"]),
    ]  # fmt: skip
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _parse_line(row: str) -> LockLine:
    try:
        values = json.loads(row)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise _UnreadableError('expected a JSON object, {"id": ..., "guid": ..., ...}')
    if missing := [name for name in _FIELDS if name not in {*values, *_LATER}]:
        raise _UnreadableError(f"expected the key '{missing[0]}'")
    if len(values.keys() | _LATER) > len(_FIELDS):
        raise _UnreadableError(f"expected no other keys than {', '.join(_FIELDS)}")
    values = {**_LATER, **values}
    for name, kind in _FIELDS.items():
        if problem := _field_problem(name, kind, values[name]):
            raise _UnreadableError(f"expected {problem} in '{name}'")
    return LockLine(**values)


def _field_problem(name: str, kind: object, value: object) -> str | None:
    """Say what is expected instead; None where nothing is wrong."""
    if kind == "int":
        whole = isinstance(value, int) and not isinstance(value, bool)
        return None if whole else "a whole number"
    if not isinstance(value, str):
        return "a text"
    if name == "guid":
        return None if _GUID.fullmatch(value) else "12 letters, digits, '-' or '_'"
    return None if is_fit(value) else "no control characters"
