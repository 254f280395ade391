"""How each kind of item is asked and marked."""

from __future__ import annotations

from dataclasses import replace
from math import lcm
from typing import assert_never

from lrcards.model import (
    Answer,
    Choice,
    Cloze,
    Explain,
    Match,
    Multiple,
    Numeric,
    Order,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.qti.arranged import essay, pairs, steps
from lrcards.write.qti.draft import Draft, choice, flag
from lrcards.write.qti.logic import (
    RESPONSE,
    between,
    counted,
    if_answered,
    is_correct,
    listed,
    outcome,
    put,
    response,
    typed,
    value,
    variable,
    when,
)
from lrcards.write.qti.words import Html, Tag, tag


def ask(draft: Draft) -> None:
    """Add the question, its interactions and the rules that mark them."""
    one = draft.one
    if isinstance(one.item, Cloze):
        _gaps(draft)
        return
    draft.body.append(Html(draft.page.xml(lms.question(one, draft.page.look))))
    match one.item:
        case Choice() | Multiple() as item:
            _options(draft, item)
        case Numeric():
            _numeric(draft)
        case Short() as item:
            _short(draft, tuple(lms.accepted(item)))
        case _:
            _arranged(draft, one.item)


def _arranged(draft: Draft, item: Order | Match | Explain | Recall) -> None:
    match item:
        case Order():
            steps(draft, item)
        case Match():
            pairs(draft, item)
        case Explain():
            essay(draft, item)
        case Recall():
            pass
        case _:
            assert_never(item)


def _short(draft: Draft, accepted: tuple[str, ...]) -> None:
    draft.responses.append(listed(response(RESPONSE, "string", accepted[0]), accepted))
    draft.body.append(tag("p", entry(RESPONSE)))
    draft.rules.append(when((typed(RESPONSE, accepted), _all(draft))))


def _all(draft: Draft) -> Tag:
    return put("SCORE", value("float", draft.points))


def entry(name: str) -> Tag:
    return tag("textEntryInteraction", responseIdentifier=name)


def _options(draft: Draft, item: Choice | Multiple) -> None:
    single = isinstance(item, Choice)
    names = [f"option{number}" for number in range(1, len(item.options) + 1)]
    good = [name for name, option in zip(names, item.options, strict=True) if option.right]
    cardinality = "single" if single else "multiple"
    declared = response(RESPONSE, "identifier", *good, cardinality=cardinality)
    if single:
        draft.rules.append(when((is_correct(), _all(draft))))
    else:
        declared = _several(draft, declared, names, good)
    draft.responses.append(declared)
    told = [option.feedback for option in item.options]
    if any(told):
        draft.outcomes.append(outcome("FEEDBACK", "identifier", cardinality=cardinality))
        draft.rules.append(if_answered(RESPONSE, put("FEEDBACK", variable(RESPONSE))))
    choices = [
        choice(draft, name, option.text, option.feedback)
        for name, option in zip(names, item.options, strict=True)
    ]
    draft.body.append(
        tag(
            "choiceInteraction",
            *choices,
            responseIdentifier=RESPONSE,
            shuffle=flag(item.settings.shuffle),
            maxChoices="1" if single else "0",
        )
    )


def _several(draft: Draft, declared: Tag, names: list[str], good: list[str]) -> Tag:
    """Mark by the share of right options that are picked, less that of wrong ones."""
    right, wrong = len(good), len(names) - len(good)
    highest = lcm(right, wrong or 1)  # in whole numbers all right ones are exactly all
    gain, loss = highest // right, highest // (wrong or 1)
    counts = {gain * r - loss * w for r in range(right + 1) for w in range(wrong + 1)}
    draft.by_mapping((count for count in counts if count > 0), highest)
    return counted(declared, {name: gain if name in good else -loss for name in names}, highest)


def _numeric(draft: Draft) -> None:
    answer = draft.one.answer
    assert answer is not None
    draft.responses.append(response(RESPONSE, "float", answer.shown))
    draft.body.append(tag("p", entry(RESPONSE)))
    branches = [(_within(RESPONSE, answer), _all(draft))]
    for number, wrong in enumerate(draft.one.wrong, 1):
        name = f"WRONG{number}"
        rule = draft.said(name, draft.html(wrong.feedback), "WRONG")
        low, high = plain_decimal(wrong.low), plain_decimal(wrong.high)
        branches.append((between(RESPONSE, low, high), rule))
    draft.rules.append(if_answered(RESPONSE, when(*branches)))


def _within(name: str, answer: Answer) -> Tag:
    return between(name, plain_decimal(answer.low), plain_decimal(answer.high))


def _gaps(draft: Draft) -> None:
    one = draft.one

    def blank(number: int, _: str) -> str:
        return draft.words.xml(entry(f"GAP{number}"))

    look = replace(draft.page.look, deletion=blank)
    draft.body.append(Html(draft.page.xml(lms.question(one, look))))
    found = lms.filled_gaps(one)
    for number, text in found:
        name = f"GAP{number}"
        answer = one.deletions.get(number)
        if answer:
            draft.responses.append(response(name, "float", text))
            draft.rules.append(if_answered(name, draft.count(_within(name, answer))))
        else:
            draft.responses.append(listed(response(name, "string", text), (text,)))
            draft.rules.append(draft.count(typed(name, (text,))))
    draft.counted(len(found))
