"""How Moodle marks: its rules for each question type, on a bank as it was written.

The rules are those of its question engine as measured (version 4.5) and as its documentation
of each question type gives them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any, TypeAlias

from lxml import etree

from tests.marks import texts
from tests.marks.plan import Given, Row

Mark: TypeAlias = Callable[[Given], float]
_SLACK = 1e-14
_FRACTIONS = [100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667]
_FRACTIONS += [14.28571, 12.5, 11.11111, 10, 5, 0]
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)((e|[x*\u00d7]10(\^|\*\*))[+-]?\d+)?", re.IGNORECASE)
_EXPONENT = re.compile(r"[x*\u00d7]10(\^|\*\*)")
# A gap: weight, type, alternatives; an alternative ends before an unescaped ~, # or }. A sign
# behind `&` is a part of an entity.
_END = r"(?<!\\)(?<!&)(?<!&amp;)(?=[~#}]|$)"
_ALTERNATIVE = r"(=|%-?\d+(?:[.,]\d*)?%)?(.+?)" + _END + r"(?:#(?:.*?)(?<!\\)(?=[~}]|$))?"
_TYPES = r"NUMERICAL|NM|SHORTANSWER_C|SHORTANSWER|SAC|SA|MWC|MW"
_GAP = re.compile(
    r"\{(\d*):(" + _TYPES + r"):(" + _ALTERNATIVE + r"(?:~" + _ALTERNATIVE + r")*)\}", re.DOTALL
)
_WITH_TOLERANCE = re.compile(r"(-?[\d.,]+(?:[eE][-+]?\d+)?)(?::(-?[\d.,]+(?:[eE][-+]?\d+)?))?")


def load(data: bytes, rows: Mapping[str, Row]) -> dict[str, Mark]:
    """Return for each question of a bank, by its idnumber, the share that an answer gets.

    `rows` tells which text is which, never what is right. Raises ValueError for what Moodle
    would not import.
    """
    found: dict[str, Mark] = {}
    for question in etree.fromstring(data).findall("question"):
        key, kind = question.findtext("idnumber") or "", question.get("type") or ""
        if key in rows and kind in _MARKS:
            found[key] = _MARKS[kind](question, rows[key])
    return found


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that Moodle looks for; it keeps fourteen significant digits of it."""

    centre: float
    tolerance: float
    fraction: float

    def met(self, value: float) -> bool:
        slack = _SLACK * max(abs(self.tolerance), abs(self.centre), _SLACK)
        width = self.tolerance + slack
        return self.centre - width <= value <= self.centre + width


def kept(text: str) -> float:
    """Return a number as Moodle keeps it. Raises ValueError for what it would read as another."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"no number that Moodle reads as it stands: {text!r}")
    return float(f"{float(text):.14g}")


def typed(text: str) -> float | None:
    """Return what Moodle makes of a typed number; None where it says that it is none."""
    bare = text.replace(" ", "")
    return float(_EXPONENT.sub("e", bare)) if _NUMBER.fullmatch(bare) else None


def fraction(text: str) -> float:
    """Return a grade. Raises ValueError for one that is not on Moodle's list."""
    if abs(float(text)) not in _FRACTIONS:
        raise ValueError(f"Moodle has no grade of {text} %")
    return float(text) / 100


def _numerical(question: Any, _: Row) -> Mark:
    numbers = [
        _Number(
            kept(one.findtext("text")),
            kept(one.findtext("tolerance") or "0"),
            fraction(one.get("fraction")),
        )
        for one in question.findall("answer")
    ]
    return partial(_first_number, numbers)


def _first_number(numbers: Sequence[_Number], given: Given) -> float:
    assert isinstance(given, str)
    value = typed(given)
    met = [one.fraction for one in numbers if value is not None and one.met(value)]
    return met[0] if met else 0.0


def _shortanswer(question: Any, _: Row) -> Mark:
    answers = [
        (one.findtext("text"), fraction(one.get("fraction"))) for one in question.findall("answer")
    ]
    return partial(_first_text, answers, question.findtext("usecase") == "1")


def _first_text(answers: Sequence[tuple[str, float]], cased: bool, given: Given) -> float:
    assert isinstance(given, str)
    met = [share for pattern, share in answers if given.strip() and fits(pattern, given, cased)]
    return met[0] if met else 0.0


def fits(pattern: str, text: str, cased: bool) -> bool:
    r"""Tell whether a typed text is what an answer says: `*` is any text, `\*` a star."""
    bits = re.split(r"(?<!\\)\*+", pattern)
    expression = ".*".join(re.escape(bit.replace(r"\*", "*")) for bit in bits)
    return re.fullmatch(expression, text.strip(), 0 if cased else re.IGNORECASE) is not None


