"""Every answer in every player, and what is wrong: the table of `make play`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from tests.play.known import DEFECTS, explained
from tests.play.outcome import Outcome


def unexplained(found: Iterable[Outcome]) -> list[str]:
    """Say what is wrong and not a known defect of the player."""
    return [str(one) for one in found if not one.right and explained(one) is None]


def stale(found: Iterable[Outcome]) -> list[str]:
    """Name the known defects that explain nothing in all that was played."""
    used = {explained(one) for one in found if not one.right}
    return [defect.name for defect in DEFECTS if defect not in used]


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
    if not group:
        return "-"
    right = sum(one.right for one in group)
    known = sum(bool(explained(one)) for one in group if not one.right)
    return f"{right} of {len(group)}" + (f" ({known} known)" if known else "")
