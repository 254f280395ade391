"""The deck that is measured: its sources for both programs, its rows, and two ways to pack them."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import genanki

from lrcards.write.anki.package import Deck, Note
from lrcards.write.archive import zip_bytes

_FRONT = (
    "A scheduler is stepped once per epoch, and `get_last_lr()` is read after the step."
    " What does it return in epoch {number}, and **why** is that so?"
)
_BACK = (
    "The value that the group holds now: `scheduler.step()` wrote it, and {number} epochs later"
    " it is still there, since nothing else changes the group in between."
)
_OURS = """
## Question {number}: which rate is in force?

```yaml card
id: q-{number}
```

{front}

### Answer

{back}
"""
_THEIRS = """
---

{front}
:::
{back}

---
[^uid]: qa{number:08}
"""
_TABLES = ("col", "notes", "cards")


@dataclass(frozen=True, slots=True)
class Rows:
    """All that is in a collection: how its tables and indexes are made, and their rows."""

    tables: tuple[str, ...]
    indexes: tuple[str, ...]
    rows: dict[str, list[tuple[Any, ...]]]


def course_text(numbers: range) -> str:
    """Return a lesson of ours, a recall card for each number."""
    head = f"---\ntitle: Lesson {numbers[0]}\n---\n\n# Lesson {numbers[0]}\n"
    return head + _filled(_OURS, numbers)


def rival_text(numbers: range) -> str:
    """Return a deck of the rival's with the same texts."""
    return f"---\ndeck: Bench::Lesson {numbers[0]}\n---\n" + _filled(_THEIRS, numbers)


def _filled(card: str, numbers: Iterable[int]) -> str:
    return "".join(
        card.format(number=n, front=_FRONT.format(number=n), back=_BACK.format(number=n))
        for n in numbers
    )


def rows_of(package: bytes) -> Rows:
    """Read the collection of a package."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        data = archive.read("collection.anki2")
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    made = connection.execute("select type, sql from sqlite_schema where sql != ''").fetchall()
    return Rows(
        tuple(sql for kind, sql in made if kind == "table"),
        tuple(sql for kind, sql in made if kind == "index"),
        {name: connection.execute(f"select * from {name}").fetchall() for name in _TABLES},  # noqa: S608
    )


def plain(rows: Rows) -> bytes:
    """Pack rows with nothing but sqlite and deflate: in memory, indexes last."""
    connection = sqlite3.connect(":memory:")
    for sql in rows.tables:
        connection.execute(sql)
    for name, values in rows.rows.items():
        places = ", ".join("?" * len(values[0]))
        connection.executemany(f"insert into {name} values ({places})", values)  # noqa: S608
    for sql in rows.indexes:
        connection.execute(sql)
    connection.commit()
    data = connection.serialize()
    connection.close()
    return zip_bytes([("collection.anki2", data), ("media", b"{}")])


def decks_of(rows: Rows) -> list[Deck]:
    """Make the notes that the Anki writer hands over to be packed."""
    [col] = rows.rows["col"]
    models, decks = json.loads(col[9]), json.loads(col[10])
    types = {int(number): _model(one) for number, one in models.items()}
    made = {
        int(number): Deck(int(number), one["name"], one["desc"]) for number, one in decks.items()
    }
    homes = {card[1]: (card[2], card[8]) for card in rows.rows["cards"]}
    for number, guid, model, mod, _, tags, fields, *_ in rows.rows["notes"]:
        deck, due = homes[number]
        note = Note(mod, model=types[model], fields=fields.split("\x1f"), tags=tags.split(),
                    guid=guid, due=due)  # fmt: skip
        made[deck].add_note(note)
    return [*made.values()]


def _model(one: dict[str, Any]) -> genanki.Model:
    return genanki.Model(
        int(one["id"]), one["name"], one["flds"], one["tmpls"], one["css"], one["type"]
    )
