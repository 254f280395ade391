r"""GIFT, Moodle's text format: a block a question, `\` before each sign that means something in it.

Its reader first keeps escaped signs apart, then cuts at `{`, `}`, `=`, `~`, `#`: what is escaped
is never cut at. It cannot escape `->`, which makes a pair, nor hold a question with several gaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import assert_never

from lrcards.markup import to_html, to_inline, to_text
from lrcards.model import (
    Answer,
    Checked,
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
from lrcards.write import lms, textual
from lrcards.write.asked import mixed
from lrcards.write.moodle import losses
from lrcards.write.moodle.grades import fractions
from lrcards.write.moodle.rules import NONE_OF_THEM, filling_rows, half_width, is_kept, wildcards
from lrcards.write.moodle.shelves import shelves
from lrcards.write.output import File, Output, verdict
from lrcards.write.theme import Theme

_SIGNS = re.compile(r"[\\~=#{}:]")
_NOT_IN_LABELS = str.maketrans({"<": "\u2039", ">": "\u203a", "`": "'", "[": "(", "]": ")"})
_LOOK = textual.dialect()
# From the private use area, which no reader lets through: where the one gap of a cloze is.
_HOLE = "\ue002"
_PAIR = "->"


def gift(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one GIFT file."""
    del theme  # questions have no template
    items = [one for lesson in checked.lessons for one in lesson.items]
    verdicts = {one.key: _left_out(one) for one in items}
    blocks: list[str] = []
    for shelf in shelves(checked, lambda one: verdicts[one.key] is None):
        # A category is read as it stands, but for a backslash.
        blocks.append("$CATEGORY: " + shelf.path.replace("\\", "\\\\"))
        blocks += map(_question, shelf.items)
    data = "".join(f"{block}\n\n" for block in blocks).encode()
    coverage = {one.key: verdicts[one.key] or verdict(_lost(one)) for one in items}
    return Output((File(f"gift/{checked.course.about.uid}.txt", data),), coverage)


def _left_out(one: CheckedItem) -> str | None:
    why = losses.left_out(one, "gift")
    if why is None and textual.asks_with_pictures(one):
        why = textual.NO_PICTURES
    if why is None and isinstance(one.item, Cloze) and len(lms.filled_gaps(one)) != 1:
        why = "left out: GIFT has one gap a question"
    if why is None and any(_PAIR in text for text in _typed(one)):
        why = f"left out: GIFT takes {_PAIR} in an answer for a pair"
    return why


def _lost(one: CheckedItem) -> Iterator[str]:
    yield from losses.lost(one)
    yield from textual.not_in_files(one)
    if isinstance(one.item, Explain):
        yield "key concepts for the grader"
    if textual.explains_with_pictures(one):
        yield "pictures in the explanation are their alt texts"


def _typed(one: CheckedItem) -> list[str]:
    match one.item:
        case Short() as item:
            return lms.accepted(item)
        case Cloze():
            return [text for number, text in lms.filled_gaps(one) if number not in one.deletions]
        case _:
            return []


def _question(one: CheckedItem) -> str:
    """Write a question with its answers behind it, or in its gap."""
    labels = "".join(f" [tag:{label.translate(_NOT_IN_LABELS)}]" for label in lms.labels(one))
    explained = lms.explanation(one, _LOOK)
    general = f"\t####{_html(explained)}\n" if explained else ""
    answers = f"{{{''.join(_answers(one))}{general}}}"
    text = _html(_asked(one))
    body = text.replace(_HOLE, answers) if _HOLE in text else text + answers
    return f"// [id:{one.key}]{labels}\n::{_escaped(lms.name(one))}::{body}"


def _asked(one: CheckedItem) -> str:
    match one.item:
        case Match() as item:
            return lms.question(one, _LOOK) + lms.heads(one, item, _LOOK)
        case Order():
            return lms.question(one, _LOOK) + lms.PLACES
        case Cloze():
            return lms.question(one, replace(_LOOK, deletion=lambda *_: _HOLE))
        case _:
            return lms.question(one, _LOOK)


def _answers(one: CheckedItem) -> Iterator[str]:
    match one.item:
        case Choice() | Multiple() as item:
            yield "\n"
            yield from _options(one, item)
        case Numeric() | Short() | Cloze():
            yield "\n" if _typed(one) else "#\n"
            yield from _keys(one)
        case Match() | Order() as item:
            yield "\n"
            for left, right in _rows(one, item):
                yield f"\t={_inline(one, left) if left else ''} -> {_escaped(right)}\n"
        case Explain() | Recall():
            return
        case _:
            assert_never(one.item)


def _options(one: CheckedItem, item: Choice | Multiple) -> Iterator[str]:
    if isinstance(item, Multiple):
        marks = [f"~%{share}%" for share in fractions(item)]
    else:
        marks = ["=" if option.right else "~" for option in item.options]
    for option, mark in zip(item.options, marks, strict=True):
        yield f"\t{mark}{_inline(one, option.text)}{_said(one, option.feedback)}\n"


def _keys(one: CheckedItem) -> Iterator[str]:
    """Write what is typed: the key first, since the first answer that fits is taken."""
    for answer in (one.answer, *one.deletions.values()):
        yield f"\t={_number(answer)}\n" if answer else ""
    for text in _typed(one):
        # What begins like the name of a text's format is none.
        name = "[plain]" * text.startswith("[")
        yield f"\t=%100%{name}{_escaped(wildcards(text))}\n"
    for wrong in one.wrong:
        if is_kept(wrong.shown):
            yield f"\t=%0%{_number(wrong)}{_said(one, wrong.feedback)}\n"


def _number(bounds: Answer | KnownWrong) -> str:
    """Write centre and half-width: of `low..high` Moodle makes a centre with binary noise."""
    return f"{bounds.shown}:{half_width(bounds)}"


def _rows(one: CheckedItem, item: Match | Order) -> Iterator[tuple[Prose | None, str]]:
    if isinstance(item, Match):
        for pair in item.pairs:
            yield pair.left, escape(to_text(pair.right, one.filled), quote=False)
        length = len(item.pairs)
    else:
        length = len(item.steps)
        for place in mixed(one.key, length):
            yield item.steps[place], str(place + 1)
    for _ in range(filling_rows(length)):
        yield None, NONE_OF_THEM


def _said(one: CheckedItem, feedback: Prose | None) -> str:
    return f"#{_html(to_html(feedback, one.filled, _LOOK))}" if feedback else ""


def _inline(one: CheckedItem, prose: Prose) -> str:
    return _html(to_inline(prose, one.filled, _LOOK))


def _html(html: str) -> str:
    return f"[html]{_escaped(html.strip())}"


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", text).replace("\n", r"\n")
