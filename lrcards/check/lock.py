"""lrcards.lock: what learners' history hangs on, one line an item, made for git."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from lrcards.check.lints import item_prose
from lrcards.diagnostics import Diagnostic, Span
from lrcards.guards import STATE, RefusedError, is_fit, read_file
from lrcards.model import Course, Filled, Item, Lesson, LockLine, kind_of

# Raise by hand when every note should count as changed; library versions never do.
RENDER = 1
FILE = "lrcards.lock"
_GUID = re.compile(r"[A-Za-z0-9_-]{12}")
_DAY = 86_400
_FIELDS = {field.name: field.type for field in fields(LockLine)}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lock as it was, the time of this build (seconds since 1970), ids retired on purpose."""

    lines: Mapping[str, LockLine]
    now: int
    retired: tuple[str, ...] = ()


def load_lock(file: Path, now: int) -> tuple[dict[str, LockLine], list[Diagnostic]]:
    """Read the lock from its file; one that is not there is empty. For `now` see parse_lock()."""
    if not file.exists():
        return {}, []
    try:
        return parse_lock(read_file(file, STATE).decode("utf-8"), now)
    except (RefusedError, UnicodeDecodeError) as error:
        return {}, [_broken(1, f"cannot read the lock: {error}", "restore the file from git")]


def parse_lock(text: str, now: int) -> tuple[dict[str, LockLine], list[Diagnostic]]:
    """Read the lock; of two lines for one id, as a merge leaves them, the newer one counts.

    `now` is in seconds since 1970: Anki would take a note that was changed later than that for
    newer than all that follows, and show learners no change ever again.
    """
    lines: dict[str, LockLine] = {}
    found: list[Diagnostic] = []
    owners: dict[str, str] = {}
    for number, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        line = _parse_line(row)
        problem = _UNREADABLE if line is None else _line_problem(line, owners, now)
        if problem:
            found.append(_broken(number, *problem))
        elif line and (line.id not in lines or lines[line.id].mod < line.mod):
            lines[line.id] = line
    return lines, found


_UNREADABLE = ("cannot read this line of the lock", "restore the file from git")


def _broken(line: int, message: str, hint: str) -> Diagnostic:
    return Diagnostic(Span(FILE, line), "broken-lock", message, hint)


def _line_problem(line: LockLine, owners: dict[str, str], now: int) -> tuple[str, str] | None:
    """Say what no build of ours would have written; what goes into a package comes from here."""
    if not _GUID.fullmatch(line.guid) or not all(is_fit(one) for one in (line.id, line.deck)):
        return _UNREADABLE
    if not 0 <= line.mod <= now + _DAY:
        hint = "check this machine's clock, or restore the file from git"
        return f"'{line.id}' was changed at {line.mod}, which is not in the past", hint
    if owners.setdefault(line.guid, line.id) != line.id:
        message = f"'{line.id}' and '{owners[line.guid]}' have one guid: one note for two items"
        return message, "restore the file from git; of two copies of an item, delete one line"
    return None


def render_lock(lines: Iterable[LockLine]) -> str:
    return "".join(
        json.dumps(asdict(line), ensure_ascii=False) + "\n"
        for line in sorted(lines, key=lambda line: line.id)
    )


def stamp(item: Item, lesson: Lesson, filled: Filled, course: Course, ledger: Ledger) -> LockLine:
    """Make an item's new line: the guid stays, `mod` moves only when the content did."""
    names = (item.id, *item.settings.aliases)
    old = next((ledger.lines[name] for name in names if name in ledger.lines), None)
    digest = _content_hash(item, lesson, filled, course)
    if old is None:
        guid, mod = guid_of(course.about.uid, names[-1]), ledger.now
    else:
        guid = old.guid
        mod = old.mod if old.hash == digest else max(old.mod + 1, ledger.now)
    return LockLine(item.id, guid, digest, mod, "::".join(lesson.deck), lesson.page)


def guid_of(uid: str, name: str) -> str:
    """Return a short ASCII guid made from the course's uid and an id, and from nothing else."""
    digest = hashlib.sha256(f"{uid}/{name}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()


def taken_away(course: Course, ledger: Ledger) -> dict[str, LockLine]:
    """Return the lines whose items are gone without `aliases` or `retired`."""
    kept = {
        name
        for lesson in course.lessons
        for item in lesson.items
        for name in (item.id, *item.settings.aliases)
    }
    return {
        name: line
        for name, line in ledger.lines.items()
        if name not in kept and name not in ledger.retired
    }


def warn_taken_away(course: Course, ledger: Ledger) -> Iterator[Diagnostic]:
    for name, line in sorted(taken_away(course, ledger).items()):
        yield Diagnostic(
            Span(FILE),
            "id-removed",
            f"the item '{name}' ({line.page}) is gone; learners keep its card",
            f"name it in another item's `aliases`, or in lrcards.toml: retired = ['{name}']",
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
    ]  # fmt: skip
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _parse_line(row: str) -> LockLine | None:
    try:
        values = json.loads(row)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or set(values) != set(_FIELDS):
        return None
    right = all(
        isinstance(values[name], int if kind == "int" else str) for name, kind in _FIELDS.items()
    )
    return LockLine(**values) if right and not isinstance(values["mod"], bool) else None
