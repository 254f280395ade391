"""How Canvas marks a QTI 1.2 package: the conditions as they stand, by the type that it reads.

Canvas keeps four decimals of a typed number, compares texts without regard to case and outer
spaces, and marks the blanks and the lefts of a question each for itself.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeAlias

from lxml import etree

from tests.marks import texts
from tests.marks.plan import Given, Row

Mark: TypeAlias = Callable[[Given], float]
Answers: TypeAlias = Mapping[str, Sequence[str]]  # response identifier -> what was given
_NAMESPACE = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_PLACES = Decimal("0.0001")
_FLOAT_DIGITS = 15
# Blanks and lefts are read as one answer each, so that no condition ends the others.
_PARTS = {"fill_in_multiple_blanks_question", "matching_question"}


def load(data: bytes, rows: Mapping[str, Row]) -> dict[str, Mark]:
    """Return for each item of a package, by its identifier, the share that an answer gets."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    found: dict[str, Mark] = {}
    for name in archive.namelist():
        if not name.endswith(".xml") or name == "imsmanifest.xml":
            continue
        for item in _bare(archive.read(name)).iter("item"):
            key = str(item.get("ident"))
            if key in rows:
                found[key] = Item(item, rows[key]).mark
    return found


def _bare(data: bytes) -> Any:
    """Parse a file and take the namespace off its names."""
    tree = etree.fromstring(data)
    for element in tree.iter(f"{_NAMESPACE}*"):
        element.tag = etree.QName(element).localname
    return tree


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a package, and which text is which."""

    item: Any
    row: Row

    @property
    def kind(self) -> str:
        for field in self.item.iter("qtimetadatafield"):
            if field.findtext("fieldlabel") == "question_type":
                return str(field.findtext("fieldentry"))
        raise ValueError("an item without its question_type")

    def mark(self, given: Given) -> float:
        """Return the share of the points that an answer gets, from 0 to 1."""
        answers = dict(_GIVEN[self.kind](self.item, self.row, given))
        score = Decimal(0)
        for condition in self.item.iterfind("resprocessing/respcondition"):
            if not self.meets(condition.find("conditionvar"), answers):
                continue
            for change in condition.iterfind("setvar"):
                score = _changed(score, change)
            if condition.get("continue", "No") == "No" and self.kind not in _PARTS:
                break
        return float(min(Decimal(100), max(Decimal(0), score)) / 100)

    def meets(self, tests: Any, answers: Answers) -> bool:
        """Tell whether a condition holds; Canvas takes each text of a short answer as accepted."""
        found = [_holds(one, answers, self.kind) for one in tests]
        return any(found) if self.kind == "short_answer_question" else all(found)


def _changed(score: Decimal, change: Any) -> Decimal:
    amount, action = Decimal(change.text), change.get("action", "Set")
    match action:
        case "Set":
            return amount
        case "Add":
            return score + amount
        case "Subtract":
            return score - amount
    raise ValueError(f"an action that Canvas does not know: {action}")


def _holds(test: Any, answers: Answers, kind: str) -> bool:
    match test.tag:
        case "and" | "conditionvar":
            return all(_holds(one, answers, kind) for one in test)
        case "or":
            return any(_holds(one, answers, kind) for one in test)
        case "not":
            return not any(_holds(one, answers, kind) for one in test)
        case "other":
            return True
        case "unanswered":
            return not answers.get(test.get("respident"))
    return any(_compared(test, one, kind) for one in answers.get(test.get("respident"), ()))


def _compared(test: Any, given: str, kind: str) -> bool:
    if kind == "numerical_question":
        return _numbers(test, given)
    if test.tag != "varequal":
        raise ValueError(f"a text cannot be compared by {test.tag}")
    if kind == "short_answer_question":
        return bool(given.strip()) and _alike(given) == _alike(test.text)
    return bool(given == test.text)


def _numbers(test: Any, given: str) -> bool:
    value, bound = rounded(given), Decimal(test.text)
    if value is None:
        return False
    compare: dict[str, bool] = {
        "varequal": value == bound,
        "vargte": value >= bound,
        "varlte": value <= bound,
        "vargt": value > bound,
        "varlt": value < bound,
    }
    return compare[test.tag]


def rounded(text: str) -> Decimal | None:
    """Return what Canvas makes of a typed number: what reads as one, to four decimals."""
    found = _NUMBER.match(text)
    if not found:
        return None
    value = float(found[0])
    if math.isinf(value):
        return None
    exact = Decimal(value)
    if exact.adjusted() > _FLOAT_DIGITS:
        return exact
    return exact.quantize(_PLACES, ROUND_HALF_UP)


def _alike(text: str | None) -> str:
    return (text or "").strip().casefold()


_Given: TypeAlias = Iterator[tuple[str, Sequence[str]]]


def _text(item: Any, _: Row, given: Given) -> _Given:
    assert isinstance(given, str)
    yield item.find(".//response_str").get("ident"), [given] if given else []


def _options(item: Any, _: Row, given: Given) -> _Given:
    response = item.find(".//response_lid")
    labels = [one.get("ident") for one in response.iter("response_label")]
    yield response.get("ident"), [labels[int(one)] for one in given if one is not None]


def _blanks(item: Any, _: Row, given: Given) -> _Given:
    blanks = item.findall(".//response_lid")
    for response, typed in zip(blanks, given, strict=True):
        yield (
            response.get("ident"),
            [
                label.get("ident")
                for label in response.iter("response_label")
                if str(typed).strip() and _alike(_shown(label)) == _alike(str(typed))
            ],
        )


def _matched(item: Any, row: Row, given: Given) -> _Given:
    responses = item.findall(".//response_lid")
    lefts = [texts.plain(_shown(one.find("material"))) for one in responses]
    if row["kind"] == "order":
        steps = texts.places(row["content"]["steps"], lefts)
        for position, step in enumerate(given, 1):
            yield _chosen(responses[steps[int(step or 0)]], str(position))
        return
    asked = row["content"]["pairs"]
    order = texts.places([pair["left"] for pair in asked], lefts)
    offers = list(dict.fromkeys(pair["right"] for pair in asked))
    for place, right in zip(order, given, strict=True):
        if right is not None:
            yield _chosen(responses[place], offers[int(right)])


def _chosen(response: Any, text: str) -> tuple[str, Sequence[str]]:
    """Choose the offer that reads so."""
    labels = list(response.iter("response_label"))
    offers = [texts.plain(_shown(one)) for one in labels]
    (place,) = texts.places([text], offers)
    return response.get("ident"), [labels[place].get("ident")]


def _shown(element: Any) -> str:
    return str(element.findtext(".//mattext") or "")


_GIVEN: dict[str, Callable[[Any, Row, Given], _Given]] = {
    "numerical_question": _text,
    "short_answer_question": _text,
    "multiple_choice_question": _options,
    "multiple_answers_question": _options,
    "fill_in_multiple_blanks_question": _blanks,
    "matching_question": _matched,
}
