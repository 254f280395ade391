"""The course as read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lrcards.diagnostics import Span
from lrcards.model.items import Item
from lrcards.model.prose import NO_SPAN, Prose
from lrcards.model.runs import Snippet

_VERSION = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})(?:\.[0-9]{1,3})?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class About:
    """What the configuration says of the course; `uid` is permanent."""

    uid: str
    title: str
    version: str = ""
    author: str = ""
    license: str = ""
    language: str = "en"
    site_url: str = ""
    issues_url: str = ""


@dataclass(frozen=True, slots=True)
class AnkiOptions:
    """What the configuration says of the deck: variants of an item that are cards, presets."""

    variants: int = 1
    presets: bool = False


@dataclass(frozen=True, slots=True)
class MoodleOptions:
    """The oldest Moodle that the bank is for, such as (4, 4); (0, 0): any that is in use."""

    version: tuple[int, int] = (0, 0)

    @property
    def has_ordering(self) -> bool:
        """Tell whether the question type `ordering` is part of it."""
        return self.version >= (4, 4)


def moodle_options(version: str) -> MoodleOptions | None:
    """Read a version such as `4.4` or `4.5.6`; None where it is none."""
    found = _VERSION.fullmatch(version)
    return MoodleOptions((int(found[1]), int(found[2]))) if found else None


def is_language(tag: str) -> bool:
    """Tell whether a text has the shape of a BCP 47 tag, such as `pt-BR`."""
    return _LANGUAGE.fullmatch(tag) is not None


@dataclass(frozen=True, slots=True)
class Section:
    """Lesson prose under one heading; the part before the first heading has no title."""

    title: Prose | None
    level: int
    body: Prose


@dataclass(frozen=True, slots=True)
class Lesson:
    """One Markdown file.

    `page` is its path below html/; `is_index`: it is a module's page; `title_at`: the place of
    its title, or the file's where the file does not state one.
    """

    path: str
    page: str
    title: str
    deck: tuple[str, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    snippets: Mapping[str, Snippet]
    use: tuple[str, ...] = ()
    description: str = ""
    language: str = ""
    order: Decimal | None = None
    is_index: bool = False
    allow: tuple[tuple[str, str], ...] = ()
    title_at: Span = NO_SPAN


@dataclass(frozen=True, slots=True)
class Course:
    """Everything read, lessons in course order; `media` by path below the source folder."""

    about: About
    lessons: tuple[Lesson, ...]
    media: Mapping[str, bytes]
    sources: Mapping[str, str]
    source_dir: str = "source"
    anki: AnkiOptions = field(default_factory=AnkiOptions)
    moodle: MoodleOptions = field(default_factory=MoodleOptions)
