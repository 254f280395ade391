"""Blackboard's upload format: a line a question, fields apart by tabs, the kind in the first one.

Fields are HTML but for what is typed. All that is not ASCII stands in HTML as a reference, since
the format does not say how a file is encoded; a byte order mark would be a part of the first kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from lrcards.markup import Dialect, to_inline
from lrcards.model import (
    Checked,
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    Match,
    Multiple,
    Numeric,
    Order,
    Prose,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write import lms, textual
from lrcards.write.asked import rights
from lrcards.write.output import File, Output, verdict
from lrcards.write.theme import Theme

_MOST_GAPS = 10
_MOST_ANSWERS = 100
_PRE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_GAP = "\ue002{}\ue003"  # from the private use area, which no reader lets through
_GAPS = re.compile("\ue002(\\d+)\ue003")
_BRACKETS = str.maketrans({"[": "&#91;", "]": "&#93;"})


def blackboard(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one file of questions, what a person grades at its end."""
    del theme  # questions have no template
    items = [one for lesson in checked.lessons for one in lesson.items]
    verdicts = {one.key: _left_out(one) for one in items}
    kept = [one for one in items if verdicts[one.key] is None]
    kept.sort(key=lambda one: isinstance(one.item, Explain))
    data = "".join("\t".join(_fields(one)) + "\n" for one in kept).encode()
    coverage = {one.key: verdicts[one.key] or verdict(_lost(one)) for one in items}
    return Output((File(f"blackboard/{checked.course.about.uid}.txt", data),), coverage)


def _left_out(one: CheckedItem) -> str | None:
    why = lms.left_out(one, "blackboard")
    if why is None and textual.asks_with_pictures(one):
        why = textual.NO_PICTURES
    return why or _too_much(one)


def _too_much(one: CheckedItem) -> str | None:
    match one.item:
        case Cloze() if len(lms.filled_gaps(one)) > _MOST_GAPS:
            return f"left out: Blackboard takes {_MOST_GAPS} gaps at most"
        case Match() as item if len(rights(one, item)[0]) < len(item.pairs):
            return "left out: Blackboard takes no right side that belongs to two left ones"
        case Choice() | Multiple() as item if len(item.options) > _MOST_ANSWERS:
            return f"left out: Blackboard takes {_MOST_ANSWERS} options at most"
        case _:
            return None


def _lost(one: CheckedItem) -> Iterator[str]:
    item, parts = one.item, one.item.parts
    if isinstance(item, Multiple | Cloze | Match | Order):
        yield "whether a part of the answer gets a part of the mark is a setting there"
    if one.deletions:
        yield "numbers in gaps must be typed as shown"
    yield from textual.not_in_files(one)
    yield from _unlabelled(one)
    if one.wrong or (
        isinstance(item, Choice | Multiple) and any(option.feedback for option in item.options)
    ):
        yield "feedback"
    if not isinstance(item, Explain) and (parts.solution or parts.quick_check or parts.mistakes):
        yield "solution"
    if one.variant:
        yield "variants are questions side by side: make a pool of them"
    if textual.asks_with_formulas(one):
        yield "formulas are TeX"


def _unlabelled(one: CheckedItem) -> Iterator[str]:
    """Say what a question is sorted by, for which a line has no place.

    Ids are lost, too: that is true of every item, so the how-to says it once.
    """
    if one.item.settings.tags:
        yield "tags"
    if one.item.settings.level:
        yield "level"


def _fields(one: CheckedItem) -> Iterator[str]:
    kind, own = _own(one)
    yield kind
    yield _html(_asked(one))
    yield from own


def _own(one: CheckedItem) -> tuple[str, Sequence[str]]:
    """Return how the format calls the kind, and the fields behind the question."""
    match one.item:
        case Choice() | Multiple() as item:
            kind = "MC" if isinstance(item, Choice) else "MA"
            rows = [(_inline(one, option.text), _truth(option.right)) for option in item.options]
            return kind, [field for row in rows for field in row]
        case Order(steps=steps):
            return "ORD", [_inline(one, step) for step in steps]
        case Match(pairs=pairs):
            sides = [side for pair in pairs for side in (pair.left, pair.right)]
            return "MAT", [_inline(one, side) for side in sides]
        case _:
            return _typed(one, one.item)


def _typed(
    one: CheckedItem, item: Numeric | Short | Cloze | Explain | Recall
) -> tuple[str, Sequence[str]]:
    match item:
        case Numeric():
            return "NUM", _number(one)
        case Short():
            return "FIB", lms.accepted(item)
        case Cloze():
            return "FIB_PLUS", _gaps(one)
        case Explain():
            return "ESS", [_html(_example(one, item))]
        case Recall():
            raise AssertionError(f"{one.key} has nothing to grade")
    assert_never(item)


def _number(one: CheckedItem) -> list[str]:
    assert one.answer
    return [one.answer.shown, plain_decimal((one.answer.high - one.answer.low) / 2)]


def _gaps(one: CheckedItem) -> list[str]:
    """Write name and text of each gap, an empty field between two of them."""
    fields: list[str] = []
    for number, text in lms.filled_gaps(one):
        fields += [*([""] if fields else []), f"gap{number}", text]
    return fields


def _asked(one: CheckedItem) -> str:
    if isinstance(one.item, Match):
        return lms.question(one, _LOOK) + lms.heads(one, one.item, _LOOK)
    if not isinstance(one.item, Cloze):
        return lms.question(one, _LOOK)
    look = replace(_LOOK, deletion=lambda number, _: _GAP.format(number))
    # Brackets are the places of gaps, wherever they stand in such a question.
    html = lms.question(one, look).translate(_BRACKETS)
    return _GAPS.sub(r"[gap\1]", html)


def _example(one: CheckedItem, item: Explain) -> str:
    """Write the answer that a grader compares with: the key concepts, then the solution."""
    concepts = "".join(f"<li>{to_inline(c, one.filled, _LOOK)}</li>" for c in item.concepts)
    return (f"<ul>{concepts}</ul>" if concepts else "") + lms.explanation(one, _LOOK)


def _inline(one: CheckedItem, prose: Prose) -> str:
    return _html(to_inline(prose, one.filled, _LOOK))


def _html(html: str) -> str:
    """Fit HTML into a field: on one line, without tabs, in ASCII."""
    lines = _PRE.sub(lambda match: match[0].replace("\n", "<br>"), html.strip())
    flat = lines.replace("\n", " ").replace("\t", "&#9;")
    return flat.encode("ascii", "xmlcharrefreplace").decode()


def _truth(right: bool) -> str:
    return "correct" if right else "incorrect"


def _look() -> Dialect:
    plain = textual.dialect()
    # A field that begins with a quotation mark is one that a table has put in quotes.
    return replace(plain, text=lambda text: plain.text(text).replace('"', "&quot;"))


_LOOK = _look()
