"""Moodle XML: one question bank, a category per lesson, and one per item with variants."""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import partial
from html import escape
from typing import assert_never

from lrcards.markup import Dialect, to_html, to_inline
from lrcards.model import (
    Checked,
    CheckedItem,
    CheckedLesson,
    Choice,
    Cloze,
    Explain,
    Match,
    Multiple,
    Numeric,
    Option,
    Order,
    Prose,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.asked import gaps
from lrcards.write.moodle.rules import (
    SHARES,
    category_part,
    concepts,
    gap_text,
    half_width,
    reduced,
    too_much,
    wrong_share,
)
from lrcards.write.output import File, Output, families
from lrcards.write.theme import Theme
from lrcards.write.xml import CData, Element, child, root, xml_bytes

_LONGEST_NAME = 250
_DRAW = "<p>One question with other numbers: let a quiz draw one of them at random.</p>"


def moodle(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one Moodle XML file."""
    del theme  # questions have no template
    bank = _Bank(checked)
    for lesson in checked.lessons:
        bank.lesson(lesson)
    path = f"moodle/{checked.course.about.uid}.xml"
    return Output((File(path, bank.data()),), bank.coverage)


class _Bank:
    def __init__(self, checked: Checked) -> None:
        self.course = checked.course
        self.quiz = root("quiz")
        self.cdata = CData()
        self.coverage: dict[str, str] = {}

    def data(self) -> bytes:
        return self.cdata.fill(xml_bytes(self.quiz))

    def lesson(self, lesson: CheckedLesson) -> None:
        graded: list[CheckedItem] = []
        for one in lesson.items:
            verdict = lms.left_out(one, "moodle") or too_much(one)
            self.coverage[one.key] = verdict or reduced(one)
            if verdict is None:
                graded.append(one)
        written = [one for one in graded if isinstance(one.item, Explain)]
        auto = [one for one in graded if not isinstance(one.item, Explain)]
        # One essay leaves a whole attempt ungraded, so they stand apart.
        for items, suffix in ((auto, ""), (written, ": written")):
            self.questions(lesson, suffix, items)

    def questions(self, lesson: CheckedLesson, suffix: str, items: list[CheckedItem]) -> None:
        about = f"<p>{escape(lesson.lesson.description)}</p>"
        alone = [one for one in items if one.variant is None]
        if alone:
            self.category(lesson, suffix, about)
        for one in alone:
            self.question(one)
        # A quiz draws from a category, so the variants of an item stand in one of their own.
        for family in families(one for one in items if one.variant):
            self.category(lesson, f"{suffix}/{family[0].item.id}", _DRAW)
            for one in family:
                self.question(one)

    def category(self, lesson: CheckedLesson, suffix: str, description: str) -> None:
        about = self.course.about
        deck = lesson.lesson.deck
        below = deck[1:] if deck[:1] == (about.title,) else deck
        top = f"{about.title} {about.version}".strip()
        parts = [category_part(part) for part in (top, *below)]
        element = child(self.quiz, "question", type="category")
        path = "/".join(("$course$", "top", *parts)) + suffix
        child(child(element, "category"), "text", path)
        info = child(element, "info", format="html")
        child(info, "text", self.cdata.mark(description))

    def question(self, one: CheckedItem) -> None:
        element = child(self.quiz, "question", type=_TYPES[type(one.item)])
        child(child(element, "name"), "text", lms.name(one, _LONGEST_NAME))
        self.html(element, "questiontext", lambda look: _question(one, look))
        self.html(element, "generalfeedback", lambda look: lms.explanation(one, look))
        if not isinstance(one.item, Cloze):
            child(element, "defaultgrade", plain_decimal(one.item.settings.points))
        child(element, "penalty", "0.3333333")
        child(element, "hidden", "0")
        child(element, "idnumber", one.key)
        self.kind(element, one)
        for hint in one.item.parts.hints:
            self.html(element, "hint", partial(to_html, hint, one.filled))
        tags = child(element, "tags")
        for label in lms.labels(one):
            child(child(tags, "tag"), "text", label)

    def kind(self, element: Element, one: CheckedItem) -> None:
        match one.item:
            case Choice() | Multiple() as item:
                self.options(element, one, item)
            case Numeric():
                self.numeric(element, one)
            case Short(accepted=accepted):
                child(element, "usecase", "0")
                for text in accepted:
                    self.answer(element, "100", text.replace("*", r"\*"))
            case Explain() as item:
                self.essay(element, one, item)
            case Cloze() | Recall() | Order() | Match():
                pass
            case _:
                assert_never(one.item)

    def options(self, element: Element, one: CheckedItem, item: Choice | Multiple) -> None:
        child(element, "single", "true" if isinstance(item, Choice) else "false")
        child(element, "shuffleanswers", "true" if item.settings.shuffle else "false")
        child(element, "answernumbering", "none")
        right = sum(option.right for option in item.options)
        wrong = len(item.options) - right
        for option in item.options:
            share = SHARES[right] if option.right else wrong_share(item, wrong)
            self.option(element, one, option, share)

    def option(self, element: Element, one: CheckedItem, option: Option, share: str) -> None:
        answer = child(element, "answer", fraction=share, format="html")
        self.fill(answer, lambda look: to_inline(option.text, one.filled, look))
        self.feedback(answer, one, option.feedback)

    def numeric(self, element: Element, one: CheckedItem) -> None:
        if one.answer is None:
            return
        key = self.answer(element, "100", one.answer.shown)
        child(key, "tolerance", half_width(one.answer))
        for wrong in one.wrong:
            answer = self.answer(element, "0", wrong.shown)
            child(answer, "tolerance", half_width(wrong))
            self.feedback(answer, one, wrong.feedback)
        # No units: 3 hides the unit field.
        for tag, text in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "3")):
            child(element, tag, text)
        child(element, "unitsleft", "0")

    def essay(self, element: Element, one: CheckedItem, item: Explain) -> None:
        for tag, text in (
            ("responseformat", "editor"),
            ("responserequired", "1"),
            ("responsefieldlines", "10"),
            ("attachments", "0"),
            ("attachmentsrequired", "0"),
        ):
            child(element, tag, text)
        self.html(element, "graderinfo", lambda look: concepts(one, item, look))
        self.html(element, "responsetemplate", lambda _: "")

    def answer(self, element: Element, share: str, text: str) -> Element:
        answer = child(element, "answer", fraction=share, format="moodle_auto_format")
        child(answer, "text", text)
        return answer

    def feedback(self, answer: Element, one: CheckedItem, prose: Prose | None) -> None:
        if prose is not None:
            self.html(answer, "feedback", lambda look: to_html(prose, one.filled, look))

    def html(self, parent: Element, tag: str, render: lms.Render) -> None:
        self.fill(child(parent, tag, format="html"), render)

    def fill(self, element: Element, render: lms.Render) -> None:
        """Put HTML into `text`, and beside it the files that this text alone can serve."""
        files = lms.Files(self.course.media, lambda name: f"@@PLUGINFILE@@/{name}")
        child(element, "text", self.cdata.mark(render(lms.dialect(files))))
        for name, data in files.used.items():
            content = base64.b64encode(data).decode()
            child(element, "file", content, name=name, path="/", encoding="base64")


_TYPES = {
    Choice: "multichoice",
    Multiple: "multichoice",
    Numeric: "numerical",
    Short: "shortanswer",
    Explain: "essay",
    Cloze: "cloze",
}


def _question(one: CheckedItem, look: Dialect) -> str:
    if not isinstance(one.item, Cloze):
        return lms.question(one, look)
    texts = dict(gaps(one))

    def gap(number: int, _: str) -> str:
        answer = one.deletions.get(number)
        if answer:
            return f"{{1:NUMERICAL:={answer.shown}:{half_width(answer)}}}"
        return f"{{1:SHORTANSWER:={gap_text(texts[number])}}}"

    return lms.question(one, replace(look, deletion=gap))
