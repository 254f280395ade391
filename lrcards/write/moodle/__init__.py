"""Moodle XML: one question bank, a category per lesson, and one per item with variants."""

from __future__ import annotations

from lrcards.model import Checked
from lrcards.write.moodle import rules
from lrcards.write.moodle.losses import coverage, left_out
from lrcards.write.moodle.questions import add_question
from lrcards.write.moodle.shelves import Shelf, shelves
from lrcards.write.moodle.texts import Texts
from lrcards.write.output import File, Output
from lrcards.write.theme import Theme
from lrcards.write.xml import Element, child, root, xml_bytes


def moodle(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one Moodle XML file."""
    del theme  # questions have no template
    items = [one for lesson in checked.lessons for one in lesson.items]
    verdicts = {one.key: left_out(one) for one in items}
    quiz, texts = root("quiz"), Texts(checked.course.media)
    for shelf in shelves(checked, lambda one: verdicts[one.key] is None):
        _category(quiz, shelf, texts)
        for one in shelf.items:
            add_question(quiz, one, texts, checked.course.moodle)
    file = File(f"moodle/{checked.course.about.uid}.xml", texts.cdata.fill(xml_bytes(quiz)))
    return Output((file,), {one.key: verdicts[one.key] or coverage(one) for one in items})


def _category(quiz: Element, shelf: Shelf, texts: Texts) -> None:
    element = child(quiz, "question", type="category")
    child(child(element, "category"), "text", shelf.path)
    info = child(element, "info", format="html")
    child(info, "text", texts.cdata.mark(rules.info(shelf.about)))
