"""What every learning management system gets: question, explanation, hints, key, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TypeAlias

from lrcards.figures import FIXED, curve
from lrcards.markup import (
    Dialect,
    image_tag,
    plain_code,
    tex_delimited,
    to_html,
    to_inline,
    to_text,
)
from lrcards.model import (
    CheckedItem,
    Choice,
    Match,
    Multiple,
    Order,
    Prose,
    Recall,
    Short,
    Trace,
    kind_of,
)
from lrcards.write.output import media_name

NOT_ASKED = "left out: not asked for"
Render: TypeAlias = Callable[[Dialect], str]
NO_GRADE = "left out: a recall card has nothing to grade"


@dataclass(slots=True)
class Files:
    """Media that one text refers to, by hashed name; `address` makes the reference."""

    media: Mapping[str, bytes]
    address: Callable[[str], str]
    used: dict[str, bytes] = field(default_factory=dict)

    def add(self, data: bytes, source: str) -> str:
        name = media_name(data, source)
        self.used[name] = data
        return self.address(name)

    def image(self, source: str, alt: str, title: str) -> str:
        return image_tag(self.add(self.media[source], source), alt, title)

    def figure(self, traces: tuple[Trace, ...], alt: str) -> str:
        address = self.add(curve(traces, alt, FIXED).encode(), "curve.svg")
        return f'<img src="{escape(address)}" alt="{escape(alt)}" width="480" height="240">'


def dialect(files: Files) -> Dialect:
    """Return the HTML that LMS editors keep: TeX in delimiters, plain code, files by name."""
    return Dialect(
        math=tex_delimited,
        code=plain_code,
        image=files.image,
        figure=files.figure,
        deletion=_bold,
        heading_shift=2,
    )


def _bold(_: int, inner: str) -> str:
    return f"<strong>{inner}</strong>"


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
    text = final_answer(one, look)
    return f"<p><strong>Final answer:</strong> {text}</p>\n" if text else ""


def final_answer(one: CheckedItem, look: Dialect) -> str:
    """Render the key as HTML: the shown value or the text of the right options, no letter."""
    item = one.item
    if one.answer:
        return escape(one.answer.shown)
    if isinstance(item, Choice | Multiple):
        right = [
            to_inline(option.text, one.filled, look) for option in item.options if option.right
        ]
        return "; ".join(right)
    return escape(item.accepted[0]) if isinstance(item, Short) else ""


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


def name(one: CheckedItem, longest: int) -> str:
    """Return the title as the question's name in a bank."""
    text = to_text(one.item.title, one.filled).replace("<", "\u2039").replace(">", "\u203a")
    return text if len(text) <= longest else text[: longest - 1] + "\u2026"


def labels(one: CheckedItem) -> list[str]:
    """Return an item's tags, its level and its kind among them."""
    level = one.item.settings.level
    return [*one.item.settings.tags, *([level] if level else []), kind_of(one.item)]
