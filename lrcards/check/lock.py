"""lrcards.lock: what learners' history hangs on, one line an item or variant, made for git."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import groupby
from pathlib import Path

from lrcards.check.lints import item_prose
from lrcards.diagnostics import Diagnostic, Span, count
from lrcards.guards import STATE, RefusedError, is_fit, read_file
from lrcards.model import Course, Filled, Item, Lesson, LockLine, Recorded, Variant, kind_of

# Raise by hand when every note should count as changed; library versions never do.
RENDER = 1
FILE = "lrcards.lock"
_GUID = re.compile(r"[A-Za-z0-9_-]{12}")
_DAY = 86_400
_FIELDS = {field.name: field.type for field in fields(LockLine)}
_NAMED = 3

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
        line = _parse_line(row)
        problem = _UNREADABLE if line is None else _line_problem(line, owners, now)
        if problem:
            found.append(_broken(number, *problem))
        elif line and (line.place not in lines or lines[line.place].mod < line.mod):
            lines[line.place] = line
    return lines, found


_UNREADABLE = ("cannot read this line of the lock", "restore the file from git")


def _broken(line: int, message: str, hint: str) -> Diagnostic:
    return Diagnostic(Span(FILE, line), "broken-lock", message, hint)


def _line_problem(line: LockLine, owners: dict[str, Place], now: int) -> tuple[str, str] | None:
    """Say what no build of ours would have written; what goes into a package comes from here."""
    if not _GUID.fullmatch(line.guid) or not all(is_fit(one) for one in (line.id, line.deck)):
        return _UNREADABLE
    if not 0 <= line.mod <= now + _DAY:
        hint = "check this machine's clock, or restore the file from git"
        return f"'{line.id}' was changed at {line.mod}, which is not in the past", hint
    if owners.setdefault(line.guid, line.place) != line.place:
        other = owners[line.guid][0]
        message = f"'{line.id}' and '{other}' have one guid: one note for two items"
        return message, "restore the file from git; of two copies of an item, delete one line"
    return None


def render_lock(lines: Iterable[LockLine]) -> str:
    return "".join(
        json.dumps(_row(line), ensure_ascii=False) + "\n"
        for line in sorted(lines, key=lambda line: line.place)
    )


def _row(line: LockLine) -> dict[str, object]:
    """Leave an empty variant out: most items have none, and older locks know no such key."""
    return {name: value for name, value in asdict(line).items() if value or name != "variant"}


@dataclass(frozen=True, slots=True)
class Stamper:
    """Makes the new lines of a course."""

    course: Course
    ledger: Ledger

    def line(self, item: Item, variant: Variant | None, lesson: Lesson, filled: Filled) -> LockLine:
        """Make a note's new line: the guid stays, `mod` moves only when the content did."""
        names = (item.id, *item.settings.aliases)
        key = variant.key if variant else ""
        known = self.ledger.lines
        old = next((known[name, key] for name in names if (name, key) in known), None)
        digest = _content_hash(item, lesson, filled, self.course)
        if old is None:
            named = f"{names[-1]}.{key}" if key else names[-1]
            guid, mod = guid_of(self.course.about.uid, named), self.ledger.now
        else:
            guid = old.guid
            mod = old.mod if old.hash == digest else max(old.mod + 1, self.ledger.now)
        return LockLine(item.id, guid, digest, mod, "::".join(lesson.deck), lesson.page, key)


def guid_of(uid: str, name: str) -> str:
    """Return a short ASCII guid made from the course's uid and `id` or `id.key`, nothing else."""
    digest = hashlib.sha256(f"{uid}/{name}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()


def taken_away(course: Course, ledger: Ledger) -> dict[Place, LockLine]:
    """Return the lines whose items or variants are gone without `aliases` or `retired`."""
    kept = {
        (name, variant.key if variant else "")
        for lesson in course.lessons
        for item in lesson.items
        for variant in item.variants
        for name in (item.id, *item.settings.aliases)
    }
    return {
        place: line
        for place, line in ledger.lines.items()
        if place not in kept and not {line.id, _named(line)} & set(ledger.retired)
    }


def _named(line: LockLine) -> str:
    return f"{line.id}.{line.variant}" if line.variant else line.id


def warn_taken_away(course: Course, ledger: Ledger) -> Iterator[Diagnostic]:
    """Warn once an id, however many variants it had."""
    here = {item.id for lesson in course.lessons for item in lesson.items}
    gone = sorted(taken_away(course, ledger).values(), key=lambda line: line.place)
    for name, group in groupby(gone, key=lambda line: line.id):
        lines = [*group]
        yield _fewer_variants(lines) if name in here else _gone(lines[0])


def _gone(line: LockLine) -> Diagnostic:
    return Diagnostic(
        Span(FILE),
        "id-removed",
        f"the item '{line.id}' ({line.page}) is gone; learners keep its card",
        f"name it in another item's `aliases`, or in lrcards.toml: retired = ['{line.id}']",
        severity="warning",
    )


def _fewer_variants(lines: list[LockLine]) -> Diagnostic:
    first = lines[0]
    names = [_named(line) for line in lines] if len(lines) <= _NAMED else [first.id]
    variants = sum(bool(line.variant) for line in lines)
    what = count(variants, "variant") if variants else "the form without variants"
    return Diagnostic(
        Span(FILE),
        "variant-removed",
        f"{what} of '{first.id}' ({first.page}) {'are' if variants > 1 else 'is'} gone; "
        "learners keep their cards",
        f"put the values back, or accept it in lrcards.toml: retired = {names}",
        severity="warning",
    )


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
    ]  # fmt: skip
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _parse_line(row: str) -> LockLine | None:
    try:
        values = json.loads(row)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or {*values, "variant"} != set(_FIELDS):
        return None
    values = {"variant": "", **values}
    right = all(
        isinstance(values[name], int if kind == "int" else str) for name, kind in _FIELDS.items()
    )
    return LockLine(**values) if right and not isinstance(values["mod"], bool) else None
