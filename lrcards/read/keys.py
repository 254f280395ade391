"""Which keys stand where: the one table of front matter and card keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lrcards.diagnostics import Span, did_you_mean
from lrcards.model import (
    ALL_TARGETS,
    LEVELS,
    Expectation,
    GridParam,
    Json,
    Level,
    Marker,
    Tolerance,
    is_language,
)
from lrcards.read import fields, grids
from lrcards.read.fields import Notes, Schema, decode
from lrcards.read.frontmatter import Mapping, Scalar, Yaml

KINDS = (
    "explain", "order", "match", "choice", "multiple", "numeric", "short", "cloze", "recall",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Id:
    text: str
    span: Span


def identifier(node: Yaml, notes: Notes) -> Id:
    written = fields.text(node, notes)
    if _ID.fullmatch(written):
        return Id(written, node.span)
    hint = "use a-z, 0-9 and -, at most 64, such as step-after-3"
    notes.error(node.span, "bad-id", f"'{written}' cannot be an id", hint)
    raise fields.WrongError


@dataclass(frozen=True, slots=True)
class SnippetKeys:
    """What front matter says of one snippet."""

    span: Span
    file: Marker | None = None
    params: tuple[tuple[str, Json], ...] = ()
    timeout: Decimal | None = None
    inputs: tuple[str, ...] = ()


_SNIPPET: Schema = {
    "file": fields.marker,
    "params": fields.params,
    "timeout": fields.seconds,
    "inputs": fields.texts,
}


def _snippets(node: Yaml, notes: Notes) -> dict[str, SnippetKeys]:
    if not isinstance(node, Mapping):
        notes.wrong_type(node, "names of snippets, such as `halve: {file: snippets/halve.py}`")
        raise fields.WrongError
    return {
        key.text: SnippetKeys(key.span, **decode(value, _SNIPPET, notes))
        for key, value in node.entries
    }


def _title(node: Yaml, notes: Notes) -> Marker:
    written = fields.text(node, notes)
    return Marker(written, node.text_span if isinstance(node, Scalar) else node.span)


def _language(node: Yaml, notes: Notes) -> str:
    written = fields.text(node, notes)
    if is_language(written):
        return written
    message = f"'{written}' is no language tag"
    notes.error(node.span, "bad-value", message, "write one such as en, de or pt-BR")
    raise fields.WrongError


def _targets(node: Yaml, notes: Notes) -> tuple[str, ...]:
    names: tuple[str, ...] = fields.list_of(fields.one_of(ALL_TARGETS))(node, notes)
    if names:
        return names
    hint = "name at least one target, or remove it; `draft: true` leaves an item out"
    notes.error(node.span, "bad-value", "an empty list of targets: no target has the item", hint)
    raise fields.WrongError


_SHARED: Schema = {
    "tags": fields.texts,
    "level": fields.one_of(LEVELS),
    "use": fields.texts,
    "shuffle": fields.truth,
    "points": fields.points,
    "allow": fields.reasons,
    "draft": fields.truth,
}
LESSON: Schema = {
    **_SHARED,
    "title": _title,
    "description": fields.text,
    "order": fields.decimal,
    "language": _language,
    "deck": fields.text,
    "snippets": _snippets,
}
ITEM: Schema = {
    **_SHARED,
    "id": identifier,
    "aliases": fields.list_of(identifier),
    "kind": fields.one_of(KINDS),
    "answer": fields.answer,
    "digits": fields.whole(1, 12),
    "tol": fields.tolerance,
    "scale": fields.positive,
    "check": fields.list_of(fields.marker),
    "raises": fields.expectation,
    "warns": fields.expectation,
    "quiet": fields.claim,
    "params": grids.params,
    "variants": grids.plan,
    "targets": _targets,
}


@dataclass(frozen=True, slots=True)
class SharedKeys:
    """Keys that a lesson and an item both may have; None where not stated."""

    tags: tuple[str, ...] = ()
    level: Level | None = None
    use: tuple[str, ...] = ()
    shuffle: bool | None = None
    points: Decimal | None = None
    allow: tuple[tuple[str, str], ...] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class ItemKeys:
    """The keys of one card; `at` is where a missing one would stand.

    `grid_lines` are the lines that hold nothing but `params` and `variants`; `broken_grid`: one
    of the two is stated, but wrong.
    """

    at: Span
    shared: SharedKeys
    id: Id | None = None
    aliases: tuple[Id, ...] = ()
    kind: str | None = None
    answer: Marker | tuple[str, ...] | None = None
    digits: int = 3
    tol: Tolerance | None = None
    scale: Decimal | None = None
    check: tuple[Marker, ...] = ()
    raises: Expectation | None = None
    warns: Expectation | None = None
    quiet: Span | None = None
    params: tuple[GridParam, ...] | None = None
    variants: grids.Plan | None = None
    broken_grid: bool = False
    grid_lines: frozenset[int] = frozenset()
    targets: tuple[str, ...] = ALL_TARGETS


@dataclass(frozen=True, slots=True)
class LessonKeys:
    """The front matter of a lesson."""

    shared: SharedKeys
    title: Marker | None = None
    description: str = ""
    order: Decimal | None = None
    language: str = ""
    deck: str = ""
    snippets: dict[str, SnippetKeys] | None = None


def item_keys(node: Yaml | None, at: Span, notes: Notes) -> ItemKeys:
    """Decode the keys of one card; without an id that can be used, it is noted."""
    before = len(notes.found)
    values = decode(node, ITEM, notes)
    wrong_id = any(found.code == "bad-id" for found in notes.found[before:])
    if "id" not in values and not wrong_id:
        notes.error(at, "missing-id", "the item has no id", "add a line such as `id: my-item`")
    shared = SharedKeys(**{key: values.pop(key) for key in _SHARED if key in values})
    keys = ItemKeys(at, shared, **values)
    stated = grids.stated(node)
    if not stated:
        return keys
    broken = any(getattr(keys, key) is None for key in stated)
    return replace(keys, broken_grid=broken, grid_lines=grids.lines(node))


def lesson_keys(node: Yaml | None, notes: Notes) -> tuple[LessonKeys, ItemKeys | None]:
    """Decode front matter; with an `id` the file is a single item and takes its keys too."""
    single = isinstance(node, Mapping) and any(key.text == "id" for key, _ in node.entries)
    if not single or not isinstance(node, Mapping):
        return _lesson(decode(node, LESSON, notes)), None
    for_item = {*ITEM}
    lesson = tuple(entry for entry in node.entries if entry[0].text not in for_item)
    item = tuple(entry for entry in node.entries if entry[0].text in for_item)
    schema: Schema = {**ITEM, **LESSON}
    known = tuple(entry for entry in lesson if _is_known(entry[0], schema, notes))
    keys = item_keys(Mapping(item, node.span), node.span, notes)
    keys = replace(keys, grid_lines=grids.lines(node))
    return _lesson(decode(Mapping(known, node.span), LESSON, notes)), keys


def _is_known(key: Scalar, schema: Schema, notes: Notes) -> bool:
    if key.text in schema:
        return True
    hint = did_you_mean(key.text, schema)
    notes.error(key.span, "unknown-key", f"unknown key '{key.text}'", hint)
    return False


def _lesson(values: dict[str, Any]) -> LessonKeys:
    shared = SharedKeys(**{key: values.pop(key) for key in _SHARED if key in values})
    return LessonKeys(shared, **values)
