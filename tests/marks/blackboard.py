"""How Blackboard reads a file of questions, as its help gives the format, and marks the answers.

A part of an answer gets no mark: that is what it does unless an instructor says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from html import unescape

from tests.marks import texts
from tests.marks.moodle import Mark
from tests.marks.plan import Given, Row

_FIELDS = {"MC": 2, "MA": 2, "MAT": 2, "ORD": 1, "FIB": 1}


@dataclass
class Question:
    """A line of the file: its kind, what is asked as HTML, and the fields behind it."""

    kind: str
    text: str
    fields: list[str]


def read(data: bytes) -> list[Question]:
    """Return the questions of a file. Raises ValueError for what Blackboard would refuse."""
    found = []
    for line in data.decode().removesuffix("\n").split("\n"):
        kind, text, *fields = line.split("\t")
        one = Question(kind, text, fields)
        _check(one)
        found.append(one)
    return found


def _check(one: Question) -> None:
    if one.kind not in {*_FIELDS, "NUM", "ESS", "FIB_PLUS", "TF"} or not one.text:
        raise ValueError(f"no kind of question: {one.kind!r}")
    if len(one.fields) % _FIELDS.get(one.kind, 1) or "\r" in "".join(one.fields):
        raise ValueError(f"a wrong number of fields: {one}")
    if one.kind in {"MC", "MA"}:
        right = one.fields[1::2].count("correct")
        if set(one.fields[1::2]) > {"correct", "incorrect"} or (one.kind == "MC" and right != 1):
            raise ValueError(f"which option is right? {one.fields}")
    if one.kind == "MAT" and len(set(one.fields[1::2])) != len(one.fields) // 2:
        raise ValueError("two left sides share a right one")
    if one.kind == "FIB_PLUS":
        asked, named = re.findall(r"\[(.*?)\]", one.text), [gap[0] for gap in _gaps(one.fields)]
        if asked != named:
            raise ValueError(f"gaps in the text {asked}, in the fields {named}")


def load(data: bytes, rows: Mapping[str, Row]) -> dict[str, Mark]:
    """Return for each question the share that an answer gets; lines stand in course order.

    Raises ValueError where a line asks another question than the row it is to be.
    """
    kept = [
        (key, row)
        for key, row in rows.items()
        if not row["targets"].get("blackboard", "left out").startswith("left out")
    ]
    auto = [one for one in read(data) if one.kind != "ESS"]
    found = {}
    for one, (key, row) in zip(auto, kept, strict=True):
        if not _asks(one, row):
            raise ValueError(f"{key} is not what is asked: {one.text[:80]}")
        found[key] = _mark(one, row)
    return found


def _asks(one: Question, row: Row) -> bool:
    title = re.match(r"<p><strong>(.*?)</strong></p>", one.text)
    return bool(title) and texts.places([row["content"]["title"]], [plain(title[1])]) == [0]


def plain(field: str) -> str:
    return texts.plain(field)


def _mark(one: Question, row: Row) -> Mark:
    match one.kind:
        case "MC" | "MA":
            right = {n for n, said in enumerate(one.fields[1::2]) if said == "correct"}
            return lambda given: float(set(given) == right)
        case "NUM":
            answer, tolerance = map(Decimal, one.fields)
            return partial(_near, answer, tolerance)
        case "FIB":
            return lambda given: float(_alike(given) in map(_alike, one.fields))
        case "FIB_PLUS":
            keys = [answers for _, answers in _gaps(one.fields)]
            return partial(_filled, keys)
        case "ORD":
            order = texts.places(row["content"]["steps"], [plain(field) for field in one.fields])
            return lambda given: float([order[int(step or 0)] for step in given] == sorted(order))
        case _:
            return _matching(one, row)


def _matching(one: Question, row: Row) -> Mark:
    pairs = row["content"]["pairs"]
    shown = [plain(field) for field in one.fields]
    lefts = texts.places([pair["left"] for pair in pairs], shown[::2])
    rights = texts.places([pair["right"] for pair in pairs], shown[1::2])
    return lambda given: float(
        all(
            one is not None and rights[int(one)] == left
            for one, left in zip(given, lefts, strict=True)
        )
    )


def _gaps(fields: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return name and accepted texts of each gap: an empty field stands between two."""
    groups: list[list[str]] = [[]]
    for field in fields:
        groups += [[]] if field == "" else []
        groups[-1] += [field] if field else []
    return [(name, answers) for name, *answers in groups]


def _near(answer: Decimal, tolerance: Decimal, given: Given) -> float:
    try:
        return float(abs(Decimal(str(given)) - answer) <= tolerance)
    except InvalidOperation:
        return 0.0


def _filled(keys: Sequence[Sequence[str]], given: Given) -> float:
    fits = [
        _alike(text) in map(_alike, accepted) for accepted, text in zip(keys, given, strict=True)
    ]
    return float(all(fits))


def _alike(text: object) -> str:
    return " ".join(unescape(str(text)).split()).casefold()
