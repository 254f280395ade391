"""One `question` element an item."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import assert_never

from lrcards.markup import Dialect, to_html, to_inline, to_text
from lrcards.model import (
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    Match,
    MoodleOptions,
    Multiple,
    Numeric,
    Order,
    Prose,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.asked import mixed
from lrcards.write.moodle import gaps
from lrcards.write.moodle.grades import fractions
from lrcards.write.moodle.rules import (
    NONE_OF_THEM,
    filling_rows,
    half_width,
    is_kept,
    wildcards,
)
from lrcards.write.moodle.texts import Texts
from lrcards.write.xml import Element, child

_TYPES = {
    Choice: "multichoice",
    Multiple: "multichoice",
    Numeric: "numerical",
    Short: "shortanswer",
    Explain: "essay",
    Cloze: "cloze",
    Match: "matching",
    Order: "matching",
}


def add_question(quiz: Element, one: CheckedItem, texts: Texts, options: MoodleOptions) -> None:
    sorts = isinstance(one.item, Order) and options.has_ordering
    kind = "ordering" if sorts else _TYPES[type(one.item)]
    element = child(quiz, "question", type=kind)
    child(child(element, "name"), "text", lms.name(one))
    texts.html(element, "questiontext", partial(_asked, one, sorts))
    texts.html(element, "generalfeedback", partial(lms.explanation, one))
    if not isinstance(one.item, Cloze):  # whose gaps say what it counts
        child(element, "defaultgrade", plain_decimal(one.item.settings.points))
    child(element, "penalty", "0.3333333")
    child(element, "hidden", "0")
    child(element, "idnumber", one.key)
    draft = _Draft(element, one, texts)
    if sorts:
        draft.ordering()
    else:
        draft.kind()
    for hint in one.item.parts.hints:
        texts.html(element, "hint", partial(to_html, hint, one.filled))
    tags = child(element, "tags")
    for label in lms.labels(one):
        child(child(tags, "tag"), "text", label)


def _asked(one: CheckedItem, sorts: bool, look: Dialect) -> str:
    match one.item:
        case Cloze():
            return gaps.question(one, look)
        case Match() as item:
            return lms.question(one, look) + lms.heads(one, item, look)
        case Order() if not sorts:
            return lms.question(one, look) + lms.PLACES
        case _:
            return lms.question(one, look)


class _Draft:
    """A question under construction: what only some kinds have."""

    def __init__(self, element: Element, one: CheckedItem, texts: Texts) -> None:
        self.element = element
        self.one = one
        self.texts = texts

    def kind(self) -> None:
        match self.one.item:
            case Choice() | Multiple() as item:
                self.options(item)
            case Numeric():
                self.numeric()
            case Short() as item:
                self.short(item)
            case Explain() as item:
                self.essay(item)
            case Match() | Order() as item:
                self.matching(item)
            case Cloze() | Recall():
                pass
            case _:
                assert_never(self.one.item)

    def options(self, item: Choice | Multiple) -> None:
        child(self.element, "single", "true" if isinstance(item, Choice) else "false")
        self.shuffle(item.settings.shuffle)
        child(self.element, "answernumbering", "none")
        shares = fractions(item) if isinstance(item, Multiple) else _whole(item)
        for option, share in zip(item.options, shares, strict=True):
            answer = child(self.element, "answer", fraction=share, format="html")
            self.texts.fill(answer, self.inline(option.text))
            self.feedback(answer, option.feedback)

    def short(self, item: Short) -> None:
        child(self.element, "usecase", "0")
        for text in lms.accepted(item):
            self.answer("100", wildcards(text))

    def numeric(self) -> None:
        """Write the key first: the first answer that fits is taken."""
        if self.one.answer is None:
            return
        key = self.answer("100", self.one.answer.shown)
        child(key, "tolerance", half_width(self.one.answer))
        for wrong in self.one.wrong:
            if is_kept(wrong.shown):
                answer = self.answer("0", wrong.shown)
                child(answer, "tolerance", half_width(wrong))
                self.feedback(answer, wrong.feedback)
        # No units: 3 hides the unit field.
        for tag, text in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "3")):
            child(self.element, tag, text)
        child(self.element, "unitsleft", "0")

    def essay(self, item: Explain) -> None:
        for tag, text in (
            ("responseformat", "editor"),
            ("responserequired", "1"),
            ("responsefieldlines", "10"),
            ("attachments", "0"),
            ("attachmentsrequired", "0"),
        ):
            child(self.element, tag, text)
        self.texts.html(self.element, "graderinfo", partial(lms.concepts, self.one, item))
        self.texts.html(self.element, "responsetemplate", lambda _: "")

    def matching(self, item: Match | Order) -> None:
        """Write what is asked and what goes with it, which Moodle offers as plain text."""
        self.shuffle(item.settings.shuffle or isinstance(item, Order))
        child(self.element, "shownumcorrect")
        rows = self.pairs(item) if isinstance(item, Match) else self.places(item)
        for left, right in rows:
            self.row(self.inline(left), right)
        for _ in range(filling_rows(len(rows))):
            self.row(lambda _: "", NONE_OF_THEM)

    def pairs(self, item: Match) -> list[tuple[Prose, str]]:
        return [(pair.left, to_text(pair.right, self.one.filled)) for pair in item.pairs]

    def places(self, item: Order) -> list[tuple[Prose, str]]:
        order = mixed(self.one.key, len(item.steps))
        return [(item.steps[place], str(place + 1)) for place in order]

    def row(self, left: lms.Render, right: str) -> None:
        row = child(self.element, "subquestion", format="html")
        self.texts.fill(row, left)
        child(child(row, "answer"), "text", escape(right, quote=False))

    def ordering(self) -> None:
        item = self.one.item
        assert isinstance(item, Order)
        for tag, text in (
            ("layouttype", "VERTICAL"),
            ("selecttype", "ALL"),
            ("selectcount", "0"),
            ("gradingtype", "ABSOLUTE_POSITION"),
            ("showgrading", "SHOW"),
            ("numberingstyle", "none"),
        ):
            child(self.element, tag, text)
        child(self.element, "shownumcorrect")
        for place, step in enumerate(item.steps, 1):
            answer = child(self.element, "answer", fraction=str(place), format="html")
            self.texts.fill(answer, self.inline(step))

    def inline(self, prose: Prose) -> lms.Render:
        return partial(to_inline, prose, self.one.filled)

    def shuffle(self, shuffle: bool) -> None:
        child(self.element, "shuffleanswers", "true" if shuffle else "false")

    def answer(self, share: str, text: str) -> Element:
        answer = child(self.element, "answer", fraction=share, format="moodle_auto_format")
        child(answer, "text", text)
        return answer

    def feedback(self, answer: Element, prose: Prose | None) -> None:
        if prose is not None:
            self.texts.html(answer, "feedback", partial(to_html, prose, self.one.filled))


def _whole(item: Choice) -> list[str]:
    return ["100" if option.right else "0" for option in item.options]
