"""Notes whose kind changed: to Anki another note type, which an import does not give them.

With note types kept apart an import leaves the note as it is for ever; with them merged it puts
the fields and cards of both types into one, for all notes of it. Measured with Anki 26.9.3.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lrcards.guards import DATA, read_file
from lrcards.push.known import Known
from lrcards.push.snapshot import Note

_CLOZE = "cloze"


@dataclass(frozen=True, slots=True)
class Content:
    """A note as the package has it; `media` by name. `type`: the id of its note type."""

    type: int
    fields: Mapping[str, str]
    tags: tuple[str, ...]
    media: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Retype:
    """A note that gets another type, by its name in this Anki, with all that it then shows."""

    note: Note
    kind: str
    type: str
    content: Content


def retypes(
    known: Known, notes: Iterable[Note], types: Mapping[int, str]
) -> tuple[list[Retype], list[Note]]:
    """Find what to change; and those that cannot be changed, which are left.

    A cloze note of several cards is: all but one would have no side to show.
    """
    changed = [note for note in notes if note.kind != known.kinds[note.line.key]]
    contents = read_notes(known.package, {note.line.guid for note in changed}) if changed else {}
    ready: list[Retype] = []
    left: list[Note] = []
    for note in changed:
        content = contents.get(note.line.guid)
        fits = note.kind != _CLOZE or len(note.cards) == 1
        if fits and content and content.type in types:
            kind = known.kinds[note.line.key]
            ready.append(Retype(note, kind, types[content.type], content))
        else:
            left.append(note)
    return ready, left


def read_notes(package: Path, guids: set[str]) -> dict[str, Content]:
    """Read some notes of a package that we built, by guid."""
    with zipfile.ZipFile(io.BytesIO(read_file(package, DATA))) as archive:
        names: dict[str, str] = json.loads(archive.read("media"))
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(archive.read("collection.anki2"))
            models = json.loads(database.execute("select models from col").fetchone()[0])
            rows = database.execute("select guid, mid, flds, tags from notes").fetchall()
        return {
            guid: _content(models[str(mid)], text, tags, dict(_used(archive, names, text)))
            for guid, mid, text, tags in rows
            if guid in guids
        }


def _content(model: Mapping[str, Any], text: str, tags: str, media: Mapping[str, bytes]) -> Content:
    names = [field["name"] for field in sorted(model["flds"], key=lambda field: field["ord"])]
    fields = dict(zip(names, text.split("\x1f"), strict=True))
    return Content(int(model["id"]), fields, tuple(tags.split()), media)


def _used(
    archive: zipfile.ZipFile, names: Mapping[str, str], text: str
) -> Iterator[tuple[str, bytes]]:
    return ((name, archive.read(number)) for number, name in names.items() if name in text)
