"""QTI 2.1 and 3.0, read as a player does: the key is what the rules give a mark for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from lrcards.verify import expect
from lrcards.verify.allowed import allowed, is_visible
from lrcards.verify.archive import members
from lrcards.verify.assessment import assessments, named
from lrcards.verify.expect import numbered, said, without
from lrcards.verify.facts import Fact, Facts, Found, bounds, number, text
from lrcards.verify.manifest import lost, manifest
from lrcards.verify.report import Row
from lrcards.verify.rules import Rules, alternatives, takes
from lrcards.verify.texts import plain
from lrcards.verify.tree import Tree, parse_xml

_TOLD = ("feedbackInline", "feedbackBlock")
_HINT = re.compile(r"Hint \d+ ?")
_HIDDEN_DIGIT = re.compile(r"_(?=\d)")


def wanted(row: Row) -> Facts:
    return without(expect.wanted(row) | expect.explained(row), "solution", r"wrong \d+ shown")


def read(files: Mapping[str, bytes], kinds: Mapping[str, str]) -> Found:
    """Return what a package holds. Raises UnreadableError."""
    del kinds  # the interaction says it
    found = Found()
    for data in files.values():
        inside = members(data)
        known = manifest(inside)
        tests = assessments(inside, known)
        found.problems += [*known.problems, *tests.problems]
        for resource in known.of_type("imsqti_item"):
            place = resource.get("href")
            if place not in inside:
                continue  # as the manifest's problems say
            item = named(parse_xml(inside[place]))
            words = (plain(one) for one in resource.all("keyword"))
            facts = _Item(item).facts() | lost(item, place, known)
            # An XML name cannot begin with a digit, as an id can.
            key = _HIDDEN_DIGIT.sub("", item.get("identifier"), count=1)
            found.add(key, facts | {"tags": text(expect.tags(words))})
            if tests.asked[place] != 1:
                found.problems.append(f"{place} is asked in {tests.asked[place]} assessments")
    return found


class _Item:
    def __init__(self, item: Tree) -> None:
        self.body = item.first("itemBody")
        self.modal = item.below("modalFeedback")
        self.outcomes = {one.get("identifier"): one for one in item.below("outcomeDeclaration")}
        self.responses = {one.get("identifier"): one for one in item.below("responseDeclaration")}
        most = self.outcomes.get("MAXSCORE", self.body).first("defaultValue", "value").text()
        self.points = number(most)
        worth = self.points.said if isinstance(self.points.said, Decimal) else Decimal(0)
        self.rules = Rules(item.first("responseProcessing"), worth)

    def facts(self) -> Facts:
        kind = self.kind()
        own = _KINDS.get(kind)
        normal = self.outcomes.get("SCORE", self.body).get("normalMaximum")
        same = not normal or number(normal) == self.points
        told = {one.get("identifier"): plain(one) for one in self.modal}
        unseen = {name for name in told if not self.is_shown(name)}
        return {
            "kind": text(kind),
            **said("title", plain(next(iter(self.body), self.body))),
            "points": self.points if same else text(f"{self.points} and {normal}"),
            "explanation": text(told.get("SOLUTION", "")),
            **numbered(
                "hint",
                (
                    _HINT.sub("", one, count=1)
                    for name, one in told.items()
                    if name.startswith("HINT")
                ),
            ),
            **{f"feedback {name}": text("is never shown") for name in sorted(unseen)},
            **(own(self) if own else {}),
            **allowed(self.body, self.response(), kind),
        }

    def kind(self) -> str:
        interaction = next((one.tag for one in self.body.all(*_INTERACTIONS)), "")
        if interaction == "choiceInteraction":
            many = self.response().get("cardinality") == "multiple"
            return "multiple" if many else "choice"
        if interaction == "textEntryInteraction" and "RESPONSE" in self.responses:
            return "numeric" if self.response().get("baseType") == "float" else "short"
        return _INTERACTIONS.get(interaction, interaction)

    def response(self, name: str = "RESPONSE") -> Tree:
        return self.responses.get(name, Tree("", {}))

    def is_shown(self, name: str) -> bool:
        holders = [one for one in self.modal if one.get("identifier") == name]
        holders = [one for one in holders if is_visible(one)]
        return any(self.rules.shows(one.get("outcomeIdentifier"), name) for one in holders)

    def key(self, name: str = "RESPONSE") -> list[str]:
        """Return what a player shows as the right answer."""
        return [one.text() for one in self.response(name).below("correctResponse", "value")]

    def worth(self) -> dict[str, Decimal]:
        """Return the share of the points of each entry of the mapping, by what it maps."""
        unit = self.rules.unit
        entries = self.response().below("mapping", "mapEntry")
        marks = {one.get("mapKey"): number(one.get("mappedValue")).said for one in entries}
        return {name: unit * one for name, one in marks.items() if isinstance(one, Decimal)}

    def choices(self, tag: str) -> dict[str, Tree]:
        return {one.get("identifier"): one for one in self.body.all(tag)}


def _options(item: _Item) -> Facts:
    right, worth = item.key(), item.worth()
    if item.kind() == "choice":
        worth = {name: share for _, share in item.rules.scores() for name in right}
    found: Facts = {}
    for n, (name, choice) in enumerate(item.choices("simpleChoice").items(), 1):
        found |= said(f"option {n}", plain(choice))
        found[f"option {n} key"] = text("right" if name in right else "wrong")
        found[f"option {n} mark"] = Fact(worth.get(name, Decimal(0)))
        for one in choice.all(*_TOLD):
            seen = one.get("identifier") == name and is_visible(one)
            seen = seen and item.rules.shows(one.get("outcomeIdentifier"), name)
            found |= said(f"option {n} feedback", plain(one) if seen else "(never shown)")
    return found


def _numeric(item: _Item) -> Facts:
    found = said("shown", " ".join(item.key()))
    marks = {id(one.test): share for one, share in item.rules.scores()}
    told = {one.get("identifier"): plain(one) for one in item.modal}
    ranges = [one for one in item.rules.branches if "RESPONSE" in one.variables and one.bounds[0]]
    for n, one in enumerate(ranges):
        name = f"wrong {n} " if n else ""
        found |= bounds(name, *one.bounds)
        found[f"{name}mark"] = Fact(marks.get(id(one.test), Decimal(0)))
        shown = (value.first("baseValue").text() for value in one.sets.values())
        found |= said(f"{name}feedback", " ".join(told.get(one, "") for one in shown))
    return found


def _short(item: _Item) -> Facts:
    listed = [one.get("mapKey") for one in item.response().below("mapping", "mapEntry")]
    found = numbered("accepted", listed)
    tests = [(test, share) for one, share in item.rules.scores() for test in alternatives(one.test)]
    # Each by its own test: all by all would take minutes for some hundred texts.
    for n, (word, (test, share)) in enumerate(zip(listed, tests, strict=False), 1):
        found[f"accepted {n} mark"] = Fact(share if takes(test, word) else Decimal(0))
    same = len(tests) == len(listed)
    return found | ({} if same else {"texts taken": text(str(len(tests)))})


def _gaps(item: _Item) -> Facts:
    found: Facts = {}
    for n, entry in enumerate(item.body.all("textEntryInteraction"), 1):
        name = entry.get("responseIdentifier")
        word = " ".join(item.key(name))
        found |= said(f"gap {n}", word)
        is_number = item.response(name).get("baseType") == "float"
        for one, share in item.rules.counts(name):
            found |= bounds(f"gap {n} ", *one.bounds)
            right = is_number or (takes(one.test, word) and len(alternatives(one.test)) == 1)
            found[f"gap {n} mark"] = Fact(share if right else Decimal(0))
    return found


def _steps(item: _Item) -> Facts:
    choices = item.choices("simpleChoice")
    names: dict[str, str] = {}
    found: Facts = {}
    for one, share in item.rules.counts("RESPONSE"):
        written, name = one.test.first("index").get("n"), one.test.first("baseValue").text()
        place = one.known.get(written, written)  # a number, or an outcome that holds it
        names[place] = name
        found |= said(f"step {place}", plain(choices.get(name, Tree("", {}))))
        found[f"step {place} mark"] = Fact(share)
    shown = [names[place] for place in sorted(names, key=lambda one: (len(one), one))]
    return found | ({} if shown == item.key() else {"right answer": text(" ".join(item.key()))})


def _pairs(item: _Item) -> Facts:
    sets = [[*one] for one in item.body.all("simpleMatchSet")]
    lefts, rights = (sets[0], sets[1]) if len(sets) > 1 else ([], [])
    texts = {one.get("identifier"): plain(one) for one in rights}
    worth = {name: share for name, share in item.worth().items() if share > 0}
    found: Facts = {}
    for n, left in enumerate(lefts, 1):
        own = [name for name in worth if name.partition(" ")[0] == left.get("identifier")]
        right = ", ".join(texts.get(name.partition(" ")[2], "") for name in own)
        found |= said(f"left {n}", plain(left)) | said(f"right {n}", right)
        found |= {f"left {n} mark": Fact(worth[name]) for name in own}
    same = {*worth} == {*item.key()}
    return found | ({} if same else {"right answer": text(", ".join(item.key()))})


def _concepts(item: _Item) -> Facts:
    blocks = [one for one in item.body.all("rubricBlock") if one.get("view") == "scorer"]
    return numbered("concept", (plain(row) for one in blocks for row in one.all("li")))


_INTERACTIONS = {
    "choiceInteraction": "choice", "textEntryInteraction": "cloze", "orderInteraction": "order",
    "matchInteraction": "match", "extendedTextInteraction": "explain",
}  # fmt: skip
_KINDS: Mapping[str, Callable[[_Item], Facts]] = {
    "choice": _options,
    "multiple": _options,
    "numeric": _numeric,
    "short": _short,
    "cloze": _gaps,
    "order": _steps,
    "match": _pairs,
    "explain": _concepts,
}
