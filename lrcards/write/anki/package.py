"""Thin genanki subclasses: times from the lock, stable ids, a database in memory, fixed bytes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import genanki
from genanki.apkg_col import APKG_COL
from genanki.apkg_schema import APKG_SCHEMA

from lrcards.figures import curve
from lrcards.markup import image_tag
from lrcards.model import Trace
from lrcards.write.anki.presets import Preset
from lrcards.write.archive import zip_bytes
from lrcards.write.output import media_name

COLLECTION = "collection.anki2"
# Ids look like times in milliseconds; this range lies in the past, so Anki leaves them alone.
_FIRST_NOTE = 1_500_000_000_000
_NOTES = 200_000_000
_STEP = 1000
_TO_SYNC = -1
_INSERT_NOTE = "insert into notes values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_CARD = "insert into cards values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Note(genanki.Note):
    """A note with its own time of change (seconds since 1970), taken from the lock."""

    def __init__(self, mod: int, **values: object) -> None:
        super().__init__(**values)
        self.mod = mod

    @property
    def cards(self) -> list[genanki.Card]:
        """Return its cards; keeping them, as the library does, takes longer than making them."""
        is_cloze = self.model.model_type == genanki.Model.CLOZE
        return list(self._cloze_cards() if is_cloze else self._front_back_cards())

    def row(self, number: int) -> tuple[object, ...]:
        """Return the note's row; Anki computes the checksum and the sort field again."""
        # genanki's own check of the fields takes minutes for some texts, and names no place.
        return (
            number, self.guid, self.model.model_id, self.mod, _TO_SYNC, self._format_tags(),
            self._format_fields(), self.sort_field, 0, 0, "",
        )  # fmt: skip

    def card_row(self, number: int, deck: int, place: int) -> tuple[object, ...]:
        """Return the row of a card, a new one; its id follows the note's."""
        return (
            number + 1 + place, number, deck, place, self.mod, _TO_SYNC,
            0, 0, self.due, 0, 0, 0, 0, 0, 0, 0, 0, "",
        )  # fmt: skip


def note_id(guid: str) -> int:
    """Return the id of a note, made from its guid: what asks Anki, which tells no guid, needs it.

    Where two meet, in a package or in a collection, the later one has an id a little above.
    """
    digest = hashlib.sha256(guid.encode()).digest()
    return _FIRST_NOTE + int.from_bytes(digest[:6], "big") % _NOTES * _STEP


class Deck(genanki.Deck):
    """A deck with a description; nothing but its notes moves its time of change."""

    def __init__(self, deck_id: int, name: str, description: str, preset: int = 1) -> None:
        super().__init__(deck_id, name, description)
        self.preset = preset

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "conf": self.preset}


class Package(genanki.Package):
    """Writes rows many at a time, and the collection's own JSON once, not once a deck."""

    def __init__(self, decks: Sequence[Deck], preset: Preset | None) -> None:
        super().__init__(list(decks))
        self.preset = preset

    def write(self, cursor: sqlite3.Cursor) -> None:
        tables, index, indexes = APKG_SCHEMA.partition("CREATE INDEX")
        cursor.executescript(tables)
        cursor.executescript(APKG_COL)
        self._write_collection(cursor)
        # In the order of their ids, and indexed in the end: sqlite then only appends.
        numbered = sorted(_numbered(self.decks), key=itemgetter(0))
        notes = (note.row(number) for number, note, _ in numbered)
        cards = (
            note.card_row(number, deck, card.ord)
            for number, note, deck in numbered
            for card in note.cards
        )
        cursor.executemany(_INSERT_NOTE, notes)
        cursor.executemany(_INSERT_CARD, cards)
        cursor.executescript(index + indexes)

    def _write_collection(self, cursor: sqlite3.Cursor) -> None:
        [[decks, dconf]] = cursor.execute("select decks, dconf from col").fetchall()
        notes = [note for deck in self.decks for note in deck.notes]
        models = {note.model.model_id: note.model for note in notes}
        self._set(cursor, "decks", json.loads(decks), {d.deck_id: d.to_json() for d in self.decks})
        self._set(cursor, "models", {}, {n: one.to_json(0, 1) for n, one in models.items()})
        if self.preset:
            presets = {self.preset.number: self.preset.to_json()}
            self._set(cursor, "dconf", json.loads(dconf), presets)

    def _set(
        self, cursor: sqlite3.Cursor, column: str, old: dict[str, Any], new: Mapping[int, Any]
    ) -> None:
        text = json.dumps({**old, **{str(number): one for number, one in new.items()}})
        cursor.execute(f"update col set {column} = ?", (text,))  # noqa: S608 - our own word


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


def package_bytes(
    decks: Sequence[Deck], media: Mapping[str, bytes], preset: Preset | None = None
) -> bytes:
    """Return the .apkg of the legacy layout, which the oldest clients open."""
    connection = sqlite3.connect(":memory:")
    try:
        Package(decks, preset).write(connection.cursor())
        connection.commit()
        database = connection.serialize()
    finally:
        connection.close()
    names = sorted(media)
    index = json.dumps({str(number): name for number, name in enumerate(names)})
    files = [(str(number), media[name]) for number, name in enumerate(names)]
    return zip_bytes([(COLLECTION, database), ("media", index.encode()), *files])


def _numbered(decks: Sequence[Deck]) -> Iterator[tuple[int, Note, int]]:
    """Yield id, note and id of its deck; an id comes from the guid, so no note moves another."""
    taken: set[int] = set()
    for deck in decks:
        for note in deck.notes:
            number = note_id(str(note.guid))
            while number in taken:
                number += _STEP
            taken.add(number)
            yield number, note, deck.deck_id
