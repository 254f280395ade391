"""Changes as text: one function a format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrcards.changes import Change, Changes

_SAID: Mapping[str, str] = {
    "new": "added to the deck, in the order of the course",
    "changed": "",
    "removed": "learners keep these cards; `lrcards push anki --prune` takes them away",
    "moved": "learners' cards stay in their old deck; `lrcards push anki` moves them",
    "retyped": "an import refuses these: give each a new id and retire the old one",
}
_REPLACED = (
    "An update replaces these notes whole; a learner's own edits of them, and own tags on them,"
    " are lost:"
)
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def _text(changes: Changes) -> Iterator[str]:
    yield _head(changes)
    for sort, said in _SAID.items():
        rows = changes.of(sort)
        if rows:
            yield ""
            yield f"{sort.capitalize()}{f': {said}' if said else ''}"
        for row in rows:
            yield f"  {row.key}  {' '.join(part for part in (row.title, _place(row)) if part)}"
            yield from (f"      {detail}" for detail in row.details)
    if changes.replaced:
        yield ""
        yield _REPLACED
        yield from (f"  {key}" for key in changes.replaced)


def _markdown(changes: Changes) -> Iterator[str]:
    yield f"## {_plain(_head(changes))}"
    for sort, said in _SAID.items():
        rows = changes.of(sort)
        if rows:
            yield from ("", f"### {sort.capitalize()}", "")
            yield from ([f"{said[0].upper()}{said[1:]}.", ""] if said else [])
        for row in rows:
            title = f" **{_plain(row.title)}**" if row.title else ""
            yield f"- `{row.key}`{title} {_plain(_place(row))}".rstrip()
            yield from (f"  - {_plain(detail)}" for detail in row.details)
    if changes.replaced:
        yield from ("", f"> {_REPLACED}", f"> {', '.join(f'`{key}`' for key in changes.replaced)}")


def _head(changes: Changes) -> str:
    counts = (f"{len(changes.of(sort))} {sort}" for sort in _SAID if changes.of(sort))
    said = ", ".join(counts) or "nothing changed"
    why = f" ({changes.before.why})" if changes.before.why else ""
    return f"Since {changes.before.name}: {said}, {changes.same} as they were{why}"


def _place(row: Change) -> str:
    return f"({row.page})" if row.page else ""


def _plain(text: str) -> str:
    """Keep an author's text from being read as Markdown, or as HTML."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


FORMATS: Mapping[str, Callable[[Changes], Iterator[str]]] = {"text": _text, "markdown": _markdown}
