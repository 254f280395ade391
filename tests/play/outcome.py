"""One answer in one player, against what report.json says that it is worth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.marks import plan
from tests.marks.plan import Row, Try
from tests.play.package import Asked
from tests.play.stage import Played, Player, play

# A share such as one third is a binary fraction in a player; no two marks of ours are so near.
NEAR = Fraction(1, 100_000)
MOST = 0.7


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer in one player."""

    player: str
    item: Asked
    one: Try
    played: Played

    @property
    def right(self) -> bool:
        score = self.played.score
        marked = score is not None and abs(score - self.item.worth(self.one.share)) < NEAR
        return marked and not self.unsaid

    @property
    def unsaid(self) -> str:
        """Say which feedback is not shown, or that there is more than there should be."""
        wanted, shown = list(said(self.item, self.one)), self.played.shown
        missing = [text for text in wanted if not any(_same(text, one) for one in shown)]
        if missing:
            return f"not shown: {missing}"
        return "" if len(wanted) == len(shown) else f"{len(shown)} shown: {shown}"

    def __str__(self) -> str:
        got = self.played.error or self.unsaid or _decimal(self.played.score)
        wanted = _decimal(self.item.worth(self.one.share))
        return (
            f"{self.player}: {self.item.key} ({self.item.kind}), {self.one.name}, given "
            f"{self.one.given!r}: {wanted} expected, {got} played; held as {self.played.recorded}"
        )


def outcomes(player: Player, items: Iterable[tuple[Asked, Sequence[Try]]]) -> Iterator[Outcome]:
    """Give each answer in a new attempt."""
    for item, tries in items:
        for one in tries:
            played = play(player, item.xml, item.response(one), item.folder)
            yield Outcome(player.name, item, one, played)


def said(item: Asked, one: Try) -> Iterator[str]:
    """Yield the feedback that an answer gets: on its picks or mistake, hints, the solution."""
    content: Any = item.row["content"]
    for picked in one.given if one.kind in {"choice", "multiple"} else ():
        if content["options"][picked]["feedback"]:
            yield content["options"][picked]["feedback"]
    if one.kind == "numeric" and one.share == 0:
        known = [wrong for wrong in content["wrong"] if _within(one.given, wrong)]
        yield from (wrong["feedback"] for wrong in known[:1])
    if one.share < 1:
        yield from content["hints"]
    if 'identifier="SOLUTION" show-hide' in item.xml:  # the final answer is one, without words too
        yield content["solution"]


def _within(typed: Any, wrong: Row) -> bool:
    try:
        return plan.inside(typed, wrong["low"], wrong["high"])
    except ArithmeticError:
        return False


def _same(wanted: str, shown: str) -> bool:
    """Tell whether a text is shown: most of its words are, formulas look different everywhere."""
    words = re.findall(r"\w+", wanted.casefold())
    there = set(re.findall(r"\w+", shown.casefold()))
    return sum(word in there for word in words) >= MOST * len(words)


def _decimal(number: Fraction | None) -> str:
    return "no mark" if number is None else f"{float(number):g}"
