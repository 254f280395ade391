"""What is known of an item: names such as `option 2 feedback`, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation
from typing import Literal, TypeAlias

from lrcards.verify.texts import squeezed

How = Literal["same", "starts", "ends", "near"]
_NEAR = Decimal("0.0001")
LONGEST_NUMBER = 400
# For sums and differences of two numbers, and for writing them out, all digits of them.
EXACT = Context(prec=3 * LONGEST_NUMBER)


@dataclass(frozen=True, slots=True)
class Fact:
    """A text or a number. `how` it must agree is said on the report's side.

    same: equal, texts without white space. starts: the package's text goes on with one of `then`.
    ends: the package's text ends so, in whatever case. near: numbers that differ by rounding.
    """

    said: str | Decimal
    how: How = "same"
    then: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.said if isinstance(self.said, str) else f"{self.said.normalize(EXACT):f}"


Facts: TypeAlias = dict[str, Fact]


@dataclass(slots=True)
class Found:
    """What a package holds: facts of each item by key, and what is wrong with it as a whole."""

    items: dict[str, Facts] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, key: str, facts: Facts) -> None:
        if key in self.items:
            self.problems.append(f"{key} is in it more than once")
        self.items[key] = facts


def text(said: str) -> Fact:
    return Fact(said)


def number(said: str) -> Fact:
    """Return a number as it stands, to the last digit; what is none stays a text."""
    try:
        value = Decimal(said.strip()) if len(said) < LONGEST_NUMBER else None
    except InvalidOperation:
        value = None
    # A huge exponent would take for ever to write out.
    fits = value is not None and value.is_finite() and abs(value.adjusted()) < LONGEST_NUMBER
    return Fact(value if value is not None and fits else said)


def bounds(name: str, low: str, high: str) -> Facts:
    """Return the facts of an interval; none where there is no interval."""
    if not low and not high:
        return {}
    return {f"{name}low": number(low), f"{name}high": number(high)}


def agree(package: Fact, report: Fact) -> bool:
    """Say whether a package has what the report says."""
    there, wanted = package.said, report.said
    if isinstance(there, Decimal) and isinstance(wanted, Decimal):
        return abs(there - wanted) <= _NEAR if report.how == "near" else there == wanted
    one, other = squeezed(str(package)), squeezed(str(report))
    if report.how == "starts":
        rest = one.removeprefix(other) if one.startswith(other) else None
        return rest is not None and (not rest or rest.startswith(report.then))
    if report.how == "ends":
        return one.casefold().endswith(other.casefold())
    return one == other


def differences(package: Facts, report: Facts) -> Iterator[tuple[str, Fact | None, Fact | None]]:
    """Yield what, in the package, in the report; None where one of them has nothing."""
    for what in [*report, *(what for what in package if what not in report)]:
        there, wanted = package.get(what), report.get(what)
        if there is None or wanted is None or not agree(there, wanted):
            yield what, there, wanted


def renamed(facts: Mapping[str, Fact], prefix: str) -> Facts:
    return {f"{prefix}{name}": fact for name, fact in facts.items()}
