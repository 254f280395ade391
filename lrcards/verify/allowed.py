"""What QTI 2.1 and 3.0 let a learner answer, and what of it counts at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from lrcards.verify import expect
from lrcards.verify.facts import Fact, Facts, number, text
from lrcards.verify.tree import Tree

_SHUFFLED = {"choice": "choiceInteraction", "multiple": "choiceInteraction",
             "order": "orderInteraction", "match": "matchInteraction"}  # fmt: skip


def is_visible(feedback: Tree) -> bool:
    """Say whether feedback is shown where its outcome has its name, and not hidden there."""
    return feedback.get("showHide") in {"", "show"}


def allowed(body: Tree, response: Tree, kind: str) -> Facts:
    """Say whether an item shuffles; name limits that forbid a mark or an answer."""
    tag = _SHUFFLED.get(kind)
    if tag is None:
        return {}
    asked = next(body.all(tag), Tree("", {}))
    found = {"shuffle": text(expect.yes(asked.get("shuffle") == "true"))}
    if kind in {"multiple", "match"}:
        found |= _limits(response.first("mapping"))
    key = [one.text() for one in response.below("correctResponse", "value")]
    return found | {name: text(said) for name, said in _too_few(asked, kind, key)}


def _limits(mapping: Tree) -> Facts:
    """Name limits of a count that are not 0 and all that is right."""
    entries = [number(one.get("mappedValue")).said for one in mapping.below("mapEntry")]
    most = sum((one for one in entries if isinstance(one, Decimal) and one > 0), Decimal(0))
    limits = (("lowest", "lowerBound", Decimal(0)), ("highest", "upperBound", most),
              ("default", "defaultValue", Decimal(0)))  # fmt: skip
    found: Facts = {}
    for name, attribute, must in limits:
        there = mapping.get(attribute)
        if number(there) != Fact(must):
            found[f"{name} mark"] = text(there or "(no limit)")
    return found


def _too_few(asked: Tree, kind: str, key: list[str]) -> Iterator[tuple[str, str]]:
    """Yield limits that forbid some answer, or let a choice be picked twice."""
    most = asked.get("maxChoices")
    if (kind == "choice" and most != "1") or (kind == "multiple" and most != "0"):
        yield "choices allowed", most
    elif kind == "match":
        yield from _unmatched(asked, key)


def _unmatched(asked: Tree, key: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what the full answer takes more often than it is allowed, and lefts with two rights."""
    taken = Counter(name for pair in key for name in pair.split())
    sets = asked.below("simpleMatchSet")
    lefts = {id(one) for side in sets[:1] for one in side}
    for one in (one for side in sets for one in side):
        name, most = one.get("identifier"), one.get("matchMax")
        if _is_below(most, taken[name]) or (id(one) in lefts and most != "1"):
            yield f"matches allowed of {name}", most
    if _is_below(asked.get("maxAssociations"), len(key)):
        yield "matches allowed", asked.get("maxAssociations")


def _is_below(limit: str, needed: int) -> bool:
    """Say whether a limit is too small; 0 is none."""
    return not limit.isdecimal() or 0 < int(limit[:9]) < needed
