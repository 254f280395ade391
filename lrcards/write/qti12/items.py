"""One QTI 1.2 item a question, in the constructs that Canvas reads back without loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from lrcards.markup import Dialect, to_html, to_inline
from lrcards.model import (
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    KnownWrong,
    Match,
    Multiple,
    Numeric,
    Order,
    Prose,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.asked import gaps
from lrcards.write.xml import Element, child

_LONGEST_TITLE = 250
_RESPONSE = "response1"
_TYPES = {
    Choice: "multiple_choice_question",
    Multiple: "multiple_answers_question",
    Numeric: "numerical_question",
    Short: "short_answer_question",
    Explain: "essay_question",
    Cloze: "fill_in_multiple_blanks_question",
}


@dataclass(slots=True)
class _Draft:
    """An item under construction: its parts, and feedback that goes to the end."""

    one: CheckedItem
    look: Dialect
    presentation: Element
    processing: Element
    feedback: list[tuple[str, str]] = field(default_factory=list)

    def html(self, prose: Prose) -> str:
        return to_html(prose, self.one.filled, self.look)


def add_item(section: Element, one: CheckedItem, look: Dialect) -> None:
    """Append the item to an assessment's section."""
    item = child(section, "item", ident=one.key, title=lms.name(one, _LONGEST_TITLE))
    metadata = child(child(item, "itemmetadata"), "qtimetadata")
    for label, entry in (
        ("question_type", _TYPES[type(one.item)]),
        ("points_possible", plain_decimal(one.item.settings.points)),
    ):
        pair = child(metadata, "qtimetadatafield")
        child(pair, "fieldlabel", label)
        child(pair, "fieldentry", entry)
    presentation = child(item, "presentation")
    _material(presentation, _question(one, look))
    processing = child(item, "resprocessing")
    score = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    child(child(processing, "outcomes"), "decvar", **score)
    draft = _Draft(one, look, presentation, processing)
    explanation = lms.explanation(one, look)
    if explanation:
        draft.feedback.append(("general_fb", explanation))
        condition = child(processing, "respcondition", continue_="Yes")
        child(child(condition, "conditionvar"), "other")
        _show(condition, "general_fb")
    _kind(draft)
    for ident, text in draft.feedback:
        feedback = child(item, "itemfeedback", ident=ident)
        _material(child(feedback, "flow_mat"), text)


def _question(one: CheckedItem, look: Dialect) -> str:
    if not isinstance(one.item, Cloze):
        return lms.question(one, look)
    return lms.question(one, replace(look, deletion=lambda number, _: f"[gap{number}]"))


def _kind(draft: _Draft) -> None:
    match draft.one.item:
        case Choice() | Multiple() as item:
            _options(draft, item)
        case Numeric():
            _numeric(draft)
        case Short(accepted=accepted):
            _blank(draft.presentation)
            _texts(draft.processing, accepted)
        case Cloze():
            _gaps(draft)
        case Explain() as item:
            _essay(draft, item)
        case Recall() | Order() | Match():
            pass
        case _:
            assert_never(draft.one.item)


def _options(draft: _Draft, item: Choice | Multiple) -> None:
    single = isinstance(item, Choice)
    cardinality = "Single" if single else "Multiple"
    response = child(draft.presentation, "response_lid", ident=_RESPONSE, rcardinality=cardinality)
    shuffle = "Yes" if item.settings.shuffle else "No"
    render = child(response, "render_choice", shuffle=shuffle)
    for number, option in enumerate(item.options, 1):
        label = child(render, "response_label", ident=f"option{number}")
        _material(label, to_inline(option.text, draft.one.filled, draft.look))
        if option.feedback:
            draft.feedback.append((f"option{number}_fb", draft.html(option.feedback)))
            condition = child(draft.processing, "respcondition", continue_="Yes")
            _equal(child(condition, "conditionvar"), f"option{number}")
            _show(condition, f"option{number}_fb")
    condition = child(draft.processing, "respcondition", continue_="No")
    variables = child(condition, "conditionvar")
    if single:
        right = next(n for n, option in enumerate(item.options, 1) if option.right)
        _equal(variables, f"option{right}")
    else:
        every = child(variables, "and")
        for number, option in enumerate(item.options, 1):
            _equal(every if option.right else child(every, "not"), f"option{number}")
    _score(condition)


