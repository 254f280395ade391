"""QTI 1.2, read as Canvas reads it: a question by its type, its key by the conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from lrcards.verify import expect
from lrcards.verify.archive import members
from lrcards.verify.conditions import Answer, Graded, graded
from lrcards.verify.conditions import shown as html_of
from lrcards.verify.expect import numbered, said, without
from lrcards.verify.facts import Fact, Facts, Found, bounds, number, text
from lrcards.verify.item12 import Item
from lrcards.verify.manifest import Manifest, lost, manifest
from lrcards.verify.report import Row
from lrcards.verify.texts import plain
from lrcards.verify.tree import Tree, parse_xml

_BASE = "$IMS-CC-FILEBASE$/"
_NOBODYS = "\ue000"  # from the private use area: no text that is written has it


def wanted(row: Row) -> Facts:
    facts = expect.wanted(row) | expect.explained(row)
    facts["tags"] = text(expect.tags([*row.tags, row.level]))
    return without(facts, "solution", *_LACKS.get(row.kind, ()), r"hint \d+")


# Marks of a multiple: all or nothing. A gap takes texts alone, so that a number has no bounds
# there; neither has a known wrong answer, since Canvas takes every range for a right one. Nothing
# says whether offers of a matching are shuffled.
_LACKS = {
    "multiple": (r"option \d+ mark",),
    "match": ("shuffle",),
    "order": ("shuffle",),
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
            top = parse_xml(inside[place]) if place in inside else Tree("", {})
            found.problems += _drawn(top)
            for item in top.all("item"):
                key = item.get("ident")
                found.add(key, _facts(Item(item, kinds.get(key, "")), known))
    return found


def _facts(item: Item, known: Manifest) -> Facts:
    kind = item.kind()
    asked = html_of(item.presentation.first("material"))
    own = _KINDS.get(kind)
    said_to_all = item.shown(Graded(Decimal(0), item.always))
    shown = [asked, *map(html_of, item.presentation.all("response_label")),
             *item.feedback.values()]  # fmt: skip
    facts = {
        "kind": text(kind),
        **said("title", plain(next(iter(asked), asked))),
        "points": number(item.about.get("points_possible", "")),
        "tags": text(expect.tags(is_ for name, is_ in item.fields if name in {"tag", "level"})),
        "explanation": text(said_to_all),
        **(own(item) if own else {}),
        **item.unlinked(),
        **_run(item),
    }
    for one in shown:
        facts |= lost(one, "", known, _BASE)
    return facts


def _drawn(top: Tree) -> Iterator[str]:
    """Name the groups of variants of which a quiz does not ask exactly one."""
    for group in (inner for section in top.all("section") for inner in section.below("section")):
        number = group.first("selection_ordering", "selection", "selection_number").text()
        if number != "1":
            yield f"of the variants of {group.get('ident')} it asks {number or 'all'}, not 1"


def _options(item: Item) -> Facts:
    marked = next(item.marked(), None)
    right = {one.text() for one in marked.equal()} if marked else set()
    named = {one.text() for one in marked.test.all("varequal")} if marked else set()
    found: Facts = {}
    for n, (name, shown) in enumerate(item.labels().items(), 1):
        # All that are right and none that is wrong: one that is not named may be picked, too.
        is_free = item.kind() == "multiple" and name not in named
        key = "right" if name in right else "picked or not" if is_free else "wrong"
        found |= said(f"option {n}", shown)
        found[f"option {n} key"] = text(key)
        alone = item.graded(name)
        if item.kind() == "choice":
            found[f"option {n} mark"] = Fact(alone.score)
        found |= said(f"option {n} feedback", item.told(alone))
    shuffles = [one.get("shuffle") == "Yes" for one in item.presentation.all("render_choice")]
    return found | {"shuffle": text(expect.yes(all(shuffles)))}


def _numeric(item: Item) -> Facts:
    found: Facts = {}
    known = [one for one in item.conditions if one.mark is None and one.equal()]
    for n, one in enumerate([*item.marked(), *known]):
        name = f"wrong {n} " if n else ""
        ends = [one.limit(tag) for tag in ("varequal", "vargte", "varlte")]
        after = [item.graded(end) for end in ends if end]
        found |= bounds(name, *ends[1:]) | said(f"{name}shown", ends[0])
        found[f"{name}mark"] = Fact(min((each.score for each in after), default=Decimal(0)))
        found |= said(f"{name}feedback", " ".join(map(item.told, after[:1])))
    return found


def _short(item: Item) -> Facts:
    found: Facts = {}
    words = (word.text() for one in item.marked() for word in one.equal())
    for n, word in enumerate(words, 1):
        found |= said(f"accepted {n}", word)
        found[f"accepted {n} mark"] = Fact(item.graded(word).score)
    return found


def _gaps(item: Item) -> Facts:
    labels, places = item.labels(), _keys(item)
    found: Facts = {}
    for n, response in enumerate(item.presentation.below("response_lid"), 1):
        keys = [(mark, labels.get(word, word))
                for mark, word in places.get(response.get("ident"), ())]  # fmt: skip
        for mark, word in keys[:1]:
            found |= said(f"gap {n}", word) | {f"gap {n} mark": mark}
        # A number may be typed in other ways, as long as it is the same number.
        other = [word for mark, word in keys
                 if (mark, number(word)) != (keys[0][0], number(keys[0][1]))]  # fmt: skip
        found |= said(f"gap {n} also", ", ".join(other))
    return found


def _keys(item: Item) -> dict[str, list[tuple[Fact, str]]]:
    """Return what adds a mark at each of several places to answer, and the mark."""
    found: dict[str, list[tuple[Fact, str]]] = {}
    for one in item.marked():
        mark = one.mark if one.adds and one.mark else text("set, not added")
        for word in one.equal():
            found.setdefault(word.get("respident"), []).append((mark, word.text()))
    return found


def _pairs(item: Item) -> Facts:
    found: Facts = {}
    for n, (left, right, mark) in enumerate(_matched(item), 1):
        found |= said(f"left {n}", left) | said(f"right {n}", right) | {f"left {n} mark": mark}
    return found


def _steps(item: Item) -> Facts:
    """An `order` is asked as a matching of steps and positions."""
    found: Facts = {}
    for left, right, mark in _matched(item):
        found |= said(f"step {right}", left) | {f"step {right} mark": mark}
    return found


def _matched(item: Item) -> Iterator[tuple[str, str, Fact]]:
    """Yield what is asked, what is right there, and what that counts."""
    labels, places = item.labels(), _keys(item)
    for response in item.presentation.below("response_lid"):
        keys = places.get(response.get("ident"), [])
        right = ", ".join(labels.get(word, word) for _, word in keys)
        marks = [mark for mark, _ in keys]
        yield plain(html_of(response.first("material"))), right, (marks or [Fact(Decimal(0))])[0]


def _concepts(item: Item) -> Facts:
    lists = [one for shown in item.feedback.values() for one in shown.below("ul")]
    return numbered("concept", map(plain, lists[-1].below("li") if lists else ()))


def _run(item: Item) -> Facts:
    """Name what goes wrong with the full answer, and with one that is nowhere right."""
    full = _full(item)
    wrong: Answer = dict.fromkeys(full, frozenset((_NOBODYS,)))
    found: Facts = {}
    for name, answer, mark in (("full", full, 1), ("wrong", wrong, 0)):
        after = graded(item.conditions, answer)
        if after.score != (mark if full else 0):
            found[f"mark of a {name} answer"] = Fact(after.score)
        if not item.always <= after.shows:
            found[f"explanation of a {name} answer"] = text("is not shown")
    return found


def _full(item: Item) -> Answer:
    """Return what is right by the conditions: all of it of a multiple, else one at each place."""
    found: dict[str, frozenset[str]] = {}
    for one in (word for marked in item.marked() for word in marked.equal()):
        place, word = one.get("respident"), frozenset((one.text(),))
        before = found.get(place)
        if before is None or item.kind() == "multiple":
            found[place] = word | (before or frozenset())
    return found


_KINDS: Mapping[str, Callable[[Item], Facts]] = {
    "choice": _options,
    "multiple": _options,
    "numeric": _numeric,
    "short": _short,
    "cloze": _gaps,
    "match": _pairs,
    "order": _steps,
    "explain": _concepts,
}
