"""What every learning management system gets: question, explanation, key, names, labels."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from lrcards.markup import Dialect, is_inline, to_html, to_inline, to_text
from lrcards.model import (
    LONGEST_NAME,
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    Match,
    Multiple,
    Order,
    Prose,
    Recall,
    Short,
    kind_of,
)
from lrcards.write.asked import gaps
from lrcards.write.lms_html import Files, Render, dialect
from lrcards.write.output import NOT_ASKED

__all__ = [
    "HOLE",
    "NO_GRADE",
    "Files",
    "Render",
    "accepted",
    "concepts",
    "dialect",
    "explanation",
    "filled_gaps",
    "final_answer",
    "heads",
    "hints",
    "labels",
    "left_out",
    "name",
    "name_losses",
    "plain_losses",
    "question",
    "with_holes",
]

NO_GRADE = "left out: a recall card has nothing to grade"
# From the private use area, which no reader lets through: what stands for a gap, by its number.
HOLE = re.compile("\ue002(\\d+)\ue003")
# In an order that is asked as a matching of steps and numbers.
PLACES = "<p>Give each step its place: 1 is the first.</p>\n"
_PLAIN = (({"math"}, "formulas", "are TeX"), ({"image"}, "pictures", "are their alt text"))
# What is typed into a gap never had a look; what is picked on the right of a `Match` may have.
_UNSEEN = (
    ({"code", "fence"}, "code", "is plain text"),
    ({"em", "strong", "s"}, "emphasis", "is plain text"),
    ({"link"}, "links", "are plain text"),
)


def left_out(one: CheckedItem, target: str) -> str | None:
    """Say why an item is not in an LMS target at all; None where it is."""
    if target not in one.item.settings.targets:
        return NOT_ASKED
    return NO_GRADE if isinstance(one.item, Recall) else None


def question(one: CheckedItem, look: Dialect) -> str:
    """Title, body and, for numbers, what to type."""
    title = to_inline(one.item.title, one.filled, look)
    parts = [f"<p><strong>{title}</strong></p>\n", to_html(one.item.body, one.filled, look)]
    if one.answer:
        parts.append(f"<p>{escape(one.answer.prompt)}</p>\n")
    return "".join(parts)


def with_holes(one: CheckedItem, look: Dialect) -> str:
    """Return the question of a cloze with `HOLE` where its gaps are: the rest can be searched."""
    return question(one, replace(look, deletion=lambda n, _: f"\ue002{n}\ue003"))


def concepts(one: CheckedItem, item: Explain, look: Dialect) -> str:
    """Return what an answer in words should cover: for those who grade it."""
    entries = "".join(f"<li>{to_inline(text, one.filled, look)}</li>" for text in item.concepts)
    return f"<p>Key concepts:</p><ul>{entries}</ul>"


def explanation(one: CheckedItem, look: Dialect) -> str:
    """Solution, final answer, quick check and common mistakes: the general feedback."""
    parts = one.item.parts
    out: list[str] = []
    if parts.solution:
        out.append("<p><strong>Solution</strong></p>\n")
        out.append(to_html(parts.solution, one.filled, look))
    out.append(_answered(one, look))
    if parts.quick_check:
        out.append("<p><strong>Quick check</strong></p>\n")
        out.append(to_html(parts.quick_check, one.filled, look))
    if parts.mistakes:
        entries = "".join(
            f"<li>{to_inline(mistake.text, one.filled, look)}</li>\n" for mistake in parts.mistakes
        )
        out.append(f"<p><strong>Common mistakes</strong></p>\n<ul>\n{entries}</ul>\n")
    return "".join(out)


def _answered(one: CheckedItem, look: Dialect) -> str:
    item = one.item
    if isinstance(item, Order | Match):  # blocks, which a `p` cannot hold
        key = _steps(item, one, look) if isinstance(item, Order) else _table(item, one, look)
        return f"<p><strong>Final answer</strong></p>\n{key}\n"
    if isinstance(item, Choice | Multiple):
        return _right_options(item, one, look)
    text = final_answer(one, look)
    return f"<p><strong>Final answer:</strong> {text}</p>\n" if text else ""


def _right_options(item: Choice | Multiple, one: CheckedItem, look: Dialect) -> str:
    right = [option.text for option in item.options if option.right]
    made = [to_inline(text, one.filled, look) for text in right]
    if len(made) == 1 and is_inline(right[0]):
        return f"<p><strong>Final answer:</strong> {made[0]}</p>\n"
    listed = "".join(f"<li>{text}</li>" for text in made)
    return f"<p><strong>Final answer:</strong></p>\n<ul>{listed}</ul>\n"


def final_answer(one: CheckedItem, look: Dialect) -> str:
    """Render a typed key as HTML: the shown value, the texts of the gaps, an accepted text."""
    item = one.item
    if one.answer:
        return escape(one.answer.shown)
    if isinstance(item, Cloze):
        return "; ".join(look.text(text) for _, text in filled_gaps(one))
    return look.text(accepted(item)[0]) if isinstance(item, Short) else ""


def filled_gaps(one: CheckedItem) -> list[tuple[int, str]]:
    """Return the number and the key of each gap, a graded number without E-notation."""
    return [
        (number, one.deletions[number].shown if number in one.deletions else text)
        for number, text in gaps(one)
    ]


def accepted(item: Short) -> list[str]:
    """Return the accepted texts with single spaces: more of them make no difference."""
    return [" ".join(text.split()) for text in item.accepted]


def heads(one: CheckedItem, item: Match, look: Dialect) -> str:
    """Say what goes with what, where the table of a `Match` has headings."""
    left, right = (to_inline(head, one.filled, look) for head in item.heads)
    return f"<p>{left} \u2192 {right}</p>\n" if left or right else ""


def plain_losses(one: CheckedItem) -> list[str]:
    """Say what is lost where plain text alone can stand: in gaps, and in what a `Match` offers."""
    item = one.item
    if isinstance(item, Match):
        nodes, where = [node for pair in item.pairs for node in pair.right.walk()], "on the right"
    elif isinstance(item, Cloze):
        holes = (node for node in item.body.walk() if node.tag == "deletion")
        nodes, where = [node for hole in holes for node in hole.walk()], "in gaps"
    else:
        return []
    tags = {node.tag for node in nodes}
    losses = (*_PLAIN, *_UNSEEN) if isinstance(item, Match) else _PLAIN
    return [f"{what} {where} {instead}" for any_of, what, instead in losses if any_of & tags]


def name_losses(one: CheckedItem) -> list[str]:
    """Say whether a bank's list of questions shows a part of the title only."""
    whole = len(to_text(one.item.title, one.filled)) <= LONGEST_NAME
    return [] if whole else [f"lists of questions cut the title at {LONGEST_NAME} letters"]


