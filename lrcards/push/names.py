"""Names of decks: `Course::Lesson`."""

from __future__ import annotations

import unicodedata

SEPARATOR = "::"


def above(deck: str) -> list[str]:
    """Return a deck and all above it, the deck itself first."""
    parts = deck.split(SEPARATOR)
    return [SEPARATOR.join(parts[:n]) for n in range(len(parts), 0, -1)]


def depth(deck: str) -> int:
    return deck.count(SEPARATOR) + 1


def fold(deck: str) -> str:
    """Return what two names of one deck share: Anki trims parts and takes no heed of case."""
    parts = (part.strip() or "blank" for part in deck.split(SEPARATOR))
    return unicodedata.normalize("NFC", SEPARATOR.join(parts)).casefold()


def target(source: str, wanted: str) -> str:
    """Return where a card in `source` belongs: a learner may keep the whole course below a deck."""
    root = fold(wanted.split(SEPARATOR, maxsplit=1)[0])
    parts = source.split(SEPARATOR)
    folded = [fold(part) for part in parts]
    before = parts[: folded.index(root)] if root in folded else []
    return SEPARATOR.join([*before, wanted])


def in_place(source: str, wanted: str) -> bool:
    return fold(target(source, wanted)) == fold(source)
