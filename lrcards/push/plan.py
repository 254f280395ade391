"""What to do in Anki, decided from what it has and what the course says; it is not asked here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lrcards.push.known import Known
from lrcards.push.names import SEPARATOR, above, depth, fold, in_place, target
from lrcards.push.retype import Retype, retypes
from lrcards.push.snapshot import Note, Snapshot

_DEFAULT = 1  # the deck that Anki always has


@dataclass(frozen=True, slots=True)
class Move:
    """Cards of one deck that belong in another, which may be `new`."""

    source: str
    target: str
    cards: tuple[int, ...]
    new: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, and what is only said.

    `retyped`: notes whose kind changed; `rekeyed`: notes of renamed items; `removed`: notes to
    delete; `emptied`: decks that are left without a card. Said only: `kept` notes of removed
    items, `waiting` keys with cards in filtered decks, `elsewhere` (deck -> cards) that a learner
    put among their own, `unfit` for their new kind, `old` keys that an import comes before,
    `missing` keys, `unsure` keys.
    """

    moves: tuple[Move, ...] = ()
    retyped: tuple[Retype, ...] = ()
    rekeyed: tuple[Note, ...] = ()
    removed: tuple[Note, ...] = ()
    emptied: tuple[str, ...] = ()
    kept: tuple[Note, ...] = ()
    waiting: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, int], ...] = ()
    unfit: tuple[Note, ...] = ()
    old: tuple[Note, ...] = ()
    missing: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not (self.moves or self.retyped or self.rekeyed or self.removed or self.emptied)

    def options(self) -> dict[str, str]:
        """Return the deck whose options a new one takes, by the name of the new one.

        So limits and intervals stay what the learner set; of several decks the one with most cards.
        """
        most = sorted(self.moves, key=lambda move: len(move.cards))
        return {move.target: move.source for move in most if move.new}


def plan(known: Known, snapshot: Snapshot, prune: bool, leave: Iterable[str] = ()) -> Plan:
    """Compare. `prune`: notes that are gone are deleted; `leave`: decks that may be emptied of
    our cards though they hold others."""
    here = [note for note in snapshot.notes if note.line.key in known.here]
    gone = tuple(note for note in snapshot.notes if note.line.key not in known.here)
    renamed = [note for note in here if note.key != note.line.key]
    ready = [note for note in renamed if note.mod >= note.line.mod]
    retyped, unfit = retypes(known, here, snapshot.types)
    mover = _Mover(known, snapshot, frozenset(map(fold, leave)))
    moves = mover.moves(here)
    removed = gone if prune else ()
    return Plan(
        moves=moves,
        retyped=tuple(retyped),
        rekeyed=tuple(ready),
        removed=removed,
        emptied=tuple(_emptied(snapshot, moves, removed, mover)),
        kept=() if prune else gone,
        waiting=tuple(sorted(mover.waiting)),
        elsewhere=tuple(sorted(mover.elsewhere.items())),
        unfit=tuple(unfit),
        old=tuple(note for note in renamed if note not in ready),
        missing=tuple(sorted(known.here.keys() - {note.line.key for note in here})),
        unsure=snapshot.unsure,
    )


class _Mover:
    """Sorts cards into those that move and those that stay, with why."""

    def __init__(self, known: Known, snapshot: Snapshot, leave: frozenset[str]) -> None:
        self.snapshot = snapshot
        self.leave = leave
        self.wanted = {line.deck for line in known.here.values()}
        self.ours = {card for note in snapshot.notes for card in note.cards}
        self.waiting: set[str] = set()
        self.elsewhere: dict[str, int] = defaultdict(int)

    def moves(self, notes: Iterable[Note]) -> tuple[Move, ...]:
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for note in notes:
            for card in note.cards:
                self._sort(groups, note, card)
        there = {fold(name) for name in self.snapshot.decks}
        return tuple(
            Move(source, name, tuple(sorted(cards)), fold(name) not in there)
            for (source, name), cards in sorted(groups.items())
        )

    def _sort(self, groups: dict[tuple[str, str], list[int]], note: Note, card: int) -> None:
        if card in self.snapshot.filtered:
            # Its own deck shows when the learner empties the filtered one.
            if not in_place(self._home(card), note.line.deck):
                self.waiting.add(note.line.key)
            return
        source = self.snapshot.deck_of[card]
        if in_place(source, note.line.deck):
            return
        if self._is_ours(source):
            groups[source, target(source, note.line.deck)].append(card)
        else:
            self.elsewhere[source] += 1

    def _home(self, card: int) -> str:
        names = (name for name, cards in self.snapshot.cards_in.items() if card in cards)
        filtered = self.snapshot.deck_of[card]
        return next((name for name in names if name != filtered), filtered)

    def _is_ours(self, deck: str) -> bool:
        """Say whether a deck is the course's: one it has now, or one with no card of others."""
        return (
            fold(deck) in self.leave
            or self.has_now(deck)
            or self.snapshot.cards_in[deck] <= self.ours
        )

    def has_now(self, deck: str) -> bool:
        return any(in_place(deck, name) for name in self.wanted)


def _emptied(
    snapshot: Snapshot, moves: Iterable[Move], removed: Iterable[Note], mover: _Mover
) -> Iterator[str]:
    """Yield decks that these leave without a card, the deepest first."""
    left = {(move.source, move.target) for move in moves}
    left |= {(snapshot.deck_of[card], note.line.deck) for note in removed for card in note.cards}
    # Above the depth at which the course begins, a deck is the learner's.
    around = {
        name
        for source, wanted in left
        for name in above(source)
        if depth(name) > depth(source) - depth(wanted)
    }
    away = {card for move in moves for card in move.cards}
    away |= {card for note in removed for card in note.cards}
    going: set[str] = set()
    for name in sorted(around & snapshot.cards_in.keys(), key=lambda one: (-depth(one), one)):
        below = {other for other in snapshot.decks if other.startswith(f"{name}{SEPARATOR}")}
        free = below <= going and snapshot.cards_in[name] <= away
        if free and snapshot.decks[name] != _DEFAULT and not mover.has_now(name):
            going.add(name)
            yield name
