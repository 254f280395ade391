"""What Anki has of the course: its notes, the decks of their cards, what else lies there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lrcards.model import LockLine
from lrcards.push.connect import Anki, batches
from lrcards.push.known import Known
from lrcards.push.names import above, in_place
from lrcards.write.anki.types import FIELDS, IDS

_PREFIX = "lrcards "
_KINDS = {number: kind for kind, number in IDS.items()}


@dataclass(frozen=True, slots=True)
class Note:
    """A note in Anki, and the line of the lock that it is of. `mod`: 0 in older add-ons."""

    id: int
    key: str
    kind: str
    mod: int
    cards: tuple[int, ...]
    tags: tuple[str, ...]
    line: LockLine


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Anki as it is now.

    `deck_of`: name by card; `cards_in`: all cards, also those of others, of each deck that holds
    cards of ours, and of the decks above it; `filtered`: cards that wait in a filtered deck.
    `types`: names of note types by id. `unsure`: Keys of notes in our decks
    that look like ours, without proof.
    """

    notes: tuple[Note, ...]
    decks: Mapping[str, int]
    deck_of: Mapping[int, str]
    cards_in: Mapping[str, frozenset[int]]
    filtered: frozenset[int]
    types: Mapping[int, str]
    unsure: tuple[str, ...]


def ask(anki: Anki, known: Known) -> Snapshot:
    """Look, and touch nothing. Raises PushError."""
    decks = deck_names(anki)
    types = _note_types(anki)
    notes, others = _notes(anki, known, types)
    deck_of = _decks_of(anki, [card for note in notes for card in note.cards], decks)
    filtered = frozenset(_ids(anki, "findCards", anki.call("findCards", query="deck:filtered")))
    around = {part for name in deck_of.values() for part in above(name)} & set(decks)
    if filtered & set(deck_of):
        around = set(decks)  # nothing but a look at all tells the deck that such a card is from
    cards_in = ask_cards(anki, {name: decks[name] for name in sorted(around)})
    names = {number: name for name, (number, _) in types.items()}
    unsure = _unsure(known, cards_in, others)
    return Snapshot(notes, decks, deck_of, cards_in, filtered, names, unsure)


def _unsure(
    known: Known, cards_in: Mapping[str, frozenset[int]], others: Mapping[int, str]
) -> tuple[str, ...]:
    """Find notes with a Key of ours in our decks; elsewhere they are of another course."""
    wanted = {line.deck for line in known.here.values()}
    ours = (name for name in cards_in if any(in_place(name, deck) for deck in wanted))
    return tuple(sorted({others[card] for name in ours for card in cards_in[name] & set(others)}))


def ask_cards(anki: Anki, decks: Mapping[str, int]) -> dict[str, frozenset[int]]:
    """Ask which cards each deck holds itself, also those that are away in a filtered deck."""
    # By number: a deck may be called `filtered`, which is a search of its own.
    asked = [{"query": f"did:{number}"} for number in decks.values()]
    answers = anki.many("findCards", asked)
    return {
        name: frozenset(_ids(anki, "findCards", answer))
        for name, answer in zip(decks, answers, strict=True)
    }


def deck_names(anki: Anki) -> dict[str, int]:
    return _numbers(anki, "deckNamesAndIds")


def own_fields(anki: Anki) -> dict[str, list[str]]:
    """Return fields that a learner gave to our note types, by the name of the type."""
    types = _note_types(anki)
    answers = anki.many("modelFieldNames", [{"modelName": name} for name in types])
    own: dict[str, list[str]] = {}
    for (name, (_, kind)), answer in zip(types.items(), answers, strict=True):
        if not isinstance(answer, list):
            raise anki.wrong("modelFieldNames")
        added = [str(field) for field in answer if field not in FIELDS.get(kind, answer)]
        own |= {name: added} if added else {}
    return own


def _note_types(anki: Anki) -> dict[str, tuple[int, str]]:
    """Find our note types: name -> id and kind. A course with templates of its own has own ids."""
    found: dict[str, tuple[int, str]] = {}
    for name, number in _numbers(anki, "modelNamesAndIds").items():
        if number in _KINDS:
            found[name] = number, _KINDS[number]
        elif name.startswith(_PREFIX):
            # Anki adds `+` to the name of a type that it could not merge.
            found[name] = number, name.removeprefix(_PREFIX).split(" ")[0].rstrip("+")
    return found


def _notes(
    anki: Anki, known: Known, types: Mapping[str, tuple[int, str]]
) -> tuple[tuple[Note, ...], dict[int, str]]:
    """Return our notes, and Keys by card of notes that could be ours by their Key alone."""
    if not types:
        return (), {}
    query = " OR ".join(f"mid:{number}" for number, _ in types.values())
    numbers = _ids(anki, "findNotes", anki.call("findNotes", query=query))
    notes: list[Note] = []
    others: dict[int, str] = {}
    for some in batches(sorted(numbers)):
        answers = anki.call("notesInfo", notes=some)
        if not isinstance(answers, list):
            raise anki.wrong("notesInfo")
        for answer in answers:
            key, cards, note = _note(anki, known, types, answer)
            if note:
                notes.append(note)
            elif known.claims(key):
                others |= dict.fromkeys(cards, key)
    return tuple(sorted(notes, key=lambda one: one.id)), others


def _note(
    anki: Anki, known: Known, types: Mapping[str, tuple[int, str]], answer: Any
) -> tuple[str, tuple[int, ...], Note | None]:
    """Read one answer of notesInfo: Key and cards, and the note where we know it."""
    try:
        [number] = _ids(anki, "notesInfo", [answer["noteId"]])
        key = answer["fields"]["Key"]["value"].strip()
        cards = tuple(_ids(anki, "notesInfo", answer["cards"]))
        kind = types[answer["modelName"]][1]
        tags = tuple(map(str, answer["tags"]))
        mod = int(answer.get("mod") or 0)
    except (AttributeError, LookupError, TypeError, ValueError):
        raise anki.wrong("notesInfo") from None
    line = known.line_of(number, key)
    return key, cards, Note(number, key, kind, mod, cards, tags, line) if line else None


def _decks_of(anki: Anki, cards: Sequence[int], decks: Mapping[str, int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in batches(sorted(cards)):
        answer = anki.call("getDecks", cards=some)
        if not isinstance(answer, dict):
            raise anki.wrong("getDecks")
        for name, numbers in answer.items():
            found |= {card: str(name) for card in _ids(anki, "getDecks", numbers)}
    if set(found) != set(cards) or not set(found.values()) <= set(decks):
        raise anki.wrong("getDecks")
    return found


def _numbers(anki: Anki, action: str) -> dict[str, int]:
    answer = anki.call(action)
    if isinstance(answer, dict) and all(type(number) is int for number in answer.values()):
        return answer
    raise anki.wrong(action)


def _ids(anki: Anki, action: str, answer: object) -> list[int]:
    if isinstance(answer, list) and all(type(one) is int for one in answer):
        return answer
    raise anki.wrong(action)
