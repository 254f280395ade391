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
    Prose,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write.anki.package import Media, Note
from lrcards.write.anki.types import FIELDS, NoteType


def note_of(
    one: CheckedItem,
    lesson: str,
    types: Mapping[str, NoteType],
    media: Media,
    position: int,
) -> Note:
    """Make the note of an item; `position` is its place in the course, the order of new cards."""
    page = _Page(one, media)
    kind, own = page.own_fields()
    values = {**own, **page.shared_fields(), "Lesson": escape(lesson)}
    level = one.item.settings.level
    tags = [*one.item.settings.tags, *([f"level::{level}"] if level else [])]
    return Note(
        one.lock.mod,
        model=types[kind],
        fields=[values.get(name, "") for name in FIELDS[kind]],
        tags=[re.sub(r"\s+", "-", tag) for tag in tags],
        guid=one.lock.guid,
        due=position,
    )


class _Page:
    def __init__(self, one: CheckedItem, media: Media) -> None:
        self.one = one
        self.look = Dialect(
            math=tex_delimited,
            code=highlight,
            image=media.image,
            figure=media.figure,
            deletion=_gap,
            heading_shift=1,
        )

    def html(self, prose: Prose | None) -> str:
        return to_html(prose, self.one.filled, self.look).strip() if prose else ""

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
                return "choice", {**front, "Options": self.options(item)}
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
        hints = [
            f"<details><summary>Hint {n}</summary>{self.html(hint)}</details>"
            for n, hint in enumerate(item.parts.hints, 1)
        ]
        mistakes = "".join(f"<li>{self.inline(one.text)}</li>" for one in item.parts.mistakes)
        return {
            "Hints": "".join(hints),
            "Solution": self.html(item.parts.solution),
            "Final": escape(self.one.answer.shown) if self.one.answer else "",
            "Check": self.html(item.parts.quick_check),
            "Mistakes": f"<ul>{mistakes}</ul>" if mistakes else "",
            "Level": f"{item.settings.level} \u00b7" if item.settings.level else "",
            "Key": self.one.key,
        }

    def options(self, item: Choice | Multiple) -> str:
        rows = "".join(
            f'<li class="{"right" if option.right else "other"}">'
            f'<div class="text">{self.inline(option.text)}</div>'
            f'<div class="feedback">{self.html(option.feedback)}</div></li>'
            for option in item.options
        )
        many = " many" if isinstance(item, Multiple) else ""
        fixed = "" if item.settings.shuffle else " fixed"
        said = '<p class="prompt">Pick all that are right.</p>' if many else ""
        return f'{said}<ul class="options{many}{fixed}">{rows}</ul>'

    def number(self) -> dict[str, str]:
        answer = self.one.answer
        if answer is None:
            return {}
        rows = "".join(
            f'<li data-bounds="{plain_decimal(wrong.low)} {plain_decimal(wrong.high)}">'
            f"{self.inline(wrong.feedback)}</li>"
            for wrong in self.one.wrong
        )
        return {
            "Prompt": escape(answer.prompt),
            "Value": answer.shown,
            "Low": plain_decimal(answer.low),
            "High": plain_decimal(answer.high),
            "Wrong": f"<ul>{rows}</ul>" if rows else "",
        }

    def accepted(self, item: Short) -> dict[str, str]:
        rows = "".join(f"<li>{escape(text)}</li>" for text in item.accepted)
        return {
            "Value": escape(item.accepted[0]),
            "Accepted": f'<ul class="accepted">{rows}</ul>',
        }

    def concepts(self, item: Explain) -> str:
        rows = "".join(
            f'<li><label><input type="checkbox"><span>{self.inline(concept)}</span></label></li>'
            for concept in item.concepts
        )
        return f'<ul class="concepts">{rows}</ul>'


def _gap(number: int, inner: str) -> str:
    """Write a native cloze; its marks inside a deletion would end it early or cut it short."""
    safe = inner
    while "}}" in safe:
        safe = safe.replace("}}", "} }")
    return f"{{{{c{number}::{safe.replace('::', ':&#58;')}}}}}"