def _multichoice(question: Any, _: Row) -> Mark:
    shares = [fraction(one.get("fraction")) for one in question.findall("answer")]
    single = question.findtext("single") == "true"
    if single and shares.count(1.0) != 1:
        raise ValueError("a question with one answer needs one of 100 %")
    return partial(_picked, shares, single)


def _picked(shares: Sequence[float], single: bool, given: Given) -> float:
    picked = [shares[one] for one in given if isinstance(one, int)]
    if single:
        return picked[0] if picked else 0.0
    return min(1.0, max(0.0, sum(picked)))


def _cloze(question: Any, _: Row) -> Mark:
    parts: list[tuple[float, Mark]] = []
    for gap in _GAP.finditer(question.findtext("questiontext/text")):
        weight, kind, alternatives = float(gap[1] or 1), gap[2], gap[3]
        parts.append((weight, _gap(kind, alternatives)))
    return partial(_weighted, parts)


def _gap(kind: str, alternatives: str) -> Mark:
    found = [(_share(one[1]), one[2]) for one in re.finditer(_ALTERNATIVE, alternatives, re.DOTALL)]
    if kind not in {"NUMERICAL", "NM"}:
        cased = kind in {"SHORTANSWER_C", "SAC", "MWC"}
        return partial(_first_text, [(_unquoted(text), share) for share, text in found], cased)
    numbers = []
    for share, text in found:
        number = _WITH_TOLERANCE.fullmatch(text.removeprefix("~"))
        if not number:
            raise ValueError(f"no number in a numerical gap: {text!r}")
        numbers.append(_Number(kept(number[1]), kept(number[2] or "0"), share))
    return partial(_first_number, numbers)


def _share(mark: str | None) -> float:
    if mark is None:
        return 0.0
    return 1.0 if mark == "=" else float(mark.strip("%")) / 100


def _unquoted(text: str) -> str:
    r"""Undo what Moodle undoes in a gap: entities, `\}` and `\#`, and nothing else."""
    return unescape(text).replace(r"\}", "}").replace(r"\#", "#")


def _weighted(parts: Sequence[tuple[float, Mark]], given: Given) -> float:
    if len(parts) != len(given):
        raise ValueError(f"Moodle finds {len(parts)} gaps, there are {len(given)}")
    marks = [weight * mark(str(text)) for (weight, mark), text in zip(parts, given, strict=True)]
    return sum(marks) / sum(weight for weight, _ in parts)


def _matching(question: Any, row: Row) -> Mark:
    pairs = [
        (texts.plain(one.findtext("text")), one.findtext("answer/text"))
        for one in question.findall("subquestion")
    ]
    lefts = [(left, right) for left, right in pairs if left]
    choices = list(dict.fromkeys(right for _, right in pairs))
    if row["kind"] == "order":
        steps = texts.places(row["content"]["steps"], [left for left, _ in lefts])
        own = [lefts[place][1] for place in steps]
        return lambda given: _positions(own, given)
    asked = row["content"]["pairs"]
    order = texts.places([pair["left"] for pair in asked], [left for left, _ in lefts])
    offers = list(dict.fromkeys(pair["right"] for pair in asked))
    shown = [choices[place] for place in texts.places(offers, choices)]
    own = [lefts[place][1] for place in order]
    return lambda given: _share_of(own, [None if one is None else shown[int(one)] for one in given])


def _positions(own: Sequence[str], given: Given) -> float:
    """Mark an order given as the position that each step gets."""
    chosen = {step: str(position) for position, step in enumerate(given, 1)}
    return _share_of(own, [chosen[step] for step in range(len(own))])


def _share_of(own: Sequence[str], chosen: Sequence[str | None]) -> float:
    return sum(one == other for one, other in zip(own, chosen, strict=True)) / len(own)


def _ordering(question: Any, row: Row) -> Mark:
    """Mark each item by its absolute position: the answers stand in their right order."""
    kind = question.findtext("gradingtype")
    if kind != "ABSOLUTE_POSITION":
        raise ValueError(f"graded otherwise than by position: {kind}")
    shown = [texts.plain(one.findtext("text")) for one in question.findall("answer")]
    order = texts.places(row["content"]["steps"], shown)
    return lambda given: (
        sum(order[int(step or 0)] == place for place, step in enumerate(given)) / len(order)
    )


_MARKS: dict[str, Callable[[Any, Row], Mark]] = {
    "numerical": _numerical,
    "shortanswer": _shortanswer,
    "multichoice": _multichoice,
    "cloze": _cloze,
    "multianswer": _cloze,
    "matching": _matching,
    "ordering": _ordering,
}
