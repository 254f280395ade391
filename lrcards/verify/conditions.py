"""Response processing of QTI 1.2: what a condition asks for, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lrcards.verify.facts import Fact, number
from lrcards.verify.tree import Tree, parse_html


@dataclass(frozen=True, slots=True)
class Condition:
    """What happens where a response fits: a mark (a share, or None), feedback by its name."""

    test: Tree
    mark: Fact | None
    shows: tuple[str, ...]

    def equal(self) -> list[Tree]:
        """Return what must be equal; what must not be does not count."""
        no = {id(one) for refused in self.test.all("not") for one in refused.walk()}
        return [one for one in self.test.all("varequal") if id(one) not in no]

    def limit(self, tag: str) -> str:
        return next((one.text() for one in self.test.all(tag)), "")


def condition(one: Tree) -> Condition:
    marks = [number(mark.text()) for mark in one.below("setvar")]
    mark = marks[0].said if marks else None
    return Condition(
        one.first("conditionvar"),
        Fact(mark / 100) if isinstance(mark, Decimal) else (marks[0] if marks else None),
        tuple(link.get("linkrefid") for link in one.below("displayfeedback")),
    )


def shown(holder: Tree) -> Tree:
    """Return the tree of all texts in it, which are HTML unless they say that they are not."""
    whole = Tree("", {})
    for material in holder.all("mattext"):
        written = material.text()
        is_html = material.get("texttype") == "text/html"
        whole.children += parse_html(written).children if is_html else [written]
    return whole
