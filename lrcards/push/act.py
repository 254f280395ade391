"""Does what a plan says, in an order that leaves nothing lost when it stops half way."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lrcards.push.connect import Anki, PushError, batches
from lrcards.push.names import SEPARATOR
from lrcards.push.plan import Plan
from lrcards.push.retype import Retype
from lrcards.push.snapshot import ask_cards, deck_names, own_fields


def import_package(anki: Anki, package: Path, before: Plan) -> None:
    """Let Anki import the package, which it reads from this machine. Raises PushError.

    AnkiConnect imports with note types merged: what a learner added to one would be wiped, and
    two types would become one where a note changed its kind. So neither is begun.
    """
    if before.retyped or before.unfit:
        raise PushError(
            "kinds have changed, and an import by AnkiConnect would mix their note types;"
            " import the package by hand, with `merge note types` off, then push without --import"
        )
    own = own_fields(anki)
    if own:
        names = "; ".join(f"{name}: {', '.join(fields)}" for name, fields in own.items())
        raise PushError(
            f"an import by AnkiConnect would wipe fields that were added in Anki ({names});"
            " import the package by hand, with `merge note types` off"
        )
    if anki.call("importPackage", path=str(package)) is not True:
        raise PushError("Anki did not import the package; see whether a profile is open")


def perform(anki: Anki, plan: Plan) -> None:
    """Do all that a plan has. Raises PushError; a second push does what is left."""
    options = _options(anki, plan)
    moves = ({"cards": some, "deck": move.target} for move in plan.moves
             for some in map(list, batches(move.cards)))  # fmt: skip
    _all(anki, "changeDeck", moves)
    _all(anki, "setDeckConfigId", ({"decks": [deck], "configId": n} for deck, n in options.items()))
    for change in plan.retyped:
        _retype(anki, change)
    numbers = [note.id for note in plan.removed]
    _all(anki, "deleteNotes", ({"notes": list(some)} for some in batches(numbers)))
    notes = ({"id": note.id, "fields": {"Key": note.line.key}} for note in plan.rekeyed)
    _all(anki, "updateNoteFields", ({"note": note} for note in notes))
    # With its cards: Anki knows no other way. So each is looked at once more, the deepest first.
    for deck in plan.emptied:
        if _is_empty(anki, deck):
            anki.call("deleteDecks", decks=[deck], cardsToo=True)


def _retype(anki: Anki, change: Retype) -> None:
    """Change a note's type in place: its first card stays that card. Tags of the learner stay."""
    for name, data in sorted(change.content.media.items()):
        text = base64.b64encode(data).decode()
        anki.call("storeMediaFile", filename=name, data=text, deleteExisting=False)
    note = {
        "id": change.note.id,
        "modelName": change.type,
        "fields": dict(change.content.fields),
        "tags": sorted({*change.note.tags, *change.content.tags}),
    }
    anki.call("updateNoteModel", note=note)


def _options(anki: Anki, plan: Plan) -> dict[str, int]:
    """Ask which options new decks get: those of the deck that most of their cards come from."""
    wanted = plan.options()
    answers = anki.many("getDeckConfig", [{"deck": source} for source in wanted.values()])
    found: dict[str, int] = {}
    for deck, answer in zip(wanted, answers, strict=True):
        number = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(number, int):
            raise anki.wrong("getDeckConfig")
        found[deck] = number
    return found


def _all(anki: Anki, action: str, calls: Iterable[dict[str, Any]]) -> None:
    rows = list(calls)
    answers: Iterator[Any] = anki.many(action, rows)
    for row, answer in zip(rows, answers, strict=True):
        if answer is False:
            raise PushError(f"Anki did not do `{action}` for {anki.quoted(row)}")


def _is_empty(anki: Anki, deck: str) -> bool:
    decks = deck_names(anki)
    if deck not in decks or any(name.startswith(f"{deck}{SEPARATOR}") for name in decks):
        return False
    return not ask_cards(anki, {deck: decks[deck]})[deck]
