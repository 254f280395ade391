"""The two committed files, lrcards.lock and lrcards.values: read, written, compared."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from lrcards.check import Ledger
from lrcards.check.history import taken_away
from lrcards.check.lock import FILE as LOCK
from lrcards.check.lock import load_lock, render_lock
from lrcards.check.recorded import FILE as VALUES
from lrcards.check.recorded import load_values, render_values
from lrcards.config import Config
from lrcards.diagnostics import Diagnostic, Span, count
from lrcards.guards import STATE, RefusedError, read_file
from lrcards.model import Checked, Course

__all__ = ["LOCK", "VALUES", "load", "read", "render", "stale"]


def load(config: Config, now: int, accept: bool) -> tuple[Ledger, list[Diagnostic]]:
    """Read both files; for `now` and `accept` see Ledger."""
    lines, found = load_lock(config.root / LOCK, now)
    values, torn = load_values(config.root / VALUES)
    return Ledger(lines, now, config.retired, values, accept), [*found, *torn]


def render(course: Course, ledger: Ledger, checked: Checked) -> dict[str, bytes]:
    """Return what both files must hold now, by name; recorded values alone change neither."""
    files = {LOCK: _lock(course, ledger, checked).encode()}
    if checked.verified:
        files[VALUES] = render_values(checked.recorded).encode()
    return files


def _lock(course: Course, ledger: Ledger, checked: Checked) -> str:
    gone = taken_away(course, ledger).values()
    new = [one.lock for lesson in checked.lessons for one in lesson.items]
    # A draft keeps its line: its cards are still with learners.
    drafts = {item.id for lesson in course.lessons for item in lesson.items if item.settings.draft}
    kept = [line for line in ledger.lines.values() if line.id in drafts]
    return render_lock([*gone, *kept, *new])


def read(config: Config, name: str) -> str:
    """Return a file as it stands; one that cannot be read counts as empty."""
    try:
        return read_file(config.root / name, STATE).decode("utf-8", "replace")
    except RefusedError:
        return ""


def stale(config: Config, files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """Report each file that a build would change, at the first line that differs."""
    for name, data in files.items():
        there, wanted = read(config, name), data.decode()
        if there == wanted:
            continue
        before, after = there.splitlines(), wanted.splitlines()
        opcodes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        changed = [one for one in opcodes if one[0] != "equal"]
        lines = sum(max(b - a, d - c) for _, a, b, c, d in changed)
        first = changed[0][1] + 1 if changed else 1
        yield Diagnostic(
            Span(name, first),
            "records-changed",
            f"a build would change {count(lines, 'line')} of {name}",
            f"run lrcards build, and commit {name}",
        )
