"""Thin genanki subclasses: times from the lock, stable ids, a database in memory, fixed bytes."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import genanki

from lrcards.figures import curve
from lrcards.markup import image_tag
from lrcards.model import Trace
from lrcards.write.archive import zip_bytes
from lrcards.write.output import media_name

# Ids look like times in milliseconds; this range lies in the past, so Anki leaves them alone.
_FIRST_NOTE = 1_500_000_000_000
_NOTES = 200_000_000
_STEP = 1000


class Note(genanki.Note):
    """A note with its own time of change (seconds since 1970), taken from the lock."""

    def __init__(self, mod: int, **values: object) -> None:
        super().__init__(**values)
        self.mod = mod

    def write_to_db(
        self, cursor: sqlite3.Cursor, timestamp: float, deck_id: int, id_gen: Iterator[int]
    ) -> None:
        del timestamp, id_gen
        super().write_to_db(cursor, self.mod, deck_id, _free_ids(cursor, note_id(str(self.guid))))


def note_id(guid: str) -> int:
    """Return the id of a note, made from its guid: what asks Anki, which tells no guid, needs it.

    Where two meet, in a package or in a collection, the later one has an id a little above.
    """
    digest = hashlib.sha256(guid.encode()).digest()
    return _FIRST_NOTE + int.from_bytes(digest[:6], "big") % _NOTES * _STEP


class Deck(genanki.Deck):
    """A deck with a description; nothing but its notes moves its time of change."""


@dataclass(slots=True)
class Media:
    """Pictures that fields refer to, under names made of their content."""

    sources: Mapping[str, bytes]
    used: dict[str, bytes] = field(default_factory=dict)

    def image(self, source: str, alt: str, title: str) -> str:
        data = self.sources[source]
        name = media_name(data, source)
        self.used[name] = data
        return image_tag(name, alt, title)

    def figure(self, traces: tuple[Trace, ...], alt: str) -> str:
        """Curves stand in the field itself: only so do they follow the night colours."""
        return curve(traces, alt)


def package_bytes(decks: Sequence[Deck], media: Mapping[str, bytes]) -> bytes:
    """Return the .apkg of the legacy layout, which the oldest clients open."""
    times = [note.mod for deck in decks for note in deck.notes]
    connection = sqlite3.connect(":memory:")
    try:
        cursor = connection.cursor()
        package = genanki.Package(list(decks))
        package.write_to_db(cursor, float(max(times, default=0)), itertools.count(_FIRST_NOTE))
        connection.commit()
        database = connection.serialize()
    finally:
        connection.close()
    names = sorted(media)
    index = json.dumps({str(number): name for number, name in enumerate(names)})
    files = [(str(number), media[name]) for number, name in enumerate(names)]
    return zip_bytes([("collection.anki2", database), ("media", index.encode()), *files])


def _free_ids(cursor: sqlite3.Cursor, first: int) -> Iterator[int]:
    """Count from a place that no earlier note has taken."""
    while cursor.execute("select 1 from notes where id = ?", (first,)).fetchone():
        first += _STEP
    return itertools.count(first)
