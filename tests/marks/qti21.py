"""How a QTI 2.1 or 3.0 delivery engine marks: response processing by the standard, in small.

What the standard says of NULL is kept: an operator on NULL is NULL, and a condition that is NULL
does not hold. 3.0 says the same in other names, which are read as those of 2.1.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from tests.marks import texts
from tests.marks.expressions import Bag, Scope, Value, evaluate, parsed, truth
from tests.marks.plan import Given, Row

Mark: TypeAlias = Callable[[Given], float]
_TEMPLATES = {"match_correct", "map_response"}


def load(data: bytes, rows: Mapping[str, Row]) -> dict[str, Mark]:
    """Return for each item of a package, by its key, the share that an answer gets."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    found: dict[str, Mark] = {}
    for name in archive.namelist():
        if not name.endswith(".xml"):
            continue
        item = plain_names(archive.read(name))
        key = str(item.get("identifier"))
        if item.tag == "assessmentItem" and key in rows:
            found[key] = Item(item, rows[key]).mark
    return found


def plain_names(data: bytes) -> Any:
    """Parse a file; return its root with the names of 2.1 and no namespaces."""
    tree = etree.fromstring(data)
    for element in tree.iter(etree.Element):
        name = etree.QName(element).localname
        element.tag = _camel(name.removeprefix("qti-")) if "-" in name else name
        for attribute in [one for one in element.attrib if "-" in one and "data-" not in one]:
            element.set(_camel(str(attribute)), element.attrib.pop(attribute))
    return tree


def _camel(name: str) -> str:
    return re.sub(r"-([a-z0-9])", lambda found: found[1].upper(), name)


@dataclass(frozen=True, slots=True)
class Item:
    """An item, and which text is which."""

    item: Any
    row: Row

    def mark(self, given: Given) -> float:
        """Return the share of the points that an answer gets: SCORE of the most that it can be."""
        scope = Scope(self.item, dict(self.responses(given)))
        process(self.item.find("responseProcessing"), scope)
        score = scope.values["SCORE"]
        assert isinstance(score, float | int)
        return float(score) / self.most(scope)

    def most(self, scope: Scope) -> float:
        declared = scope.values.get("MAXSCORE")
        if isinstance(declared, float):
            return declared
        (score,) = self.item.xpath("outcomeDeclaration[@identifier='SCORE']")
        return float(score.get("normalMaximum") or 1)

    def responses(self, given: Given) -> Iterator[tuple[str, Value]]:
        """Yield what a learner's answer is as the values of response variables."""
        places = list(self.item.iterfind(".//itemBody//*[@responseIdentifier]"))
        if not places:
            raise ValueError("an item without an interaction")
        read = _GIVEN[places[0].tag]
        for place, part in zip(places, self.parts(places, given), strict=True):
            name = place.get("responseIdentifier")
            yield name, read(place, self.row, part, self.declared(name))

    def parts(self, places: Sequence[Any], given: Given) -> Sequence[Any]:
        """Return what each interaction of the item gets."""
        if self.row["kind"] == "match" and len(places) > 1:
            raise ValueError("a match in several interactions is not modelled")
        return given if self.row["kind"] == "cloze" else [given]

    def declared(self, name: str) -> Any:
        (found,) = self.item.xpath("responseDeclaration[@identifier=$name]", name=name)
        return found


_Reader: TypeAlias = Callable[[Any, Row, Any, Any], Value]


def _entry(_: Any, __: Row, given: str, declared: Any) -> Value:
    return parsed(given, declared.get("baseType"))


def _choice(place: Any, _: Row, given: Sequence[int], declared: Any) -> Value:
    names = [one.get("identifier") for one in place.iter("simpleChoice")]
    picked = [names[one] for one in given]
    if declared.get("cardinality") == "single":
        return picked[0] if picked else None
    return Bag(picked) or None


def _order(place: Any, row: Row, given: Sequence[int], _: Any) -> Value:
    choices = list(place.iter("simpleChoice"))
    steps = texts.places(row["content"]["steps"], [texts.of_element(one) for one in choices])
    return tuple(choices[steps[step]].get("identifier") for step in given)


def _match(place: Any, row: Row, given: Sequence[int | None], _: Any) -> Value:
    lefts, rights = (
        list(one.iter("simpleAssociableChoice")) for one in place.iter("simpleMatchSet")
    )
    pairs = row["content"]["pairs"]
    left_at = texts.places(
        [pair["left"] for pair in pairs], [texts.of_element(one) for one in lefts]
    )
    offers = list(dict.fromkeys(pair["right"] for pair in pairs))
    right_at = texts.places(offers, [texts.of_element(one) for one in rights])
    return (
        Bag(
            f"{lefts[left_at[n]].get('identifier')} {rights[right_at[right]].get('identifier')}"
            for n, right in enumerate(given)
            if right is not None
        )
        or None
    )


_GIVEN: dict[str, _Reader] = {
    "textEntryInteraction": _entry,
    "choiceInteraction": _choice,
    "orderInteraction": _order,
    "matchInteraction": _match,
}


def process(processing: Any, scope: Scope) -> None:
    """Run response processing: rules in order, or one of the standard's templates."""
    template = str(processing.get("template") or "").rsplit("/", 1)[-1].removesuffix(".xml")
    if template:
        _template(template, scope)
    _rules(processing, scope)


def _template(name: str, scope: Scope) -> None:
    if name not in _TEMPLATES:
        raise ValueError(f"a template that is not modelled: {name}")
    if name == "map_response":
        scope.values["SCORE"] = scope.mapped("RESPONSE")
        return
    right, given = scope.correct("RESPONSE"), scope.values["RESPONSE"]
    scope.values["SCORE"] = 1.0 if given is not None and given == right else 0.0


def _rules(rules: Any, scope: Scope) -> None:
    for rule in rules:
        match rule.tag:
            case "responseCondition":
                _condition(rule, scope)
            case "setOutcomeValue":
                scope.values[rule.get("identifier")] = evaluate(rule[0], scope)
            case "responseProcessingFragment":
                _rules(rule, scope)
            case _:
                raise ValueError(f"a rule that is not modelled: {rule.tag}")


def _condition(condition: Any, scope: Scope) -> None:
    for branch in condition:
        if branch.tag == "responseElse":
            return _rules(branch, scope)
        test, *rules = branch
        if truth(evaluate(test, scope)):
            return _rules(rules, scope)
    return None
