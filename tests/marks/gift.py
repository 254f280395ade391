r"""How Moodle reads GIFT, by the order in which its documentation and its reader go about it.

Escaped signs are kept apart, then a block is cut at those that are left. What comes out is marked
as a question of Moodle's XML is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from tests.marks import moodle
from tests.marks.moodle import Mark
from tests.marks.plan import Given, Row

_APART = 0xF000
_WEIGHT = re.compile(r"%(-?\d{1,3}\.?\d*)%")
_FORMAT = re.compile(r"\[(html|plain|moodle|markdown)\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]<>`])+)\]")
_TRUTHS = {"T", "TRUE", "F", "FALSE"}


@dataclass
class Answer:
    """One answer: percent, text (of a pair: left and right), tolerance, feedback."""

    share: str
    text: str
    feedback: str = ""
    tolerance: str = ""
    right: str = ""


@dataclass
class Question:
    """A question as Moodle would store it."""

    category: str
    key: str
    tags: list[str]
    name: str
    kind: str
    text: str
    general: str
    single: bool = False
    answers: list[Answer] = field(default_factory=list)


def load(data: bytes, rows: Mapping[str, Row]) -> dict[str, Mark]:
    """Return for each question, by its id, the share that an answer gets."""
    questions = {one.key: one for one in read(data)}
    quiz = etree.Element("quiz")
    for one in questions.values():
        quiz.append(_element(one))
    marks = moodle.load(etree.tostring(quiz), rows)
    # A question with one gap is one that is typed.
    return {
        key: partial(_first, mark) if rows[key]["kind"] == "cloze" else mark
        for key, mark in marks.items()
    }


def _first(mark: Mark, given: Given) -> float:
    (text,) = given
    assert isinstance(text, str)
    return mark(text)


def read(data: bytes) -> Iterator[Question]:
    """Yield the questions of a file. Raises ValueError for what Moodle would refuse."""
    category = ""
    for block in re.split(r"\n[ \t]*\n", data.decode()):
        lines = block.split("\n")
        said = [line for line in lines if line.strip().startswith("//")]
        text = "\n".join(line for line in lines if line not in said).strip()
        text = re.sub(r"\\([\\~=#{}:n])", lambda match: chr(_APART + ord(match[1])), text)
        if text.startswith("$CATEGORY:"):
            category = (
                text.removeprefix("$CATEGORY:").replace(chr(_APART + ord("\\")), "\\").strip()
            )
            if any(ord(letter) in range(_APART, _APART + 128) for letter in category):
                raise ValueError(f"signs of a category are not escaped: {category!r}")
        elif text:
            yield _question(category, " ".join(said), text)


def _question(category: str, said: str, text: str) -> Question:
    if not text.startswith("::"):
        raise ValueError(f"it has no name: {text[:60]!r}")
    name, text = text[2:].split("::", 1)
    start, end = text.find("{"), text.find("}")
    if start < 0 or end < start:
        raise ValueError(f"its braces do not match: {text[:60]!r}")
    blank = "" if text.endswith("}") else "_____"
    asked, inside = text[:start] + blank + text[end + 1 :], text[start + 1 : end].strip()
    if re.search(r"[{}]", asked):
        raise ValueError(f"there are two places for answers: {asked[:60]!r}")
    inside, _, general = inside.rpartition("####") if "####" in inside else (inside, "", "")
    found = re.search(r"\[id:([^\]]+)\]", said)
    question = Question(
        category, found[1] if found else "", _TAG.findall(said), _text(name), "", _text(asked),
        _text(general),
    )  # fmt: skip
    _answers(question, inside.strip())
    return question


def _answers(question: Question, inside: str) -> None:
    """Tell the kind as Moodle does, by what stands in the braces, and read the answers."""
    if not inside:
        question.kind = "essay"
    elif inside.startswith("#"):
        question.kind = "numerical"
        question.answers = [_number(bit) for bit in _bits(inside[1:], "=")]
    elif "~" in inside:
        question.kind, question.single = "multichoice", "=" in inside
        question.answers = [_option(bit) for bit in _bits(inside.replace("=", "~="), "~")]
    elif "=" in inside and "->" in inside:
        question.kind = "matching"
        question.answers = [_pair(bit) for bit in _bits(inside, "=")]
    elif inside.partition("#")[0].strip() in _TRUTHS:
        question.kind = "truefalse"
    else:
        question.kind = "shortanswer"
        question.answers = [_option(bit, "100") for bit in _bits(inside, "=")]
    fewest = {"multichoice": 2, "matching": 3, "numerical": 1, "shortanswer": 1}
    if len(question.answers) < fewest.get(question.kind, 0):
        raise ValueError(f"too few answers: {question.name}")


def _bits(text: str, sign: str) -> list[str]:
    first, *others = (bit.strip() for bit in text.split(sign))
    return [first, *others] if first else others


def _option(bit: str, share: str = "0") -> Answer:
    weight = _WEIGHT.match(bit)
    if bit.startswith("="):
        share, bit = "100", bit[1:]
    elif weight:
        share, bit = weight[1], bit[weight.end() :]
    text, _, feedback = bit.partition("#")
    return Answer(share, _text(text), _text(feedback))


def _number(bit: str) -> Answer:
    one = _option(bit, "100")
    if ".." in one.text:
        raise ValueError(f"the middle of a range is a binary number: {one.text}")
    one.text, _, one.tolerance = (part.strip() for part in one.text.partition(":"))
    return one


def _pair(bit: str) -> Answer:
    left, arrow, right = bit.partition("->")
    if not arrow:
        raise ValueError(f"no pair: {bit!r}")
    return Answer("100", _text(left), right=_text(right, formatted=False))


def _text(text: str, formatted: bool = True) -> str:
    """Take the name of the format away, and put the signs back that were kept apart."""
    bare = _FORMAT.sub("", text.strip(), count=1) if formatted and text.strip()[:1] == "[" else text
    back = {chr(_APART + ord(sign)): sign for sign in "\\~=#{}:"} | {chr(_APART + ord("n")): "\n"}
    return "".join(back.get(letter, letter) for letter in bare).strip()


def _element(one: Question) -> etree._Element:
    question = etree.Element("question", type=one.kind)
    etree.SubElement(question, "idnumber").text = one.key
    etree.SubElement(question, "single").text = "true" if one.single else "false"
    asked = etree.SubElement(question, "questiontext")
    etree.SubElement(asked, "text").text = one.text
    for row in one.answers:
        answer = etree.SubElement(question, "subquestion" if row.right else "answer")
        etree.SubElement(answer, "text").text = row.text
        if row.right:
            etree.SubElement(etree.SubElement(answer, "answer"), "text").text = row.right
        else:
            answer.set("fraction", row.share)
            etree.SubElement(answer, "tolerance").text = row.tolerance
    return question
