"""Disagreements that are a player's own defect: each by name, with what was measured.

An entry is a fact about one version of one player, which no other way of writing the item avoids.
`make play` fails at an entry that explains nothing any more, so that the list cannot rot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.play.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of a player: the outcomes that it spoils, and what was measured."""

    name: str
    player: str
    spoils: Callable[[Outcome], bool]
    measured: str


DEFECTS: tuple[Defect, ...] = ()


def explained(outcome: Outcome) -> Defect | None:
    """Return the defect of the player that spoils an outcome, if one does."""
    return next((d for d in DEFECTS if d.player == outcome.player and d.spoils(outcome)), None)
