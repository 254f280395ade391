"""Moodle XML: one question bank, a category per lesson, and one per item with variants."""

from __future__ import annotations

from lrcards.model import Checked, CheckedItem, CheckedLesson, Explain
from lrcards.write.moodle import rules
from lrcards.write.moodle.losses import coverage, left_out
from lrcards.write.moodle.questions import add_question
from lrcards.write.moodle.texts import Texts
from lrcards.write.output import File, Output, families
from lrcards.write.theme import Theme
from lrcards.write.xml import child, root, xml_bytes

_DRAW = "One question with other numbers: let a quiz draw one of them at random."


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
        self.texts = Texts(checked.course.media)
        self.coverage: dict[str, str] = {}

    def data(self) -> bytes:
        return self.texts.cdata.fill(xml_bytes(self.quiz))

    def lesson(self, lesson: CheckedLesson) -> None:
        verdicts = {one.key: left_out(one) for one in lesson.items}
        self.coverage |= {one.key: verdicts[one.key] or coverage(one) for one in lesson.items}
        graded = [one for one in lesson.items if verdicts[one.key] is None]
        written = [one for one in graded if isinstance(one.item, Explain)]
        auto = [one for one in graded if not isinstance(one.item, Explain)]
        # One essay leaves a whole attempt ungraded, so they stand apart.
        for items, suffix in ((auto, ""), (written, ": written")):
            self.questions(lesson, suffix, items)

    def questions(self, lesson: CheckedLesson, suffix: str, items: list[CheckedItem]) -> None:
        path = self.path(lesson, suffix)
        alone = [one for one in items if one.variant is None]
        if alone:
            self.category(path, lesson.lesson.description)
        for one in alone:
            self.question(one)
        # A quiz draws from a category, so the variants of an item stand in one of their own.
        for family in families(one for one in items if one.variant):
            self.category(f"{path}/{family[0].item.id}", _DRAW)
            for one in family:
                self.question(one)

    def path(self, lesson: CheckedLesson, suffix: str) -> str:
        """Return the path of a lesson's category; the uppermost carries the course's version.

        Moodle makes copies of what it has already, so that two versions must not be mixed up.
        """
        about = self.course.about
        deck = lesson.lesson.deck
        below = deck[1:] if deck[:1] == (about.title,) else deck
        return rules.path((f"{about.title} {about.version}".strip(), *below), suffix)

    def category(self, path: str, description: str) -> None:
        element = child(self.quiz, "question", type="category")
        child(child(element, "category"), "text", path)
        info = child(element, "info", format="html")
        child(info, "text", self.texts.cdata.mark(rules.info(description)))

    def question(self, one: CheckedItem) -> None:
        add_question(self.quiz, one, self.texts, self.course.moodle)
