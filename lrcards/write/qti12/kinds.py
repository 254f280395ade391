"""What only some kinds have: where to answer, and what the answer counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, assert_never

from lrcards.markup import to_text
from lrcards.model import (
    Choice,
    Cloze,
    Explain,
    KnownWrong,
    Match,
    Multiple,
    Numeric,
    Order,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.asked import mixed, rights
from lrcards.write.qti12.draft import (
    RESPONSE,
    Draft,
    add_score,
    between,
    equal,
    material,
    plain,
    score,
    show,
)
from lrcards.write.qti12.numbers import shares, spellings
from lrcards.write.xml import child

# What is asked, as HTML; the number of each one's offer; the offers with their numbers.
_Rows: TypeAlias = tuple[Sequence[str], Sequence[int], Sequence[tuple[int, str]]]


def add_kind(draft: Draft, blanks: str) -> None:
    """Add the answer's part of an item; `blanks`: how the names of gaps begin."""
    match draft.one.item:
        case Choice() | Multiple() as item:
            _options(draft, item)
        case Numeric():
            _numeric(draft)
        case Short() as item:
            _short(draft, item)
        case Cloze() as item:
            _gaps(draft, item, blanks)
        case Explain() as item:
            _essay(draft, item)
        case Match() | Order() as item:
            _matching(draft, item)
        case Recall():
            pass
        case _:
            assert_never(draft.one.item)


def _options(draft: Draft, item: Choice | Multiple) -> None:
    single = isinstance(item, Choice)
    response = draft.response(RESPONSE, cardinality="Single" if single else "Multiple")
    shuffle = "Yes" if item.settings.shuffle else "No"
    render = child(response, "render_choice", shuffle=shuffle)
    for number, option in enumerate(item.options, 1):
        label = child(render, "response_label", ident=f"option{number}")
        material(label, draft.inline(option.text))
        if option.feedback:
            condition, test = draft.condition(goes_on=True)
            equal(test, f"option{number}")
            draft.says(condition, f"option{number}_fb", draft.html(option.feedback))
    condition, test = draft.condition(goes_on=False)
    if single:
        right = next(n for n, option in enumerate(item.options, 1) if option.right)
        equal(test, f"option{right}")
    else:
        every = child(test, "and")
        for number, option in enumerate(item.options, 1):
            equal(every if option.right else child(every, "not"), f"option{number}")
    score(condition)


def _numeric(draft: Draft) -> None:
    answer = draft.one.answer
    if answer is None:
        return
    _blank(draft, fibtype="Decimal")
    condition, test = draft.condition(goes_on=False)
    either = child(test, "or")
    equal(either, answer.shown)
    between(either, plain_decimal(answer.low), plain_decimal(answer.high))
    score(condition)
    for number, wrong in enumerate(draft.one.wrong, 1):
        _known_wrong(draft, f"wrong{number}_fb", wrong)


def _known_wrong(draft: Draft, ident: str, wrong: KnownWrong) -> None:
    """Name a wrong number by itself: Canvas takes any range in a numeric item as a right answer."""
    condition, test = draft.condition(goes_on=True)
    equal(test, wrong.shown)
    draft.says(condition, ident, draft.html(wrong.feedback))


def _short(draft: Draft, item: Short) -> None:
    _blank(draft)
    condition, test = draft.condition(goes_on=False)
    for text in lms.accepted(item):
        equal(test, text)
    score(condition)


def _blank(draft: Draft, **attributes: str) -> None:
    response = draft.response(RESPONSE, "response_str", "Single")
    child(child(response, "render_fib", **attributes), "response_label", ident="answer1")


def _gaps(draft: Draft, item: Cloze, blanks: str) -> None:
    found = lms.filled_gaps(draft.one)
    for (number, text), share in zip(found, shares(len(found)), strict=True):
        name = f"{blanks}{number}"
        is_number = number in draft.one.deletions
        texts = spellings(text, item.grading.digits) if is_number else [text]
        response = draft.response(f"response_{name}")
        plain(response, name)
        render = child(response, "render_choice")
        for place, accepted in enumerate(texts, 1):
            label = child(render, "response_label", ident=f"{name}_{place}")
            plain(label, accepted)
            condition, test = draft.condition(goes_on=True)
            equal(test, f"{name}_{place}", f"response_{name}")
            add_score(condition, share)


def _matching(draft: Draft, item: Match | Order) -> None:
    """Write what is asked, each with the number of its own offer; each offers all of them.

    Canvas tells offers apart by the number in their names, and shows them as plain text.
    """
    lefts, own, offers = _pairs(draft, item) if isinstance(item, Match) else _steps(draft, item)
    parts = zip(lefts, own, shares(len(lefts)), strict=True)
    for number, (left, right, share) in enumerate(parts, 1):
        response = draft.response(f"response_left{number}")
        material(response, left)
        render = child(response, "render_choice")
        for offer, text in offers:
            plain(child(render, "response_label", ident=f"right{offer}"), text)
        condition, test = draft.condition(goes_on=True)
        equal(test, f"right{right}", f"response_left{number}")
        add_score(condition, share)


def _pairs(draft: Draft, item: Match) -> _Rows:
    offers, own = rights(draft.one, item)
    order = mixed(draft.one.key, len(offers)) if item.settings.shuffle else range(len(offers))
    texts = [(place + 1, to_text(offers[place], draft.one.filled)) for place in order]
    return [draft.inline(pair.left) for pair in item.pairs], [place + 1 for place in own], texts


def _steps(draft: Draft, item: Order) -> _Rows:
    order = mixed(draft.one.key, len(item.steps))
    texts = [(place, str(place)) for place in range(1, len(item.steps) + 1)]
    return [draft.inline(item.steps[place]) for place in order], [p + 1 for p in order], texts


def _essay(draft: Draft, item: Explain) -> None:
    response = draft.response(RESPONSE, "response_str", "Single")
    child(child(response, "render_fib"), "response_label", ident="answer1", rshuffle="No")
    condition, test = draft.condition(goes_on=False)
    child(test, "other")
    ident, before = draft.feedback.pop() if draft.feedback else ("general_fb", "")
    if not before:
        show(condition, ident)
    draft.feedback.append((ident, before + lms.concepts(draft.one, item, draft.look)))
