"""Every answer in both players, and what is wrong: the table of `make play`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.marks.plan import Try
from tests.play.known import DEFECTS, explained
from tests.play.package import Asked
from tests.play.stage import Played, Player, play

# A share such as one third is a binary fraction in a player; no two marks of ours are so near.
NEAR = Fraction(1, 100_000)


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
        return score is not None and abs(score - self.item.worth(self.one.share)) < NEAR

    def __str__(self) -> str:
        got = self.played.error or _decimal(self.played.score)
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


def unexplained(found: Iterable[Outcome]) -> list[str]:
    """Say what is wrong and not a known defect of the player, and which defect explains nothing."""
    wrong = [one for one in found if not one.right]
    reasons = [(one, explained(one.player, one.one)) for one in wrong]
    used = {defect.name for _, defect in reasons if defect}
    stale = [d.name for d in DEFECTS if d.name not in used]
    return [
        *(str(one) for one, defect in reasons if defect is None),
        *(f"the known defect explains nothing any more: {name}" for name in stale),
    ]


def rendered(found: Sequence[Outcome]) -> str:
    """Return the table kind x answer: expected shares, and right of played for each player."""
    players = sorted({one.player for one in found})
    rows: defaultdict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in found:
        rows[one.item.kind, _family(one.one.name)].append(one)
    lines = [("kind", "answer", "expected", *players)]
    for (kind, name), group in sorted(rows.items()):
        shares = sorted({one.one.share for one in group})
        cells = [_right([one for one in group if one.player == player]) for player in players]
        lines.append((kind, name, _range(shares), *cells))
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _family(name: str) -> str:
    """Return a name without its number: `option 3` is one of the options."""
    return name.rstrip("0123456789").rstrip()


def _range(shares: Sequence[Fraction]) -> str:
    texts = [str(share) for share in shares]
    return texts[0] if len(texts) == 1 else f"{texts[0]} to {texts[-1]}"


def _right(group: Sequence[Outcome]) -> str:
    right = sum(one.right for one in group)
    known = sum(bool(explained(one.player, one.one)) for one in group if not one.right)
    return f"{right} of {len(group)}" + (f" ({known} known)" if known else "")


def _decimal(number: Fraction | None) -> str:
    return "no mark" if number is None else f"{float(number):g}"
