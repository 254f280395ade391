"""One line for each thing in which a package and the report differ."""

from __future__ import annotations

from dataclasses import dataclass

from lrcards.verify.facts import Fact

_WIDEST, _BEFORE = 80, 30


@dataclass(frozen=True, slots=True)
class Difference:
    """Where (a path in the build, an item's key or nothing), what, and what both sides say."""

    path: str
    item: str
    what: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.item, self.what) if part)


def differs(what: str, there: Fact | None, wanted: Fact | None) -> str:
    """Say what stands in the package, and what the report has instead.

    Of long texts only that part is shown in which they begin to differ.
    """
    one, other = (None if fact is None else str(fact) for fact in (there, wanted))
    pairs = enumerate(zip(one or "", other or "", strict=False))
    start = next((n for n, (a, b) in pairs if a != b), min(len(one or ""), len(other or "")))
    return f"{what}: {_shown(one, start)} in the package, {_shown(other, start)} in the report"


def _shown(said: str | None, start: int) -> str:
    if said is None:
        return "nothing"
    first = max(0, start - _BEFORE) if len(said) > _WIDEST else 0
    cut = said[first : first + _WIDEST]
    return f"'{'...' * (first > 0)}{cut}{'...' * (first + _WIDEST < len(said))}'"
