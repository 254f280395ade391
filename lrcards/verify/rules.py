"""Response processing of QTI 2.1 and 3.0: which answers it takes, and what they are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from lrcards.verify.facts import number
from lrcards.verify.tree import Tree

_SCORE = "SCORE"
_NONE = Tree("", {})
# How far a share that is written out may be off: of a point, and of all points.
_ROUNDED, _NEAR = Decimal("0.000000001"), Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Branch:
    """A test, what is set where it holds, and which outcomes had been set before (texts)."""

    test: Tree
    sets: Mapping[str, Tree]
    known: Mapping[str, str]

    @property
    def bounds(self) -> tuple[str, str]:
        """Return the bounds, both included, of a test of a number; empty texts for another one."""
        if self.test.tag != "and" or [one.tag for one in self.test] != ["gte", "lte"]:
            return "", ""
        low, high = (one.first("baseValue").text() for one in self.test)
        return low, high

    @property
    def variables(self) -> set[str]:
        return {one.get("identifier") for one in self.test.all("variable")}


class Rules:
    """The rules of one item; `most`: its points."""

    def __init__(self, processing: Tree, most: Decimal) -> None:
        self.most = most
        self.branches = [*_branches(processing)]
        self._rounded = max(_ROUNDED, _NEAR * most)
        self.set = [*processing.all("setOutcomeValue")]
        self._about: dict[str, list[Branch]] = {}
        for one in self.branches:
            for variable in one.variables:
                self._about.setdefault(variable, []).append(one)

    def scores(self) -> Iterator[tuple[Branch, Decimal]]:
        """Yield what sets the score to a number, and the share of the points that it is."""
        for one in self.branches:
            value = one.sets.get(_SCORE, _NONE).first("baseValue")
            if value.tag:
                yield one, self._share(_decimal(value))

    @cached_property
    def unit(self) -> Decimal:
        """Return the share of the points that one counted part is, or one unit of a mapping.

        It is 0 where the shares that are written out for the counts do not grow with them.
        """
        least = [(one, share) for one, share in self.scores() if one.test.tag == "gte"]
        steps = {_decimal(one.test.first("baseValue")): share for one, share in least}
        most = max(steps, default=Decimal(0))
        even = all(
            abs(steps[most] * step / most - share) * self.most <= self._rounded
            for step, share in steps.items()
        )
        return steps[most] / most if most and even else Decimal(0)

    def counts(self, variable: str) -> list[tuple[Branch, Decimal]]:
        """Return what about a variable adds to a count, and the share that it adds."""
        return [
            (one, self.unit * _decimal(more))
            for one in self._about.get(variable, ())
            for made in one.sets.values()
            for more in made.below("sum", "baseValue")
        ]

    def shows(self, outcome: str, name: str) -> bool:
        """Say whether some rule sets an outcome to a name, or to what was answered."""
        values = [one for one in self.set if one.get("identifier") == outcome]
        return any(one.below("variable") or one.first("baseValue").text() == name for one in values)

    def _share(self, worth: Decimal) -> Decimal:
        return worth / self.most if self.most else Decimal(0)


def _branches(processing: Tree) -> Iterator[Branch]:
    known: dict[str, str] = {}
    for rule in processing:
        if rule.tag == "setOutcomeValue":
            known[rule.get("identifier")] = rule.first("baseValue").text()
        for one in rule.all("responseIf", "responseElseIf"):
            rules = {made.get("identifier"): made for made in one.below("setOutcomeValue")}
            yield Branch(next(iter(one), _NONE), rules, {**known})


def _decimal(tree: Tree) -> Decimal:
    value = number(tree.text()).said
    return value if isinstance(value, Decimal) else Decimal(0)


def takes(test: Tree, typed: str) -> bool:
    """Say whether a test of a typed text holds for it. A pattern holds for the whole text."""
    tests = [takes(one, typed) for one in test if one.tag not in {"variable", "baseValue"}]
    match test.tag:
        case "and":
            return all(tests)
        case "or":
            return any(tests)
        case "not":
            return not any(tests)
        case "patternMatch":
            return _fits(test.get("pattern"), typed)
        case "stringMatch" | "match":
            return test.first("baseValue").text().casefold() == typed.casefold()
    return False


def _fits(pattern: str, typed: str) -> bool:
    try:
        return re.fullmatch(pattern, typed) is not None
    except (re.error, OverflowError):
        return False


def alternatives(test: Tree) -> list[Tree]:
    """Return the tests, one of which must hold."""
    return [*test] if test.tag == "or" else [test]
