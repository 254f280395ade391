"""Moodle XML, read as Moodle's importer and its questions do."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, localcontext
from html import unescape

from lrcards.verify import expect
from lrcards.verify.expect import numbered, said, without
from lrcards.verify.facts import EXACT, Fact, Facts, Found, number, text
from lrcards.verify.report import Row, take
from lrcards.verify.settings import settings
from lrcards.verify.texts import html_text, pictures, plain
from lrcards.verify.tree import Tree, parse_html, parse_xml

_FILE = "@@PLUGINFILE@@/"
_GAP = re.compile(r"(?<!\\)\{(\d{0,9}):([A-Z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
_UNEVEN = re.compile(r"no grade for one of \d+ (right|wrong) options")
_COUNTED = re.compile(r"its default mark is (\d+)")
_TWENTY, _TENTH = 20, Decimal("0.1")
_KEPT = 14  # digits of a number
_NUMBER_GAPS = frozenset(("NUMERICAL", "NM"))
_TEXT_GAPS = frozenset(("SHORTANSWER", "SA", "MW"))  # in whatever case
_TYPES = {
    "numerical": "numeric", "shortanswer": "short", "essay": "explain", "cloze": "cloze",
    "multianswer": "cloze", "matching": "match", "ordering": "order",
}  # fmt: skip


def wanted(row: Row) -> Facts:
    lost = row.targets.get("moodle", "")
    if "no feedback to longer wrong answers" in lost:
        kept = [one for one in row.rows("wrong") if _digits(take(one, "shown", str)) <= _KEPT]
        row = replace(row, content={**row.content, "wrong": kept})
    facts = expect.wanted(row) | expect.explained(row)
    for side in _UNEVEN.findall(lost):
        facts |= _uneven(facts, side)
    counted = _COUNTED.search(lost)
    if counted:
        facts["points"] = number(counted[1])
    return without(facts, "solution", r"(left|step) \d+ mark")


def _digits(shown: str) -> int:
    value = number(shown).said
    return len(value.normalize().as_tuple().digits) if isinstance(value, Decimal) else 0


def _uneven(facts: Facts, side: str) -> Facts:
    """Return the marks where Moodle's list of grades has no equal ones: tenths and twentieths."""
    names = [name.removesuffix(" key") for name, fact in facts.items()
             if name.endswith(" key") and fact.said == side]  # fmt: skip
    tenths = max(0, _TWENTY - len(names))
    sign = 1 if side == "right" else -1
    return {f"{name} mark": Fact(sign * (_TENTH if n < tenths else _TENTH / 2), "near")
            for n, name in enumerate(names)}  # fmt: skip


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
        "points": number(_value(question, "defaultgrade")),
        "tags": text(expect.tags(labels)),
        **(own(question) if own else {}),
        **settings(question),
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
    with localcontext(EXACT):
        return {f"{name}low": Fact(centre - half), f"{name}high": Fact(centre + half)}


def _short(question: Tree) -> Facts:
    found: Facts = {}
    for n, answer in enumerate(question.below("answer"), 1):
        found |= said(f"accepted {n}", _starred(_value(answer, "text")))
        found[f"accepted {n} mark"] = _mark(answer)
    return found


def _starred(written: str) -> str:
    """A star that is not escaped takes any text."""
    return re.sub(r"(?<!\\)\*", "(anything)", written).replace(r"\*", "*")


def _cloze(question: Tree) -> Facts:
    """Gaps are looked for in the HTML; what they count is what the question counts."""
    gaps = [*_GAP.finditer(_value(question.first("questiontext"), "text"))]
    total = sum(int(gap[1] or 1) for gap in gaps)
    found: Facts = {"points": Fact(Decimal(total))}
    for n, gap in enumerate(gaps, 1):
        answer = unescape(gap[3]).removeprefix("=").replace(r"\}", "}").replace(r"\#", "#")
        if gap[2] in _NUMBER_GAPS:
            answer, _, width = answer.partition(":")
            found |= _around(f"gap {n} ", answer, width)
        elif gap[2] not in _TEXT_GAPS:
            found[f"gap {n} type"] = text(gap[2])
        found |= said(f"gap {n}", _starred(answer))
        found[f"gap {n} mark"] = Fact(Decimal(int(gap[1] or 1)) / (total or 1))
    return found


def _pairs(question: Tree) -> Facts:
    asked = _asked(question)
    return {
        **numbered("left", map(_text, asked)),
        **numbered("right", (html_text(_value(one.first("answer"), "text")) for one in asked)),
    }


def _steps(question: Tree) -> Facts:
    if question.get("type") == "ordering":  # which has them in their order
        return numbered("step", map(_text, question.below("answer")))
    rows = [(_value(one.first("answer"), "text"), one) for one in _asked(question)]
    placed = sorted(rows, key=lambda row: [int(n) for n in re.findall(r"\d{1,9}", row[0])])
    return numbered("step", (_text(one) for _, one in placed))


def _asked(question: Tree) -> list[Tree]:
    """Return the rows that ask something; what another one has is an offer more, and wrong."""
    return [one for one in question.below("subquestion") if _text(one)]


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
