"""Reads a deck that we wrote; the file may be anyone's, so that nothing in it is believed."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from lrcards.guards import DATA
from lrcards.write.anki.package import COLLECTION

_STEPS = 50_000_000  # of sqlite's machine: some seconds
_MOST_NOTES = 1_000_000
_SEPARATOR = "\x1f"
_HARMLESS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)
_NOTES = """\
select notes.guid, notes.mid, notes.mod, notes.tags, notes.flds, min(cards.did)
from notes join cards on cards.nid = notes.id group by notes.id limit ?"""


class UnpackError(Exception):
    """The file is no deck of ours; the text says why."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One note as it lies in a deck: identity, time of change, deck, and all that it shows."""

    key: str
    guid: str
    mod: int
    deck: str
    type: str
    fields: Mapping[str, str]
    tags: frozenset[str]

    @property
    def content(self) -> tuple[object, ...]:
        """Return what an update would replace; the key names the note and shows nothing."""
        shown = {name: text for name, text in self.fields.items() if text and name != "Key"}
        return self.type, shown, self.tags


def unpack(data: bytes) -> dict[str, Packed]:
    """Return the notes of a package by key. Raises UnpackError."""
    try:
        with closing(_open(_database(data))) as connection:
            return {one.key: one for one in _packed(connection)}
    except (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise UnpackError("it is damaged, or lrcards did not write it") from None


def _database(data: bytes) -> bytes:
    """Take the collection out of the zip, of a size that fits in memory, whatever it claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(COLLECTION) as member:
            database = member.read(DATA + 1)
    except KeyError:
        raise UnpackError("it holds no collection of the layout that lrcards writes") from None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError):
        # A RuntimeError: an encrypted one, or one packed in a way that Python does not know.
        raise UnpackError("it is no package of Anki, or damaged") from None
    if len(database) > DATA:
        raise UnpackError(f"its collection is larger than {DATA >> 20} MiB")
    return database


def _open(database: bytes) -> sqlite3.Connection:
    """Open a stranger's database in memory: for reading its own two tables, and not for ever."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    connection.execute("pragma trusted_schema = off")
    connection.execute("pragma cell_size_check = on")
    connection.set_progress_handler(lambda: 1, _STEPS)
    kinds = connection.execute("select name, type from sqlite_schema").fetchall()
    tables = {name for name, kind in kinds if kind == "table"}
    if not tables >= {"col", "notes", "cards"}:
        raise UnpackError("it holds no notes")
    connection.set_authorizer(_allow)
    return connection


def _allow(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _HARMLESS else sqlite3.SQLITE_DENY


def _packed(connection: sqlite3.Connection) -> Iterator[Packed]:
    [[models, decks]] = connection.execute("select models, decks from col limit 1").fetchall()
    types = {int(number): _type(one) for number, one in json.loads(models).items()}
    names = {int(number): _text(one["name"]) for number, one in json.loads(decks).items()}
    for guid, model, mod, tags, fields, deck in connection.execute(_NOTES, (_MOST_NOTES,)):
        name, columns = types[model]
        values = dict(zip(columns, _text(fields).split(_SEPARATOR), strict=True))
        key = values.get("Key", "")
        if key:  # a note without one is not ours: a learner's own, exported with them
            words = frozenset(_text(tags).split())
            yield Packed(key, _text(guid), int(mod), names[deck], name, values, words)


def _type(model: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return _text(model["name"]), tuple(_text(one["name"]) for one in model["flds"])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
