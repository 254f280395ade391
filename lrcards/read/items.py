"""Items: a heading, its keys, its body and its parts become one of the kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lrcards.model import (
    Claims,
    Grading,
    Grid,
    Item,
    Marker,
    Prose,
    Settings,
)
from lrcards.read.fields import Notes
from lrcards.read.grids import grid_of
from lrcards.read.keys import ItemKeys, SharedKeys
from lrcards.read.kinds import MAKERS, Draft
from lrcards.read.outline import ItemOutline
from lrcards.read.parts import options, read_parts

# The part that makes a kind is its own; where several are there, the first one decides.
_KIND_OF = {"Key concepts": "explain", "Order": "order", "Match": "match"}
_ONLY_FOR = {
    "answer": ("numeric", "short"),
    "digits": ("numeric", "cloze"),
    "tol": ("numeric", "cloze"),
    "scale": ("numeric",),
}


@dataclass(frozen=True, slots=True)
class Context:
    """What an item takes from its lesson: defaults, the file's lines, its own snippets' names."""

    shared: SharedKeys
    lines: Sequence[str]
    own: tuple[str, ...] = ()


def read_item(outline: ItemOutline, keys: ItemKeys, context: Context, notes: Notes) -> Item | None:
    """Make the item that its body shows it to be; None where a mistake leaves none."""
    parts = read_parts(outline, notes)
    question, found = options(outline.body, notes)
    title = Prose(outline.heading.children, outline.heading.span)
    if not title.nodes:
        notes.error(outline.heading.span, "empty-front", "the heading is empty", "write a question")
    base = {
        "id": keys.id.text if keys.id else "",
        "span": keys.id.span if keys.id else outline.heading.span,
        "title": title,
        "parts": parts.common,
        "settings": _settings(keys, context, notes),
        "claims": Claims(keys.check, keys.raises, keys.warns, keys.quiet),
        "source": _source(outline, keys, context),
        "grid": None if keys.broken_grid else _grid(keys, notes),
    }
    draft = Draft(keys, outline, question, found, parts, base)
    kind = _kind(draft, notes)
    _check_keys(draft, kind, notes)
    item = MAKERS[kind](draft, notes)
    # What is wrong with the values of an item without its params would only follow from that.
    lost = base["grid"] is None and (keys.broken_grid or keys.params or keys.variants)
    return item if keys.id and not lost else None


def _source(outline: ItemOutline, keys: ItemKeys, context: Context) -> str:
    first, last = outline.lines
    rows = enumerate(context.lines[first:last], first + 1)
    return "\n".join(row for number, row in rows if number not in keys.grid_lines).strip()


def _grid(keys: ItemKeys, notes: Notes) -> Grid | None:
    return grid_of(keys.id.text if keys.id else "", keys.params, keys.variants, notes)


def _settings(keys: ItemKeys, context: Context, notes: Notes) -> Settings:
    shared, lesson, own = keys.shared, context.shared, context.own
    if len(own) > 1 and not shared.use:
        message = f"the item has {len(own)} snippets and does not say which it uses"
        notes.error(keys.at, "unknown-snippet", message, f"add `use: {own[0]}`")
    shuffle = next((one for one in (shared.shuffle, lesson.shuffle) if one is not None), True)
    return Settings(
        level=shared.level or lesson.level,
        tags=tuple(dict.fromkeys((*lesson.tags, *shared.tags))),
        use=shared.use or own[:1] or lesson.use,
        shuffle=shuffle,
        points=shared.points or lesson.points or Decimal(1),
        targets=keys.targets,
        aliases=tuple(alias.text for alias in keys.aliases),
        allow=(*lesson.allow, *shared.allow),
        draft=shared.draft or lesson.draft,
    )


def _kind(draft: Draft, notes: Notes) -> str:
    """Infer the kind from the body, in the order of format.md, and hold a stated one against it."""
    inferred = _inferred(draft)
    stated = draft.keys.kind
    if stated and stated != inferred:
        notes.error(
            draft.keys.at,
            "wrong-kind",
            f"kind says '{stated}', but the body makes this item '{inferred}'",
            f"remove `kind`, or give the item what '{stated}' needs",
        )
    return inferred


def _inferred(draft: Draft) -> str:
    for part, kind in _KIND_OF.items():
        if part in draft.parts.single:
            return kind
    if draft.options:
        right = sum(option.right for option in draft.options)
        return "multiple" if right > 1 else "choice"
    answer = draft.keys.answer
    if answer is not None:
        return "numeric" if isinstance(answer, Marker) else "short"
    return "cloze" if draft.keys.kind == "cloze" else "recall"


def _check_keys(draft: Draft, kind: str, notes: Notes) -> None:
    """Note what the item has and its kind does not use: it would be lost without a word."""
    keys, options_kind = draft.keys, kind in {"choice", "multiple"}
    stated = {"answer": keys.answer is not None, "digits": keys.digits != Grading().digits,
              "tol": keys.tol is not None, "scale": keys.scale is not None}  # fmt: skip
    for key, kinds in _ONLY_FOR.items():
        if stated[key] and kind not in kinds:
            message = f"'{key}' has no meaning for {_a(kind)} item"
            right = key == "answer" and options_kind
            hint = "mark the right option with [x]" if right else "remove it"
            notes.error(keys.at, "key-without-use", message, hint)
    if draft.options and not options_kind:
        message = f"{_a(kind)} item has no options"
        hint = "make an item of its own from them, or write them as a list without boxes"
        notes.error(draft.options[0].span, "bad-option", message, hint)
    _check_parts(draft, kind, notes)


def _check_parts(draft: Draft, kind: str, notes: Notes) -> None:
    for part, segment in draft.parts.single.items():
        of = _KIND_OF.get(part)
        if segment.heading and of and of != kind:
            message = f"{_a(kind)} item has no part '{part}'"
            hint = f"make {_a(of)} item of its own from it"
            notes.error(segment.heading.span, "unknown-part", message, hint)
    answer = draft.parts.single.get("Answer")
    if answer and answer.heading and kind != "recall":
        notes.error(
            answer.heading.span,
            "unknown-part",
            f"{_a(kind)} item has no part 'Answer': its final answer is rendered from the key",
            "move the text to `Solution`",
        )


def _a(kind: str) -> str:
    return f"an {kind}" if kind in {"explain", "order"} else f"a {kind}"
