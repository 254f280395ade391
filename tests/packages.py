"""Changes one thing in a written package, as a bug in a writer would; the report stays right."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Edit = Callable[[bytes], bytes]
COLLECTION = "collection.anki2"


def change(build: Path, path: str, edit: Edit) -> None:
    """Edit a file of a build and say so in the report, so that no digest gives it away."""
    file = build / path
    before = file.read_bytes()
    after = edit(before)
    assert after != before, "nothing was changed"
    file.write_bytes(after)
    report = json.loads((build / "report.json").read_text(encoding="utf-8"))
    row = next(row for row in report["files"] if row["path"] == path)
    row |= {"bytes": len(after), "sha256": hashlib.sha256(after).hexdigest()}
    (build / "report.json").write_text(json.dumps(report), encoding="utf-8")


def swap(*steps: str) -> Edit:
    """Replace the last but one text by the last, first of all behind all those before it."""
    *anchors, old, new = steps

    def edit(data: bytes) -> bytes:
        text = data.decode()
        at = 0
        for anchor in anchors:
            at = text.index(anchor, at)
        at = text.index(old, at)
        return (text[:at] + new + text[at + len(old) :]).encode()

    return edit


def cut(start: str, inside: str, end: str) -> Edit:
    """Take out the piece around `inside`, from the `start` before it to the `end` after it."""

    def edit(data: bytes) -> bytes:
        text = data.decode()
        at = text.index(inside)
        first, last = text.rindex(start, 0, at), text.index(end, at) + len(end)
        return (text[:first] + text[last:]).encode()

    return edit


def both(*edits: Edit) -> Edit:
    def edit(data: bytes) -> bytes:
        for one in edits:
            data = one(data)
        return data

    return edit


def member(end: str, edit: Edit | None) -> Edit:
    """Edit the member of a zip whose name ends so; None takes it out."""

    def edited(data: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
            assert any(name.endswith(end) for name in old.namelist()), f"there is no {end}"
            for name in old.namelist():
                chosen = name.endswith(end)
                if not chosen:
                    new.writestr(name, old.read(name))
                elif edit is not None:
                    new.writestr(name, edit(old.read(name)))
        return made.getvalue()

    return edited


def xml(key: str, *steps: str) -> Edit:
    return member(f"items/{key}.xml", swap(*steps))


def in12(key: str, *steps: str, lesson: str = "/lesson.xml") -> Edit:
    return member(lesson, swap(f'ident="{key}"', *steps))


def page(key: str, *steps: str) -> Edit:
    return swap(f'id="{key}"', *steps)


def bank(key: str, *steps: str) -> Edit:
    return swap(f"<idnumber>{key}<", *steps)


def note(key: str, old: str, new: str) -> Edit:
    """Replace a text in the fields of a note of a deck."""
    return sql(
        "update notes set flds = replace(flds, ?, ?) where instr(flds, ?)",
        old, new, f"\x1f{key}\x1f",
    )  # fmt: skip


def sql(statement: str, *values: str) -> Edit:
    """Run a statement on the database of a deck."""

    def edit(data: bytes) -> bytes:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(data)
            connection.execute(statement, values)
            connection.commit()
            return connection.serialize()

    return member(COLLECTION, edit)
