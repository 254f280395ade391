"""One QTI 1.2 item a question: what it is about, what it asks, what is said to every answer."""

from __future__ import annotations

from collections.abc import Iterator

from lrcards.markup import Dialect
from lrcards.model import (
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    Match,
    Multiple,
    Numeric,
    Order,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.qti12.draft import Draft, material
from lrcards.write.qti12.kinds import add_kind
from lrcards.write.xml import Element, child

_TYPES = {
    Choice: "multiple_choice_question",
    Multiple: "multiple_answers_question",
    Numeric: "numerical_question",
    Short: "short_answer_question",
    Explain: "essay_question",
    Cloze: "fill_in_multiple_blanks_question",
    Match: "matching_question",
    Order: "matching_question",
}


def add_item(section: Element, one: CheckedItem, look: Dialect) -> None:
    """Append the item to an assessment's section."""
    item = child(section, "item", ident=one.key, title=lms.name(one))
    metadata = child(child(item, "itemmetadata"), "qtimetadata")
    for label, entry in _about(one):
        pair = child(metadata, "qtimetadatafield")
        child(pair, "fieldlabel", label)
        child(pair, "fieldentry", entry)
    presentation = child(item, "presentation")
    html, blanks = _question(one, look)
    material(presentation, html)
    processing = child(item, "resprocessing")
    score = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    child(child(processing, "outcomes"), "decvar", **score)
    draft = Draft(one, look, presentation, processing)
    explanation = lms.explanation(one, look)
    if explanation:
        condition, test = draft.condition(goes_on=True)
        child(test, "other")
        draft.says(condition, "general_fb", explanation)
    add_kind(draft, blanks)
    for ident, text in draft.feedback:
        material(child(child(item, "itemfeedback", ident=ident), "flow_mat"), text)


def _about(one: CheckedItem) -> Iterator[tuple[str, str]]:
    settings = one.item.settings
    yield "question_type", _TYPES[type(one.item)]
    yield "points_possible", plain_decimal(settings.points)
    if settings.level:
        yield "level", settings.level
    yield from (("tag", tag) for tag in settings.tags)


def _question(one: CheckedItem, look: Dialect) -> tuple[str, str]:
    """Return what is asked, and how the names of its gaps begin."""
    match one.item:
        case Cloze():
            html = lms.with_holes(one, look)
            blanks = "gap"
            while f"[{blanks}" in html:  # no other text may read like a gap
                blanks += "_"
            return lms.HOLE.sub(rf"[{blanks}\1]", html), blanks
        case Match() as item:
            return lms.question(one, look) + lms.heads(one, item, look), ""
        case Order():
            return lms.question(one, look) + lms.PLACES, ""
        case _:
            return lms.question(one, look), ""
