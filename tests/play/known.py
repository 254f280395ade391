"""Disagreements that are a player's own defect: each by name, with what was measured.

An entry is a fact about one version of one player, which no other way of writing the item avoids.
`make play` fails at an entry that explains nothing any more, so that the list cannot rot.

It is empty: our items avoid what was measured, which was, in citolab 7.27.4: no answer is the
number 0; a computed mark is written for the eye, so rounded to three decimals, and half a point
is five in a browser with a decimal comma; values gathered by `qti-multiple` from a variable are
nested and show no feedback; mapping a pair that was not given throws; formulas lose their
namespace and are letters; an option's parts stand side by side without their spaces. In amp-up
1.1.20: `qti-index` with a number is NULL; `qti-string-match` of no answer throws; so does a
modal feedback whose outcome is of multiple cardinality and NULL; code in `pre` is one line.
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
