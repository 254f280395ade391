"""QTI 1.2, read as Canvas reads it: a question by its type, its key by the conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from lrcards.verify import expect
from lrcards.verify.archive import members
from lrcards.verify.conditions import Condition, condition
from lrcards.verify.conditions import shown as html_of
from lrcards.verify.expect import numbered, said, without
from lrcards.verify.facts import Fact, Facts, Found, bounds, number, text
from lrcards.verify.manifest import Manifest, lost, manifest
from lrcards.verify.report import Row
from lrcards.verify.texts import plain
from lrcards.verify.tree import Tree, parse_xml

_BASE = "$IMS-CC-FILEBASE$/"
_TYPES = {
    "multiple_choice_question": "choice", "multiple_answers_question": "multiple",
    "numerical_question": "numeric", "short_answer_question": "short",
    "essay_question": "explain", "fill_in_multiple_blanks_question": "cloze",
    "matching_question": "match",
}  # fmt: skip


def wanted(row: Row) -> Facts:
    facts = expect.wanted(row) | expect.explained(row)
    facts["tags"] = text(expect.tags([*row.tags, row.level]))
    return without(facts, "solution", *_LACKS.get(row.kind, ()), r"hint \d+")


# Marks of options: all or nothing. A gap takes texts alone, so that a number has no bounds there;
# neither has a known wrong answer, since Canvas takes every range for a right one.
_LACKS = {
    "choice": (r"option \d+ mark",),
    "multiple": (r"option \d+ mark",),
    "numeric": (r"wrong \d+ (low|high)",),
    "cloze": (r"gap \d+ low", r"gap \d+ high"),
}


def read(files: Mapping[str, bytes], kinds: Mapping[str, str]) -> Found:
    """Return what a package holds. Raises UnreadableError."""
    found = Found()
    for data in files.values():
        inside = members(data)
        known = manifest(inside)
        found.problems += known.problems
        for resource in known.of_type("imsqti"):
            place = resource.get("href")
            for item in parse_xml(inside[place]).all("item") if place in inside else ():
                key = item.get("ident")
                found.add(key, _Item(item, kinds.get(key, "")).facts(known))
    return found


class _Item:
    def __init__(self, item: Tree, hinted: str) -> None:
        self.item = item
        self.hinted = hinted
        self.presentation = item.first("presentation")
        self.conditions = [*map(condition, item.below("resprocessing", "respcondition"))]
        self.feedback = {one.get("ident"): html_of(one) for one in item.below("itemfeedback")}
        fields = item.below("itemmetadata", "qtimetadata", "qtimetadatafield")
        self.fields = [
            (one.first("fieldlabel").text(), one.first("fieldentry").text()) for one in fields
        ]
        self.about = dict(self.fields)

    def facts(self, known: Manifest) -> Facts:
        kind = self.kind()
        asked = html_of(self.presentation.first("material"))
        own = _KINDS.get(kind)
        always = [one for one in self.conditions if [*one.test.all("other")]]
        said_to_all = "".join(self.shown(one) for one in always)
        shown = [asked, *map(html_of, self.presentation.all("response_label")),
                 *self.feedback.values()]  # fmt: skip
        facts = {
            "kind": text(kind),
            **said("title", plain(next(iter(asked), asked))),
            "points": number(self.about.get("points_possible", "")),
            "tags": text(expect.tags(is_ for name, is_ in self.fields if name in {"tag", "level"})),
            "explanation": text(said_to_all),
            **(own(self) if own else {}),
            **self.unlinked(),
        }
        for one in shown:
            facts |= lost(one, "", known, _BASE)
        return facts

    def kind(self) -> str:
        kind = self.about.get("question_type", "")
        if kind == "matching_question" and self.hinted == "order":
            return "order"
        return _TYPES.get(kind, kind)

    def shown(self, one: Condition) -> str:
        return " ".join(plain(self.feedback[name]) for name in one.shows if name in self.feedback)

    def unlinked(self) -> Facts:
        """Name feedback that no condition shows, and what is shown and is not there."""
        linked = {name for one in self.conditions for name in one.shows}
        return {f"feedback {name}": text("is never shown, or missing")
                for name in sorted(linked ^ {*self.feedback})}  # fmt: skip

    def marked(self) -> Iterator[Condition]:
        return (one for one in self.conditions if one.mark is not None)

    def labels(self) -> dict[str, str]:
        """Return the text of each choice by its name, in the order in which they stand."""
        labels = self.presentation.all("response_label")
        return {one.get("ident"): plain(html_of(one)) for one in labels}


def _options(item: _Item) -> Facts:
    marked = next(item.marked(), None)
    right = {one.text() for one in marked.equal()} if marked else set()
    named = {one.text() for one in marked.test.all("varequal")} if marked else set()
    feedback = {one.equal()[0].text(): item.shown(one) for one in item.conditions
                if one.mark is None and one.equal()}  # fmt: skip
    found: Facts = {}
    for n, (name, shown) in enumerate(item.labels().items(), 1):
        # All that are right and none that is wrong: one that is not named may be picked, too.
        is_free = item.kind() == "multiple" and name not in named
        key = "right" if name in right else "picked or not" if is_free else "wrong"
        found |= said(f"option {n}", shown)
        found[f"option {n} key"] = text(key)
        found |= said(f"option {n} feedback", feedback.get(name, ""))
    return found


def _numeric(item: _Item) -> Facts:
    found: Facts = {}
    known = [one for one in item.conditions if one.mark is None and one.equal()]
    for n, one in enumerate([*item.marked(), *known]):
        name = f"wrong {n} " if n else ""
        found |= bounds(name, one.limit("vargte"), one.limit("varlte"))
        found[f"{name}mark"] = one.mark or Fact(Decimal(0))
        found |= said(f"{name}feedback", item.shown(one))
        found |= said(f"{name}shown", one.limit("varequal"))
    return found


def _short(item: _Item) -> Facts:
    found: Facts = {}
    pairs = ((one, word.text()) for one in item.marked() for word in one.equal())
    for n, (one, word) in enumerate(pairs, 1):
        found |= said(f"accepted {n}", word)
        found[f"accepted {n} mark"] = one.mark or Fact(Decimal(0))
    return found


def _gaps(item: _Item) -> Facts:
    labels = item.labels()
    found: Facts = {}
    for n, response in enumerate(item.presentation.below("response_lid"), 1):
        keys = [(one.mark, labels.get(word, word))
                for one, word in _keys(item, response.get("ident"))]  # fmt: skip
        for mark, word in keys[:1]:
            found |= said(f"gap {n}", word)
            found[f"gap {n} mark"] = mark or Fact(Decimal(0))
        # A number may be typed in other ways, as long as it is the same number.
        other = [word for mark, word in keys
                 if (mark, number(word)) != (keys[0][0], number(keys[0][1]))]  # fmt: skip
        found |= said(f"gap {n} also", ", ".join(other))
    return found


def _keys(item: _Item, response: str) -> Iterator[tuple[Condition, str]]:
    """Yield what gives a mark at one of several places to answer."""
    for one in item.marked():
        for word in one.equal():
            if word.get("respident") == response:
                yield one, word.text()


def _pairs(item: _Item) -> Facts:
    found: Facts = {}
    for n, (left, right, mark) in enumerate(_matched(item), 1):
        found |= said(f"left {n}", left) | said(f"right {n}", right) | {f"left {n} mark": mark}
    return found


def _steps(item: _Item) -> Facts:
    """An `order` is asked as a matching of steps and positions."""
    found: Facts = {}
    for left, right, mark in _matched(item):
        found |= said(f"step {right}", left) | {f"step {right} mark": mark}
    return found


def _matched(item: _Item) -> Iterator[tuple[str, str, Fact]]:
    """Yield what is asked, what is right there, and what that counts."""
    labels = item.labels()
    for response in item.presentation.below("response_lid"):
        keys = [*_keys(item, response.get("ident"))]
        right = ", ".join(labels.get(word, word) for _, word in keys)
        marks = [one.mark for one, _ in keys if one.mark]
        yield plain(html_of(response.first("material"))), right, (marks or [Fact(Decimal(0))])[0]


def _concepts(item: _Item) -> Facts:
    lists = [one for shown in item.feedback.values() for one in shown.below("ul")]
    return numbered("concept", map(plain, lists[-1].below("li") if lists else ()))


_KINDS: Mapping[str, Callable[[_Item], Facts]] = {
    "choice": _options,
    "multiple": _options,
    "numeric": _numeric,
    "short": _short,
    "cloze": _gaps,
    "match": _pairs,
    "order": _steps,
    "explain": _concepts,
}
