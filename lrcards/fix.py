"""`check --fix`: stale literals are rewritten in the sources, moved values are recorded anew."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lrcards import records
from lrcards.config import Config
from lrcards.diagnostics import Diagnostic
from lrcards.guards import RefusedError, inside, read_file
from lrcards.pipeline import Outcome, Request, compile_course
from lrcards.write.files import replace_file


@dataclass(frozen=True, slots=True)
class Fixed:
    """One source file as it was and as it should be; `name` is its path in the course."""

    name: str
    before: str
    after: str

    def diff(self) -> str:
        """Return the change as a unified diff."""
        rows = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{self.name}",
            f"b/{self.name}",
            n=1,
        )
        return "".join(row if row.endswith("\n") else row + "\n" for row in rows)


def mend(config: Config, request: Request, write: bool) -> tuple[Outcome, tuple[str, ...]]:
    """Rewrite stale literals and accept moved values; return what is left, and the changes.

    Where `write` is false, the changes are only shown.
    """
    compiled = compile_course(config, request)
    mended = tuple(_fixes(compiled.diagnostics, config.root))
    moved = [one for one in compiled.diagnostics if one.code == "value-moved"]
    changes = (*(one.diff() for one in mended), *map(_accepted, moved))
    if not (write and changes):
        return compiled.outcome(compiled.diagnostics, compiled.said()), changes
    for one in mended:
        replace_file((config.root / one.name).resolve(), one.after.encode())
    left = compile_course(config, replace(request, use_store=True, accept=True))
    if moved and left.checked is not None:
        files = records.render(left.course, left.ledger, left.checked)
        replace_file(config.root / records.VALUES, files[records.VALUES])
    return left.outcome(left.diagnostics, left.said()), changes


def _accepted(moved: Diagnostic) -> str:
    """Say what is recorded anew; the lines of the file themselves are too long to read."""
    rows = (f"  {note}" for note in moved.notes)
    return "\n".join((f"{records.VALUES}: {moved.message}", *rows))


def _fixes(found: Iterable[Diagnostic], root: Path) -> Iterator[Fixed]:
    """Yield each file of the course that has something to mend, mended."""
    by_file: dict[str, list[Diagnostic]] = {}
    for one in found:
        if one.fix is not None:
            by_file.setdefault(one.span.path, []).append(one)
    for name, mistakes in sorted(by_file.items()):
        try:
            before = read_file(root / name).decode("utf-8") if inside(root / name, root) else ""
        except (RefusedError, UnicodeDecodeError):
            continue
        after = _mended(before, mistakes)
        if after != before:
            yield Fixed(name, before, after)


def _mended(text: str, mistakes: Iterable[Diagnostic]) -> str:
    """Replace each span by its fix, last first so that places stay right."""
    lines = text.split("\n")
    for one in sorted({(m.span, m.fix or "", _declared(m)) for m in mistakes}, reverse=True):
        span, fix, declared = one
        start = span.column - 1
        line = lines[span.line - 1] if span.line <= len(lines) else ""
        # Where escapes or quotes shifted the text, it is left to the author.
        if line[start : start + span.width] == declared:
            lines[span.line - 1] = line[:start] + fix + line[start + span.width :]
    return "\n".join(lines)


def _declared(one: Diagnostic) -> str:
    notes: Mapping[str, str] = dict(note.split(": ", 1) for note in one.notes if ": " in note)
    return notes.get("declared", "")
