"""The preview: how much first, then each action, then what is only said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lrcards.diagnostics import count
from lrcards.push.plan import Plan
from lrcards.push.snapshot import Note

_NAMED = 10


def preview(plan: Plan) -> str:
    """Return the whole text: counts, actions, remarks."""
    actions = [*_actions(plan)]
    remarks = [*_remarks(plan)]
    blocks = [[*_counts(plan)], actions, remarks]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _counts(plan: Plan) -> Iterator[str]:
    if plan.empty:
        yield "Nothing to do: Anki has every card where the course has it."
        return
    moved = sum(len(move.cards) for move in plan.moves)
    deleted = sum(len(note.cards) for note in plan.removed)
    rows = (
        ("move", moved, f"{count(moved, 'card')} to another deck; their history stays"),
        (
            "retype",
            len(plan.retyped),
            f"{count(len(plan.retyped), 'note')} to another kind; their history stays",
        ),
        (
            "delete",
            len(plan.removed),
            f"{count(len(plan.removed), 'note')}, {count(deleted, 'card')}, WITH their history",
        ),
        (
            "rename",
            len(plan.rekeyed),
            f"the Key of {count(len(plan.rekeyed), 'note')}; nothing else changes",
        ),
        ("tidy", len(plan.emptied), f"{count(len(plan.emptied), 'deck')} left without a card"),
    )
    yield from (f"{name:7} {text}" for name, number, text in rows if number)


def _actions(plan: Plan) -> Iterator[str]:
    options = plan.options()
    for move in plan.moves:
        new = ""
        if move.new:
            of = options[move.target]
            new = f" (new, with the options of {of})" if of == move.source else " (new)"
        yield f"move    {count(len(move.cards), 'card')}: {move.source} -> {move.target}{new}"
    for change in plan.retyped:
        yield f"retype  {change.note.key}: {change.note.kind} -> {change.kind}"
    for note in plan.removed:
        yield f"delete  {note.key} ({count(len(note.cards), 'card')})"
    for note in plan.rekeyed:
        yield f"rename  {note.key} -> {note.line.key}"
    for deck in plan.emptied:
        yield f"tidy    {deck}"


def _remarks(plan: Plan) -> Iterator[str]:
    if plan.kept:
        yield (
            f"kept    {count(len(plan.kept), 'note')} of removed items: {_keys(plan.kept)};"
            " --prune deletes them with their history"
        )
    for deck, number in plan.elsewhere:
        yield (
            f"left    {count(number, 'card')} in {deck}, among cards of others;"
            f' --from "{deck}" moves them'
        )
    if plan.waiting:
        yield (
            f"left    cards in filtered decks: {_named(plan.waiting)};"
            " empty those decks, then push again"
        )
    if plan.unfit:
        yield (
            f"left    {count(len(plan.unfit), 'note')} whose kind changed:"
            f" {_keys(plan.unfit)}; import the deck first (a cloze note of several cards stays)"
        )
    if plan.old:
        yield (
            f"left    {count(len(plan.old), 'note')} of renamed items: {_keys(plan.old)};"
            " import the deck first"
        )
    if plan.unsure:
        yield (f"left    notes that look like this course's, without proof: {_named(plan.unsure)}")
    if plan.missing:
        yield f"absent  {count(len(plan.missing), 'note')}: {_named(plan.missing)}; import the deck"


def _keys(notes: Iterable[Note]) -> str:
    return _named(sorted(note.key for note in notes))


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
