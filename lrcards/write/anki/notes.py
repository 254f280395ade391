"""Items as notes: one function a kind, all fields HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import assert_never

from lrcards.markup import Dialect, highlight, tex_delimited, to_html, to_inline
from lrcards.model import (
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    Multiple,
    Numeric,
    Option,
    Prose,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write.anki.package import Media, Note
from lrcards.write.anki.types import FIELDS, Look

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
        front = {"Title": self.inline(item.title), "Body": self.html(item.body)}
        match item:
            case Recall():
                return "recall", {**front, "Answer": self.html(item.answer)}
            case Choice() | Multiple():
                return "choice", {**front, **self.options(item)}
            case Numeric():
                return "numeric", {**front, **self.number()}
            case Short():
                return "short", {**front, **self.accepted(item)}
            case Explain():
                return "explain", {**front, "Concepts": self.concepts(item)}
            case Cloze():
                return "cloze", {"Title": front["Title"], "Text": front["Body"]}
        assert_never(item)

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


def _gap(number: int, inner: str) -> str:
    """Write a native cloze; its marks inside a deletion would end it early or cut it short."""
    safe = _END.sub("&#125;", inner).replace("::", ":&#58;")
    return f"{_OPEN}c{number}::{safe}{_CLOSE}"


def _literal(html: str) -> str:
    """Let what looks like an order to Anki be read as text; entities are out of its sight."""
    safe = _ORDER.sub(lambda match: f"&#{ord(match[0])};", html)
    return safe.replace(_OPEN, "{{").replace(_CLOSE, "}}")
