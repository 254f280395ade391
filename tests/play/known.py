"""Disagreements that are a player's own defect: each by name, with what was measured.

An entry is a fact about one version of one player. An entry that explains nothing any more fails,
so that the list cannot rot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.marks.plan import Try


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of a player: the tries that it spoils, and what was measured."""

    name: str
    player: str
    spoils: Callable[[Try], bool]
    measured: str


DEFECTS: tuple[Defect, ...] = ()


def explained(player: str, one: Try) -> Defect | None:
    """Return the defect that spoils a try, if one does."""
    return next((d for d in DEFECTS if d.player == player and d.spoils(one)), None)