def _numeric(draft: _Draft) -> None:
    answer = draft.one.answer
    if answer is None:
        return
    _blank(draft.presentation, fibtype="Decimal")
    condition = child(draft.processing, "respcondition", continue_="No")
    either = child(child(condition, "conditionvar"), "or")
    _equal(either, answer.shown)
    _between(either, plain_decimal(answer.low), plain_decimal(answer.high))
    _score(condition)
    for number, wrong in enumerate(draft.one.wrong, 1):
        _known_wrong(draft, f"wrong{number}_fb", wrong)


def _known_wrong(draft: _Draft, ident: str, wrong: KnownWrong) -> None:
    draft.feedback.append((ident, draft.html(wrong.feedback)))
    condition = child(draft.processing, "respcondition", continue_="Yes")
    variables = child(condition, "conditionvar")
    _between(variables, plain_decimal(wrong.low), plain_decimal(wrong.high))
    _show(condition, ident)


def _gaps(draft: _Draft) -> None:
    found = list(gaps(draft.one))
    share = 100 / len(found)
    for number, text in found:
        ident = f"response_gap{number}"
        response = child(draft.presentation, "response_lid", ident=ident)
        child(child(response, "material"), "mattext", f"gap{number}")
        label = child(child(response, "render_choice"), "response_label", ident=f"gap{number}_1")
        child(child(label, "material"), "mattext", text, texttype="text/plain")
        condition = child(draft.processing, "respcondition")
        variables = child(condition, "conditionvar")
        child(variables, "varequal", f"gap{number}_1", respident=ident)
        child(condition, "setvar", f"{share:.2f}", varname="SCORE", action="Add")


def _essay(draft: _Draft, item: Explain) -> None:
    response = child(draft.presentation, "response_str", ident=_RESPONSE, rcardinality="Single")
    child(child(response, "render_fib"), "response_label", ident="answer1", rshuffle="No")
    condition = child(draft.processing, "respcondition", continue_="No")
    child(child(condition, "conditionvar"), "other")
    entries = "".join(
        f"<li>{to_inline(concept, draft.one.filled, draft.look)}</li>" for concept in item.concepts
    )
    text = f"<p>Key concepts:</p><ul>{entries}</ul>"
    ident, before = draft.feedback.pop() if draft.feedback else ("general_fb", "")
    if not before:
        _show(condition, ident)
    draft.feedback.append((ident, before + text))


def _blank(presentation: Element, **attributes: str) -> None:
    response = child(presentation, "response_str", ident=_RESPONSE, rcardinality="Single")
    child(child(response, "render_fib", **attributes), "response_label", ident="answer1")


def _texts(processing: Element, accepted: Sequence[str]) -> None:
    condition = child(processing, "respcondition", continue_="No")
    variables = child(condition, "conditionvar")
    for text in accepted:
        _equal(variables, text)
    _score(condition)


def _material(parent: Element, html: str) -> None:
    child(child(parent, "material"), "mattext", html, texttype="text/html")


def _equal(parent: Element, text: str) -> None:
    child(parent, "varequal", text, respident=_RESPONSE)


def _between(parent: Element, low: str, high: str) -> None:
    both = child(parent, "and")
    child(both, "vargte", low, respident=_RESPONSE)
    child(both, "varlte", high, respident=_RESPONSE)


def _score(condition: Element) -> None:
    child(condition, "setvar", "100", action="Set", varname="SCORE")


def _show(condition: Element, ident: str) -> None:
    child(condition, "displayfeedback", feedbacktype="Response", linkrefid=ident)
