"""Items as notes: one function a kind, all fields HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from lrcards.markup import Dialect, highlight, tex_delimited, to_html, to_inline
from lrcards.model import (
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    Item,
    Match,
    Multiple,
    Numeric,
    Option,
    Order,
    Prose,
    Recall,
    Short,
    kind_of,
)
from lrcards.values import plain_decimal
from lrcards.write.anki.package import Media, Note
from lrcards.write.anki.types import FIELDS, Look
from lrcards.write.asked import mixed, rights

# What Anki reads in a field as an order to play, to typeset, to ask or to hide something.
_ORDER = re.compile(r"\[(?=/?(?:latex|\$\$?)\]|(?:sound|anki|type):)|\{(?=\{c\d)", re.IGNORECASE)
# A brace ends a deletion when another follows, and so does the last one.
_END = re.compile(r"\}(?=\}|$)")
# The lessons cannot hold control characters: these keep the place of a deletion's own braces.
_OPEN, _CLOSE = "\x02", "\x03"


def note_of(
    one: CheckedItem,
    lesson: str,
    look: Look,
    media: Media,
    position: int,
) -> Note:
    """Make the note of an item; `position` is its place in the course, the order of new cards."""
    page = _Page(one, media, look.words)
    kind, own = page.own_fields()
    values = {**own, **page.shared_fields(), "Lesson": escape(lesson)}
    level = one.item.settings.level
    tags = [*one.item.settings.tags, *([f"level::{level}"] if level else [])]
    return Note(
        one.lock.mod,
        model=look.types[kind],
        fields=[_literal(values.get(name, "")) for name in FIELDS[kind]],
        tags=[re.sub(r"\s+", "-", tag) for tag in tags],
        guid=one.lock.guid,
        due=position,
    )


class _Page:
    def __init__(self, one: CheckedItem, media: Media, words: Mapping[str, str]) -> None:
        self.one = one
        self.words = words
        self.look = Dialect(
            math=tex_delimited,
            code=highlight,
            image=media.image,
            figure=media.figure,
            deletion=_gap,
            heading_shift=1,
        )

    def html(self, prose: Prose | None) -> str:
        made = to_html(prose, self.one.filled, self.look).strip() if prose else ""
        # A table that is wider than a phone is scrolled by keys, too.
        return made.replace('<div class="scroll">', '<div class="scroll" tabindex="0">')

    def inline(self, prose: Prose) -> str:
        return to_inline(prose, self.one.filled, self.look)

    def own_fields(self) -> tuple[str, dict[str, str]]:
        """Return the note type and the fields that only it has."""
        item = self.one.item
        kind = "choice" if isinstance(item, Multiple) else kind_of(item)
        return kind, {"Title": self.inline(item.title), **self.asked(item)}

    def asked(self, item: Item) -> dict[str, str]:
        body = self.html(item.body)
        match item:
            case Cloze():
                return {"Text": body}
            case Recall():
                own = {"Answer": self.html(item.answer)}
            case Choice() | Multiple():
                own = self.options(item)
            case Numeric():
                own = self.number()
            case Short():
                own = self.accepted(item)
            case Explain():
                own = {"Concepts": self.concepts(item)}
            case _:
                own = self.steps(item) if isinstance(item, Order) else self.pairs(item)
        return {"Body": body, **own}

    def shared_fields(self) -> dict[str, str]:
        item = self.one.item
        mistakes = "".join(f"<li>{self.inline(one.text)}</li>" for one in item.parts.mistakes)
        return {
            "Hints": self.hints(item.parts.hints),
            "Solution": self.html(item.parts.solution),
            "Check": self.html(item.parts.quick_check),
            "Mistakes": f"<ul>{mistakes}</ul>" if mistakes else "",
            "Level": item.settings.level or "",
            "Key": self.one.key,
        }

    def hints(self, hints: tuple[Prose, ...]) -> str:
        """Put each hint inside the one before: one at a time, without a script."""
        name = self.words["hint_n" if len(hints) > 1 else "hint"]
        made = ""
        for number, hint in reversed(list(enumerate(hints, 1))):
            summary = escape(name.replace("{n}", str(number)))
            made = f"<details><summary>{summary}</summary>{self.html(hint)}{made}</details>"
        return made

    def options(self, item: Choice | Multiple) -> dict[str, str]:
        rows = "".join(map(self.option, item.options))
        many = isinstance(item, Multiple)
        look = "options" + " many" * many + " fixed" * (not item.settings.shuffle)
        return {
            "Prompt": escape(self.words["pick_all" if many else "pick_one"]),
            "Options": f'<ul class="{look}">{rows}</ul>',
        }

    def option(self, option: Option) -> str:
        said = f'<div class="feedback">{self.html(option.feedback)}</div>'
        return (
            f'<li class="{"right" if option.right else "other"}">'
            f'<div class="text">{self.inline(option.text)}</div>'
            f"{said if option.feedback else ''}</li>"
        )

    def number(self) -> dict[str, str]:
        answer = self.one.answer
        if answer is None:
            return {}
        rows = "".join(
            f'<li data-low="{plain_decimal(wrong.low)}" data-high="{plain_decimal(wrong.high)}">'
            f"{self.inline(wrong.feedback)}</li>"
            for wrong in self.one.wrong
        )
        return {
            "Prompt": escape(answer.prompt),
            "Value": escape(answer.shown),
            "Low": plain_decimal(answer.low),
            "High": plain_decimal(answer.high),
            "Wrong": f'<ul class="wrong">{rows}</ul>' if rows else "",
        }

    def accepted(self, item: Short) -> dict[str, str]:
        first, *others = (escape(text) for text in item.accepted)
        rows = "".join(f"<li>{text}</li>" for text in others)
        return {"Value": first, "Accepted": f"<ul>{rows}</ul>" if rows else ""}

    def concepts(self, item: Explain) -> str:
        rows = "".join(
            f'<li><label><input type="checkbox"><span>{self.inline(concept)}</span></label></li>'
            for concept in item.concepts
        )
        return f'<ul class="concepts">{rows}</ul>'

    def steps(self, item: Order) -> dict[str, str]:
        """Write the steps twice: in a mixed order to be sorted, and in the right one."""
        rows = [
            f'<li data-place="{place}"><div class="text">{self.inline(step)}</div></li>'
            for place, step in enumerate(item.steps, 1)
        ]
        shown = "".join(rows[n] for n in mixed(self.one.key, len(rows)))
        return {
            "Mixed": f'<ol class="options steps">{shown}</ol>',
            "Steps": f'<ol class="options steps fixed">{"".join(rows)}</ol>',
        }

    def pairs(self, item: Match) -> dict[str, str]:
        """Write both sides apart, the rights in a mixed order, and the table that has them all."""
        offers, places = rights(self.one, item)
        texts = [self.inline(offer) for offer in offers]
        left, right = (self.inline(head) for head in item.heads)
        lefts = [self.inline(pair.left) for pair in item.pairs]
        rows = "".join(
            f'<tr><td>{text}</td><td data-right="{n}">{texts[n]}</td></tr>'
            for text, n in zip(lefts, places, strict=True)
        )
        heads = f"<thead><tr>{_head(left)}{_head(right)}</tr></thead>" if left or right else ""
        asked = "".join(f'<li><div class="text">{text}</div></li>' for text in lefts)
        offered = "".join(
            f'<li data-right="{n}"><div class="text">{texts[n]}</div></li>'
            for n in mixed(self.one.key, len(texts))
        )
        return {
            "Lefts": f'{_above(left)}<ul class="lefts">{asked}</ul>',
            "Rights": f'{_above(right)}<ol class="options rights">{offered}</ol>',
            "Pairs": '<div class="scroll" tabindex="0"><table class="pairs">'
            f"{heads}<tbody>{rows}</tbody></table></div>",
        }


def _head(text: str) -> str:
    """A column without a name has no heading cell: an empty one would be read aloud."""
    return f'<th scope="col">{text}</th>' if text else "<td></td>"


def _above(text: str) -> str:
    return f'<p class="prompt">{text}</p>' if text else ""


def _gap(number: int, inner: str) -> str:
    """Write a native cloze; its marks inside a deletion would end it early or cut it short."""
    safe = _END.sub("&#125;", inner).replace("::", ":&#58;")
    return f"{_OPEN}c{number}::{safe}{_CLOSE}"


def _literal(html: str) -> str:
    """Let what looks like an order to Anki be read as text; entities are out of its sight."""
    safe = _ORDER.sub(lambda match: f"&#{ord(match[0])};", html)
    return safe.replace(_OPEN, "{{").replace(_CLOSE, "}}")
