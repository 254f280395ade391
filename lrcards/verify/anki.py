"""A deck, read as Anki's importer does: a zip with a database of notes, fields of HTML."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from lrcards.verify import expect
from lrcards.verify.archive import members
from lrcards.verify.expect import numbered, said, without
from lrcards.verify.facts import Facts, Found, bounds, text
from lrcards.verify.report import Row
from lrcards.verify.texts import html_text, pictures, plain
from lrcards.verify.tree import Tree, UnreadableError, has_class, parse_html

_COLLECTION, _MEDIA = "collection.anki2", "media"
_STEPS = 500_000_000  # of sqlite's machine: some seconds
_SEPARATOR = "\x1f"
_HARMLESS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)
_NOTES = "select id, mid, tags, flds from notes order by id"
_CARDS = "select distinct nid from cards"
_GAP = re.compile(r"\{\{c(\d+)::")


@dataclass(frozen=True, slots=True)
class _Note:
    type: str
    fields: Mapping[str, str]
    tags: tuple[str, ...]
    has_cards: bool


def wanted(row: Row) -> Facts:
    """A card has no points, and a mark for a whole item alone; tags hold no space."""
    facts = without(expect.wanted(row), "points", "shuffle", "(.* )?mark", r"wrong \d+ shown",
                    r"gap \d+ (low|high)")  # fmt: skip
    level = f"level::{row.level}" if row.level else ""
    words = (re.sub(r"\s+", "-", word) for word in [*row.tags, level])
    return facts | {"tags": text(expect.tags(words))}


def read(files: Mapping[str, bytes], kinds: Mapping[str, str]) -> Found:
    """Return what a deck holds. Raises UnreadableError."""
    del kinds  # a note's type says it
    found = Found()
    for name, data in files.items():
        if not name.endswith(".apkg"):
            continue
        inside = members(data)
        media = _media(inside)
        found.problems += [f"the picture {name} is not in it" for name, there in media.items()
                           if there not in inside]  # fmt: skip
        for note in _notes(inside):
            facts = _facts(note)
            shown = (parse_html(field) for field in note.fields.values())
            gone = (name for one in shown for name in pictures(one) if name not in media)
            facts |= {f"picture {name}": text("has no file") for name in gone}
            found.add(note.fields.get("Key", ""), facts)
    return found


def _media(inside: Mapping[str, bytes]) -> dict[str, str]:
    """Return the member of the zip of each picture by its name."""
    try:
        listed = json.loads(inside.get(_MEDIA, b"{}"))
        return {str(name): str(number) for number, name in listed.items()}
    except (ValueError, AttributeError, RecursionError):
        raise UnreadableError("its list of pictures is no JSON") from None


def _notes(inside: Mapping[str, bytes]) -> list[_Note]:
    if _COLLECTION not in inside:
        raise UnreadableError("it holds no collection of the layout that lrcards writes")
    try:
        with closing(_open(inside[_COLLECTION])) as connection:
            return [*_rows(connection)]
    except (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise UnreadableError("its collection is damaged, or lrcards did not write it") from None


def _open(database: bytes) -> sqlite3.Connection:
    """Open a stranger's database in memory: for reading its tables, and not for ever."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    connection.execute("pragma trusted_schema = off")
    connection.execute("pragma cell_size_check = on")
    connection.set_progress_handler(lambda: 1, _STEPS)
    schema = connection.execute("select name from sqlite_schema where type = 'table'")
    if not {name for (name,) in schema} >= {"col", "notes", "cards"}:
        raise UnreadableError("its collection holds no notes")
    connection.set_authorizer(_allow)
    return connection


