"""What to paste where a deck is shared on AnkiWeb: title, tags, support page, description.

AnkiWeb shows a subset of Markdown; the limits are those that its form was seen to have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lrcards.diagnostics import count
from lrcards.model import About, Lesson

TITLE, TAGS, SUPPORT, DESCRIPTION = 60, 60, 180, 65_000
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")
_NONE = "(none)"
_UPDATES = """\
**Updates**: import a newer release over this one. What you have learnt stays, new cards are \
added, and only notes that changed are replaced, with your own edits and tags on them."""


@dataclass(slots=True)
class Content:
    """What is in the deck: lessons with their cards, and tags, most used first."""

    lessons: dict[str, tuple[Lesson, int]] = field(default_factory=dict)
    tags: Counter[str] = field(default_factory=Counter)
    notes: int = 0

    def add(self, lesson: Lesson, tags: Iterable[str], cards: int) -> None:
        known = self.lessons.get(lesson.path, (lesson, 0))[1]
        self.lessons[lesson.path] = (lesson, known + cards)
        self.tags.update(tags)
        self.notes += 1


def listing(about: About, content: Content, torch: str) -> str:
    """Return the text, a heading for each box of the form."""
    links = (link for link in (about.issues_url, about.site_url) if 0 < len(link) <= SUPPORT)
    boxes = {
        "Title": _cut(about.title, TITLE),
        "Tags": _tags(content.tags) or _NONE,
        "Support page": next(links, _NONE),
        "Description": _description(about, content, torch),
    }
    return "".join(f"## {name}\n\n{text}\n\n" for name, text in boxes.items()).rstrip() + "\n"


def _tags(tags: Counter[str]) -> str:
    """Take the most used tags that fit; AnkiWeb's have no levels."""
    kept = ""
    for tag in sorted(tags, key=lambda one: (-tags[one], one)):
        longer = f"{kept} {tag.split('::')[-1]}".strip()
        if len(longer) <= TAGS and tag.split("::")[-1] not in kept.split():
            kept = longer
    return kept


def _description(about: About, content: Content, torch: str) -> str:
    cards = sum(number for _, number in content.lessons.values())
    made = f"Every number was computed by torch {torch} when the deck was built."
    head = [
        f"{count(content.notes, 'note')}, {count(cards, 'card')}. {made}",
        *([f"Read the lessons at <{about.site_url}>."] if about.site_url else []),
    ]
    tail = [_UPDATES, *_colophon(about)]
    room = DESCRIPTION - sum(len(one) + 2 for one in (*head, *tail)) - TITLE
    lessons = "\n".join(_lessons(content, room))
    return "\n\n".join([*head, lessons, *tail])


def _lessons(content: Content, room: int) -> Iterator[str]:
    for number, (lesson, cards) in enumerate(content.lessons.values()):
        said = f": {_plain(lesson.description)}" if lesson.description else ""
        line = f"- **{_plain(lesson.title)}** ({count(cards, 'card')}){said}"
        room -= len(line) + 1
        if room < 0:
            yield f"- and {count(len(content.lessons) - number, 'more lesson')}"
            return
        yield line


def _colophon(about: About) -> Iterator[str]:
    made = [
        f"Version {about.version}" if about.version else "",
        f"by {about.author}" if about.author else "",
        f"under {about.license}" if about.license else "",
    ]
    if any(made):
        yield _plain(" ".join(part for part in made if part)) + "."


def _plain(text: str) -> str:
    """Keep AnkiWeb from reading an author's text as Markdown or as HTML."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "\u2026"