def _steps(item: Order, one: CheckedItem, look: Dialect) -> str:
    steps = "".join(f"<li>{to_inline(step, one.filled, look)}</li>" for step in item.steps)
    return f"<ol>{steps}</ol>"


def _table(item: Match, one: CheckedItem, look: Dialect) -> str:
    def cells(tag: str, *row: Prose) -> str:
        made = (f"<{tag}>{to_inline(cell, one.filled, look)}</{tag}>" for cell in row)
        return f"<tr>{''.join(made)}</tr>"

    head = f"<thead>{cells('th', *item.heads)}</thead>" if any(h.nodes for h in item.heads) else ""
    rows = "".join(cells("td", pair.left, pair.right) for pair in item.pairs)
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def hints(one: CheckedItem, look: Dialect) -> list[str]:
    return [to_html(hint, one.filled, look) for hint in one.item.parts.hints]


def name(one: CheckedItem, longest: int = LONGEST_NAME) -> str:
    """Return the title as the question's name in a bank, without what it would take for tags."""
    text = to_text(one.item.title, one.filled).replace("<", "\u2039").replace(">", "\u203a")
    return text if len(text) <= longest else text[: longest - 1] + "\u2026"


def labels(one: CheckedItem) -> list[str]:
    """Return an item's tags, its level and its kind among them."""
    level = one.item.settings.level
    return [*one.item.settings.tags, *([level] if level else []), kind_of(one.item)]