def _allow(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _HARMLESS else sqlite3.SQLITE_DENY


def _rows(connection: sqlite3.Connection) -> Iterator[_Note]:
    [[models]] = connection.execute("select models from col limit 1").fetchall()
    types = {int(number): _type(one) for number, one in json.loads(models).items()}
    asked = {note for (note,) in connection.execute(_CARDS)}
    for note, model, tags, fields in connection.execute(_NOTES):
        name, columns = types[model]
        values = dict(zip(columns, str(fields).split(_SEPARATOR), strict=True))
        yield _Note(name, values, tuple(str(tags).split()), note in asked)


def _type(model: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return a note type's kind, `numeric` of `lrcards numeric (uid)`, and its fields."""
    words = str(model["name"]).split()
    return words[1] if len(words) > 1 else "", tuple(str(one["name"]) for one in model["flds"])


def _facts(note: _Note) -> Facts:
    field = note.fields
    options = parse_html(field.get("Options", "")).first("ul")
    kind = "multiple" if note.type == "choice" and has_class(options, "many") else note.type
    own = _KINDS.get(kind)
    return {
        "kind": text(kind),
        **said("title", html_text(field.get("Title", ""))),
        **said("solution", html_text(field.get("Solution", ""))),
        **numbered("hint", _hints(parse_html(field.get("Hints", "")))),
        "tags": text(expect.tags(note.tags)),
        **(own(note.fields) if own else {}),
        **({} if note.has_cards else {"cards": text("it has none")}),
    }


def _hints(tree: Tree) -> Iterator[str]:
    """Yield hints; each stands inside the one before."""
    while details := tree.below("details"):
        tree = details[0]
        own = [one for one in tree.children
               if isinstance(one, str) or one.tag not in {"summary", "details"}]  # fmt: skip
        yield plain(Tree("", {}, own))


def _options(field: Mapping[str, str]) -> Facts:
    found: Facts = {}
    for n, option in enumerate(parse_html(field.get("Options", "")).below("ul", "li"), 1):
        parts = {one.get("class"): plain(one) for one in option}
        found |= said(f"option {n}", parts.get("text", ""))
        found[f"option {n} key"] = text("right" if has_class(option, "right") else "wrong")
        found |= said(f"option {n} feedback", parts.get("feedback", ""))
    return found


def _numeric(field: Mapping[str, str]) -> Facts:
    found = {
        **said("shown", html_text(field.get("Value", ""))),
        **bounds("", field.get("Low", ""), field.get("High", "")),
    }
    for n, one in enumerate(parse_html(field.get("Wrong", "")).below("ul", "li"), 1):
        found |= bounds(f"wrong {n} ", one.get("data-low"), one.get("data-high"))
        found |= said(f"wrong {n} feedback", plain(one))
    return found


def _short(field: Mapping[str, str]) -> Facts:
    others = parse_html(field.get("Accepted", "")).below("ul", "li")
    return numbered("accepted", [html_text(field.get("Value", "")), *map(plain, others)])


def _cloze(field: Mapping[str, str]) -> Facts:
    """The first two braces end a gap, and two colons begin what stands for it on the front."""
    written = field.get("Text", "")
    found: Facts = {}
    for gap in _GAP.finditer(written):
        end = written.find("}}", gap.end())
        inner = written[gap.end() : end if end >= 0 else None].partition("::")[0]
        found |= said(f"gap {gap[1]}", html_text(inner))
    return found


def _steps(field: Mapping[str, str]) -> Facts:
    """Read the steps as the script does: each says its place, in both orders that are shown."""
    found: Facts = {}
    shown = {one: parse_html(field.get(one, "")).below("ol", "li") for one in ("Mixed", "Steps")}
    for one in shown["Mixed"]:
        found |= said(f"step {one.get('data-place')}", plain(one))
    for n, one in enumerate(shown["Steps"], 1):
        same = found.get(f"step {n}") == text(plain(one)) and one.get("data-place") == str(n)
        found |= {} if same else {f"step {n} on the back": text(plain(one))}
    return found


def _pairs(field: Mapping[str, str]) -> Facts:
    """Read the table that has both sides; what is offered says by a number what it is."""
    table = parse_html(field.get("Pairs", ""))
    rows = [row.below("td") for body in table.all("tbody") for row in body.below("tr")]
    pairs = [(plain(row[0]), plain(row[1]), row[1].get("data-right")) for row in rows if row[1:]]
    asked = [*map(plain, parse_html(field.get("Lefts", "")).below("ul", "li"))]
    offered = {one.get("data-right"): plain(one)
               for one in parse_html(field.get("Rights", "")).below("ol", "li")}  # fmt: skip
    found = numbered("left", asked) | numbered("right", (right for _, right, _ in pairs))
    if asked != [left for left, _, _ in pairs]:
        found["lefts on the back"] = text("; ".join(left for left, _, _ in pairs))
    for n, (_, right, name) in enumerate(pairs, 1):
        if offered.get(name) != right:
            found[f"right {n} on the front"] = text(offered.get(name, ""))
    return found


def _list(name: str, column: str) -> Callable[[Mapping[str, str]], Facts]:
    """Return how to read a field that is one list."""

    def listed(field: Mapping[str, str]) -> Facts:
        tree = parse_html(field.get(column, ""))
        return numbered(name, map(plain, [*tree.below("ul", "li"), *tree.below("ol", "li")]))

    return listed


_KINDS: Mapping[str, Callable[[Mapping[str, str]], Facts]] = {
    "choice": _options,
    "multiple": _options,
    "numeric": _numeric,
    "short": _short,
    "cloze": _cloze,
    "explain": _list("concept", "Concepts"),
    "order": _steps,
    "match": _pairs,
    "recall": lambda field: said("answer", html_text(field.get("Answer", ""))),
}
