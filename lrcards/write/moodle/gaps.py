r"""A cloze as Moodle reads it: gaps stand in its text as `{1:SHORTANSWER:=step}`.

Its reader ends an answer at `}`, `#` and `~` unless an entity holds the sign, undoes entities,
then `\}` and `\#`, and nothing else; `*` is a wildcard to the question type unless it is `\*`.
"""

from __future__ import annotations

import re

from lrcards.markup import Dialect
from lrcards.model import CheckedItem
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.moodle.rules import half_width, wildcards

_LOOKS_LIKE_A_GAP = re.compile(r"\{(?=\s*[0-9]*\s*[:#])")
_SIGNS = re.compile(r"""[\\{}#~&<>"']""")


def question(one: CheckedItem, look: Dialect) -> str:
    """Return the text of a cloze; what only looks like a gap in it is none."""
    html = lms.with_holes(one, look)
    weight = weights(one)
    texts = dict(lms.filled_gaps(one))

    def gap(match: re.Match[str]) -> str:
        number = int(match[1])
        answer = one.deletions.get(number)
        if answer:
            return f"{{{weight}:NUMERICAL:={answer.shown}:{half_width(answer)}}}"
        return f"{{{weight}:SHORTANSWER:={typed(texts[number])}}}"

    return lms.HOLE.sub(gap, _LOOKS_LIKE_A_GAP.sub("&#123;", html))


def weights(one: CheckedItem) -> int:
    """Return what each gap counts: Moodle takes whole numbers, and their sum is the mark."""
    each = one.item.settings.points / len(lms.filled_gaps(one))
    return int(each) if each >= 1 and each == int(each) else 1


def other_points(one: CheckedItem) -> str | None:
    """Say what a cloze counts, where that is not its points."""
    points, gaps = one.item.settings.points, len(lms.filled_gaps(one))
    made = weights(one) * gaps
    if made == points:
        return None
    return f"its default mark is {made}, not {plain_decimal(points)}: each gap counts a whole one"


def typed(text: str) -> str:
    """Write the text that a gap accepts; every sign as an entity that its reader undoes."""
    kept = re.sub(r"\\(?=[}#])", r"\\\\", wildcards(text))
    return _SIGNS.sub(lambda match: f"&#{ord(match[0])};", kept)
