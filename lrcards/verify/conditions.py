"""Response processing of QTI 1.2: what a condition asks for, and what it does.

`graded` runs all conditions on an answer, in order, as an engine does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from lrcards.verify.facts import Fact, number
from lrcards.verify.tree import Tree, parse_html

_SCORE = "SCORE"
_NOTHING: frozenset[str] = frozenset()
Answer: TypeAlias = Mapping[str, frozenset[str]]  # what is picked or typed at each place to answer


@dataclass(frozen=True, slots=True)
class Condition:
    """What happens where a response fits: a mark (a share, or None), feedback by its name.

    `adds`: to the score, which is set else. `goes_on`: to the next condition where it fits.
    It fits where one of `words` is given at its place, or one of the `others` among its tests does.
    """

    test: Tree
    mark: Fact | None
    shows: tuple[str, ...]
    adds: bool
    goes_on: bool
    words: Mapping[str, frozenset[str]]
    others: tuple[Tree, ...]

    def equal(self) -> list[Tree]:
        """Return what must be equal; what must not be does not count."""
        no = {id(one) for refused in self.test.all("not") for one in refused.walk()}
        return [one for one in self.test.all("varequal") if id(one) not in no]

    def limit(self, tag: str) -> str:
        return next((one.text() for one in self.test.all(tag)), "")


@dataclass(frozen=True, slots=True)
class Graded:
    """The score, as a share, and the names of all feedback that is shown."""

    score: Decimal
    shows: frozenset[str]


def condition(one: Tree) -> Condition:
    sets = [mark for mark in one.below("setvar") if mark.get("varname") in {"", _SCORE}]
    marks = [number(mark.text()) for mark in sets]
    mark = marks[0].said if marks else None
    test = one.first("conditionvar")
    words: dict[str, set[str]] = {}
    for word in test.below("varequal"):
        words.setdefault(word.get("respident"), set()).add(word.text())
    return Condition(
        test,
        Fact(mark / 100) if isinstance(mark, Decimal) else (marks[0] if marks else None),
        tuple(link.get("linkrefid") for link in one.below("displayfeedback")),
        bool(sets) and sets[0].get("action") == "Add",
        one.get("continue") == "Yes",
        {place: frozenset(texts) for place, texts in words.items()},
        tuple(part for part in test if part.tag != "varequal"),
    )


def graded(conditions: Iterable[Condition], answer: Answer) -> Graded:
    """Run conditions in order; the first that fits and does not go on is the last."""
    score, shows = Decimal(0), set[str]()
    for one in conditions:
        if not _is_met(one, answer):
            continue
        if one.mark is not None and isinstance(one.mark.said, Decimal):
            score = one.mark.said + (score if one.adds else 0)
        shows.update(one.shows)
        if not one.goes_on:
            break
    return Graded(score, frozenset(shows))


def _is_met(one: Condition, answer: Answer) -> bool:
    # A set for each place: one item may take thousands of texts.
    named = any(words & answer.get(place, _NOTHING) for place, words in one.words.items())
    return named or any(_holds(test, answer) for test in one.others)


def _holds(test: Tree, answer: Answer) -> bool:
    match test.tag:
        case "other":
            return True
        case "and":
            return all(_holds(one, answer) for one in test)
        case "or":
            return any(_holds(one, answer) for one in test)
        case "not":
            return not any(_holds(one, answer) for one in test)
    given = answer.get(test.get("respident"), _NOTHING)
    return any(_fits(test, one) for one in given)


def _fits(test: Tree, given: str) -> bool:
    limit = test.text()
    if test.tag == "varequal":
        return given == limit
    value, bound = number(given).said, number(limit).said
    if not isinstance(value, Decimal) or not isinstance(bound, Decimal):
        return False
    return (test.tag == "vargte" and value >= bound) or (test.tag == "varlte" and value <= bound)


def shown(holder: Tree) -> Tree:
    """Return the tree of all texts in it, which are HTML unless they say that they are not."""
    whole = Tree("", {})
    for material in holder.all("mattext"):
        written = material.text()
        is_html = material.get("texttype") == "text/html"
        whole.children += parse_html(written).children if is_html else [written]
    return whole
