"""Moodle XML, read as Moodle's importer and its questions do."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from html import unescape

from lrcards.verify import expect
from lrcards.verify.expect import numbered, said, without
from lrcards.verify.facts import Fact, Facts, Found, number, text
from lrcards.verify.report import Row
from lrcards.verify.texts import html_text, pictures, plain
from lrcards.verify.tree import Tree, parse_html, parse_xml

_FILE = "@@PLUGINFILE@@/"
_GAP = re.compile(r"(?<!\\)\{(\d*):([A-Z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
_NUMBER_GAPS = frozenset(("NUMERICAL", "NM"))
_TYPES = {
    "numerical": "numeric", "shortanswer": "short", "essay": "explain", "cloze": "cloze",
    "multianswer": "cloze", "matching": "match", "ordering": "order",
}  # fmt: skip


def wanted(row: Row) -> Facts:
    facts = expect.wanted(row) | expect.explained(row)
    if row.targets["moodle"].startswith("reduced: a wrong option"):
        for name in [name for name, fact in facts.items() if fact.said == "wrong"]:
            mark = name.replace(" key", " mark")
            facts[mark] = Fact(Decimal("-0.1"), "near")
    # A cloze is worth what its gaps are.
    return without(facts, "solution", *(["points"] if row.kind == "cloze" else []))


def read(files: Mapping[str, bytes], kinds: Mapping[str, str]) -> Found:
    """Return what one file of questions holds. Raises UnreadableError."""
    found = Found()
    for data in files.values():
        for question in parse_xml(data).below("question"):
            if question.get("type") != "category":
                key = question.first("idnumber").text()
                found.add(key, _question(question, kinds.get(key, "")))
    return found


def _question(question: Tree, hinted: str) -> Facts:
    kind = _kind(question, hinted)
    asked = _html(question.first("questiontext"))
    title = next(iter(asked), asked)
    labels = (plain(tag) for tag in question.below("tags", "tag", "text"))
    own = _KINDS.get(kind)
    return {
        "kind": text(kind),
        **said("title", plain(title)),
        "explanation": text(_text(question.first("generalfeedback"))),
        **numbered("hint", map(_text, question.below("hint"))),
        **({} if kind == "cloze" else {"points": number(_value(question, "defaultgrade"))}),
        "tags": text(expect.tags(labels)),
        **(own(question) if own else {}),
        **_missing(question),
    }


def _kind(question: Tree, hinted: str) -> str:
    """An `order` is asked as a matching of steps and positions, where it is no type of its own."""
    kind = question.get("type")
    if kind == "multichoice":
        return "choice" if _value(question, "single") == "true" else "multiple"
    if kind == "matching" and hinted == "order":
        return "order"
    return _TYPES.get(kind, kind)


def _options(question: Tree) -> Facts:
    found: Facts = {}
    for n, answer in enumerate(question.below("answer"), 1):
        mark = _mark(answer)
        is_right = isinstance(mark.said, Decimal) and mark.said > 0
        found |= said(f"option {n}", _text(answer))
        found[f"option {n} key"] = text("right" if is_right else "wrong")
        found[f"option {n} mark"] = mark
        found |= said(f"option {n} feedback", _text(answer.first("feedback")))
    return found


def _numeric(question: Tree) -> Facts:
    """The first answer that fits wins, so the key has to stand before the known wrong ones."""
    found: Facts = {}
    for n, answer in enumerate(question.below("answer")):
        name = f"wrong {n} " if n else ""
        shown = _value(answer, "text")
        found |= said(f"{name}shown", shown)
        found |= _around(name, shown, _value(answer, "tolerance"))
        found[f"{name}mark"] = _mark(answer)
        found |= said(f"{name}feedback", _text(answer.first("feedback")))
    return found


def _around(name: str, shown: str, width: str) -> Facts:
    """Return the bounds of a centre and a half-width."""
    centre, half = number(shown).said, number(width or "0").said
    if not isinstance(centre, Decimal) or not isinstance(half, Decimal):
        return {f"{name}low": text(f"{shown} - {width}"), f"{name}high": text(f"{shown} + {width}")}
    return {f"{name}low": Fact(centre - half), f"{name}high": Fact(centre + half)}


def _short(question: Tree) -> Facts:
    found: Facts = {}
    for n, answer in enumerate(question.below("answer"), 1):
        # A star that is not escaped would take any text.
        written = re.sub(r"(?<!\\)\*", "(anything)", _value(answer, "text"))
        found |= said(f"accepted {n}", written.replace(r"\*", "*"))
        found[f"accepted {n} mark"] = _mark(answer)
    return found


def _cloze(question: Tree) -> Facts:
    gaps = [*_GAP.finditer(_value(question.first("questiontext"), "text"))]
    total = sum(int(gap[1] or 1) for gap in gaps)
    found: Facts = {}
    for n, gap in enumerate(gaps, 1):
        answer = unescape(gap[3]).removeprefix("=")
        if gap[2] in _NUMBER_GAPS:
            answer, _, width = answer.partition(":")
            found |= _around(f"gap {n} ", answer, width)
        found |= said(f"gap {n}", re.sub(r"\\(.)", r"\1", answer, flags=re.DOTALL))
        found[f"gap {n} mark"] = Fact(Decimal(int(gap[1] or 1)) / (total or 1))
    return found


def _pairs(question: Tree) -> Facts:
    asked = question.below("subquestion")
    return {
        **numbered("left", map(_text, asked)),
        **numbered("right", (html_text(_value(one.first("answer"), "text")) for one in asked)),
    }


def _steps(question: Tree) -> Facts:
    if question.get("type") == "ordering":  # which has them in their order
        return numbered("step", map(_text, question.below("answer")))
    rows = [(_value(one.first("answer"), "text"), one) for one in question.below("subquestion")]
    placed = sorted(rows, key=lambda row: [int(n) for n in re.findall(r"\d{1,9}", row[0])])
    return numbered("step", (_text(one) for _, one in placed))


def _concepts(question: Tree) -> Facts:
    listed = _html(question.first("graderinfo")).all("li")
    return numbered("concept", map(plain, listed))


def _mark(answer: Tree) -> Fact:
    share = number(answer.get("fraction")).said
    return Fact(share / 100 if isinstance(share, Decimal) else share)


def _missing(question: Tree) -> Facts:
    """Name pictures that a text shows and has no file of: Moodle looks for it beside that text."""
    return {f"picture {name}": text("has no file") for name in _lost(question)}


def _lost(question: Tree) -> Iterator[str]:
    for one in question.walk():
        there = {file.get("name") for file in one.below("file") if _is_file(file)}
        shown = pictures(_html(one)) if one.below("text") else ()
        for address in shown:
            name = address.removeprefix(_FILE)
            if name == address or name not in there:
                yield name


def _is_file(file: Tree) -> bool:
    try:
        return bool(base64.b64decode(file.text(), validate=True))
    except ValueError:
        return False


def _html(holder: Tree) -> Tree:
    return parse_html(_value(holder, "text"))


def _text(holder: Tree) -> str:
    return plain(_html(holder))


def _value(holder: Tree, tag: str) -> str:
    return holder.first(tag).text()


_KINDS: Mapping[str, Callable[[Tree], Facts]] = {
    "choice": _options,
    "multiple": _options,
    "numeric": _numeric,
    "short": _short,
    "cloze": _cloze,
    "match": _pairs,
    "order": _steps,
    "explain": _concepts,
}
